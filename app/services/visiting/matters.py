"""What an enterprise lays before a unit, and the unit's answer: statements, recusals, wishes, self-checks.

An enterprise acts through a person in its space; a unit through its inspectors and its head. Every step is a fact about
the matter; the words of a self-check are sealed, and its fact knows only their hash.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.domain import matters as domain
from app.domain.actors import HEAD, INSPECTOR, SYSTEM, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Inspection
from app.domain.matters import RECUSAL, SELFCHECK, STATEMENT, WISH
from app.domain.space import Person, shows
from app.domain.uploads import Upload
from app.services.applying import announcements
from app.services.applying.applications import next_number
from app.services.space import members
from app.services.space.persons import actor_of
from app.services.visiting import rectifications
from app.services.visiting.rectifications import Answered
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import Enterprise, MatterRow
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

Findings = dict[str, dict[str, str]]  # item → {finding, note}
MOST_OF_A_VISIT = 50


def state_case(work: UnitOfWork, person: Person, inspection_id: str, item: str | None, text: str) -> str:
    """陈述申辩, about the visit or beside one item's result; the matter's id. The unit and the supervisor read it.

    Raises NotFound, Forbidden("not_a_speaker"), Refused("no_statement_now"), Invalid."""
    inspection = concerned(work, person, inspection_id)
    person.speaker_of(inspection.enterprise_id)
    if not domain.may_state(inspection):
        raise Refused("no_statement_now")
    if item is not None and item not in inspection.items:
        raise Invalid("item_not_on_code", "item", item=item)
    _require_room(work, inspection)
    body = _about(inspection) | {"item": item, "text": domain.check_text(text)}
    return _make(work, person, "statement.made", inspection.jurisdiction, body).id


def ask_recusal(work: UnitOfWork, person: Person, inspection_id: str, officer: str, text: str) -> str:
    """回避 of one officer, with the reason; the lead unit's head decides. Raises like above, Refused("no_recusal_now"),
    Refused("asked_already")."""
    inspection = concerned(work, person, inspection_id)
    person.speaker_of(inspection.enterprise_id)
    if not domain.may_ask_recusal(inspection):
        raise Refused("no_recusal_now")
    if officer not in {o.certificate_no for o in inspection.officers}:
        raise Invalid("not_an_officer_of_the_visit", "officer")
    work.lock(f"matters:{inspection.id}")
    there = _of_visit(work, inspection.id)
    if any(m.kind == RECUSAL and m.officer == officer and m.state == domain.OPEN for m in there):
        raise Refused("asked_already")
    _require_room(work, inspection)
    body = _about(inspection) | {"officer": officer, "text": domain.check_text(text, "reason")}
    return _make(work, person, "recusal.requested", inspection.jurisdiction, body).id


def wish(
    work: UnitOfWork, person: Person, enterprise_id: str, unit: str, item: str | None, text: str, wanted: str
) -> str:
    """企业申请: the enterprise asks a unit to come; its number, which is the clue number of the visit that follows.

    Raises NotFound, Forbidden("not_a_speaker"), Invalid, Refused("wished_already")."""
    person.speaker_of(enterprise_id)
    found = registry.units(work.session, [unit]).get(unit)
    if found is None or found.role != "inspecting":
        raise Invalid("unknown_unit", "unit", unit=unit)
    known = registry.items(work.session, [item]).get(item) if item else None
    if item and (known is None or known.unit != unit):
        raise Invalid("unknown_item", "item", item=item)
    text = domain.check_text(text)
    if len(wanted) > 100:
        raise Invalid("too_long", "wanted", most=100)
    work.lock(f"wishes:{enterprise_id}")
    open_ones = select(MatterRow.id).where(
        MatterRow.kind == WISH, MatterRow.enterprise == enterprise_id, MatterRow.unit == unit,
        MatterRow.state == domain.OPEN, MatterRow.item.is_not_distinct_from(item),
    )  # fmt: skip
    if work.session.scalar(open_ones.limit(1)):
        raise Refused("wished_already")
    enterprise = work.session.get_one(Enterprise, enterprise_id)
    jurisdiction = registry.jurisdiction_of(work.session, found.region, enterprise.region, work.default_jurisdiction)
    body = {
        "enterprise": enterprise_id, "unit": unit, "item": item, "text": text, "wanted": wanted.strip() or None,
        "number": next_number(work, f"QYSQ-{unit}"),
    }  # fmt: skip
    return str(_make(work, person, "wish.made", jurisdiction, body).number)


def choose_slot(work: UnitOfWork, person: Person, inspection_id: str, slot: int) -> None:
    """Takes one of the times that an advance notice offers; anybody of the enterprise may. Raises NotFound, and like
    `announcements.choose_slot`."""
    concerned(work, person, inspection_id)
    announcements.choose_slot(work, actor_of(person.id), inspection_id, slot)


def answer_rectification(
    work: UnitOfWork, person: Person, inspection_id: str, text: str, uploads: Sequence[Upload]
) -> Answered:
    """The enterprise says what it put right, with photographs; anybody of it may. Raises NotFound, and like
    `rectifications.answer` (at the field `rectified`)."""
    concerned(work, person, inspection_id)
    try:
        return rectifications.answer(work, actor_of(person.id), inspection_id, text, uploads)
    except Invalid as error:
        at = "rectified" if error.field == "text" else error.field
        raise Invalid(error.code, at, **error.data) from None


def record_selfcheck(work: UnitOfWork, person: Person, inspection_id: str, findings: Findings) -> None:
    """The enterprise's own findings, item by item, before the visit: sealed, its own alone. A new one takes the place of
    the old one and is not shared. Raises NotFound, Refused("no_selfcheck_now"), Invalid."""
    inspection = concerned(work, person, inspection_id)
    if not domain.may_check_itself(inspection):
        raise Refused("no_selfcheck_now")
    for item, said in findings.items():
        if item not in inspection.items:
            raise Invalid("item_not_on_code", item, item=item)
        if said["finding"] not in domain.FINDINGS:
            raise Invalid("missing", f"finding.{item}")
        if len(said["note"]) > domain.LONGEST_TEXT:
            raise Invalid("too_long", f"note.{item}", most=domain.LONGEST_TEXT)
    plain = json.dumps(findings, ensure_ascii=False, sort_keys=True).encode()
    salt = work.random(16)
    work.lock(f"matters:{inspection.id}")
    row = selfcheck_of(work, inspection.id)
    body = _about(inspection) | {"sha256": hashlib.sha256(salt + plain).hexdigest()}
    if row is None:
        row = _make(work, person, "selfcheck.recorded", inspection.jurisdiction, body)
    else:
        _step(work, actor_of(person.id), row, "selfcheck.recorded", body)
    row.sealed = work.vault.seal(salt + plain, f"selfcheck:{row.id}")
    work.session.flush()


def share_selfcheck(work: UnitOfWork, person: Person, inspection_id: str) -> None:
    """The enterprise shows its self-check to the unit and the supervisor, by its own choice. Raises NotFound."""
    inspection = concerned(work, person, inspection_id)
    row = selfcheck_of(work, inspection.id)
    if row is None:
        raise NotFound("no_such_matter")
    _step(work, actor_of(person.id), row, "selfcheck.shared", {})


def answer_statement(work: UnitOfWork, actor: Actor, matter_id: str, text: str) -> None:
    """A unit of the visit answers a statement. Raises NotFound, Forbidden, Refused("matter_decided"), Invalid."""
    row = _of_unit(work, actor, matter_id, STATEMENT, INSPECTOR, HEAD)
    _decide(work, actor, row, "statement.answered", text, "贵企业的陈述申辩有了答复。请登录查看。")


def decide_recusal(work: UnitOfWork, actor: Actor, matter_id: str, accepted: bool, text: str) -> None:
    """The lead unit's head decides on a recusal, with the reason. Raises like above."""
    row = _of_unit(work, actor, matter_id, RECUSAL, HEAD)
    inspection = inspection_store.get(work.session, row.inspection or "")
    if inspection is None or inspection.lead_unit != actor.unit:
        raise Forbidden("not_the_lead_unit", unit=inspection.lead_unit if inspection else "")
    kind = "recusal.accepted" if accepted else "recusal.declined"
    _decide(work, actor, row, kind, text, "贵企业的回避申请有了决定。请登录查看。")


def decline_wish(work: UnitOfWork, actor: Actor, matter_id: str, text: str) -> None:
    """The unit does not come, and says why. Raises like above."""
    row = _of_unit(work, actor, matter_id, WISH, INSPECTOR, HEAD)
    _decide(work, actor, row, "wish.declined", text, "贵企业的检查申请有了答复。请登录查看。")


def erase(work: UnitOfWork, row: MatterRow, reason: str) -> None:
    """Erases what was said and answered; that it was said, when, about which visit and item, and what was decided stay."""
    _step(work, SYSTEM, row, "matter.erased", {"reason": reason})
    row.sealed = row.salt = None
    work.session.flush()


def findings_of(vault: Vault, row: MatterRow) -> Findings:
    """The words of a self-check, for who may read them."""
    if row.sealed is None:
        return {}
    plain = vault.open(row.sealed, f"selfcheck:{row.id}")
    found: Findings = json.loads(plain[16:])
    return found


def concerned(work: UnitOfWork, person: Person, inspection_id: str) -> Inspection:
    """An inspection of one of the person's enterprises that the space shows. Raises NotFound."""
    inspection = inspection_store.get(work.session, inspection_id)
    if inspection is None or inspection.enterprise_id not in person.enterprises or not shows(inspection):
        raise NotFound("no_such_visit")
    return inspection


def selfcheck_of(work: UnitOfWork, inspection_id: str) -> MatterRow | None:
    return next((m for m in _of_visit(work, inspection_id) if m.kind == SELFCHECK), None)


def _of_visit(work: UnitOfWork, inspection_id: str) -> list[MatterRow]:
    query = select(MatterRow).where(MatterRow.inspection == inspection_id).order_by(MatterRow.id)
    return list(work.session.scalars(query))


def _require_room(work: UnitOfWork, inspection: Inspection) -> None:
    if len(_of_visit(work, inspection.id)) >= MOST_OF_A_VISIT:
        raise Refused("too_many_matters")


def _about(inspection: Inspection) -> dict[str, Any]:
    return {"enterprise": inspection.enterprise_id, "inspection": inspection.id}


def _make(work: UnitOfWork, person: Person, kind: str, jurisdiction: str, body: Mapping[str, Any]) -> MatterRow:
    row = MatterRow(id=work.new_id(), jurisdiction=jurisdiction)
    _apply(work, actor_of(person.id), row, kind, body, None)
    work.session.add(row)
    work.session.flush()
    return row


def _step(work: UnitOfWork, actor: Actor, row: MatterRow, kind: str, body: Mapping[str, Any]) -> None:
    _apply(work, actor, row, kind, body, row.state)
    work.session.flush()


def _apply(
    work: UnitOfWork, actor: Actor, row: MatterRow, kind: str, body: Mapping[str, Any], state: str | None
) -> None:
    """The columns hold the words, the fact their hashes."""
    changed = domain.changes(state, kind, body, actor.id, work.now)
    if row.salt is None and any(changed.get(name) for name in domain.WORDS):
        row.salt = work.random(16)
    for name, value in changed.items():
        setattr(row, name, value)
    said = {name: value for name, value in body.items() if name not in domain.WORDS}
    said |= {f"{name}_digest": getattr(row, f"{name}_digest") for name in domain.WORDS if changed.get(name)}
    work.store_fact(work.fact(kind, ("matter", row.id), said, actor, row.jurisdiction))


def _of_unit(work: UnitOfWork, actor: Actor, matter_id: str, kind: str, *roles: str) -> MatterRow:
    """A matter before the actor's unit, locked. Raises Forbidden (role), NotFound."""
    actor.require(*roles)
    row = work.session.get(MatterRow, matter_id, with_for_update=True)
    if row is None or row.kind != kind:
        raise NotFound("no_such_matter")
    inspection = inspection_store.get(work.session, row.inspection) if row.inspection else None
    if actor.unit not in (inspection.units if inspection else (row.unit,)):
        raise NotFound("no_such_matter")
    return row


def _decide(work: UnitOfWork, actor: Actor, row: MatterRow, kind: str, text: str, told: str) -> None:
    _step(work, actor, row, kind, {"text": domain.check_text(text, "answer")})
    members.tell(work, row.enterprise, told)
