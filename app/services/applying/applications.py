"""Applying for a code (申领), and the duty record (履职记录) of a visit not made on the platform's advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import applications as domain
from app.domain import inspections
from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, Actor
from app.domain.applications import Application
from app.domain.errors import Invalid, Problem
from app.domain.flags.advise import Advisory
from app.domain.folding import evolve
from app.domain.inspections import Inspection
from app.domain.times import rfc3339, shanghai_day
from app.services import enterprises
from app.services.applying import announcements, application_keys, joint
from app.services.connector import issuing
from app.services.flagging import flags
from app.store import inspections as inspection_store
from app.store import registry
from app.store.database import insert_of
from app.store.models import Enterprise, IssueCounter, Unit
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import rests_on_registers
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Applied:
    inspection: Inspection
    advisories: tuple[Advisory, ...]


@rests_on_registers
def apply(
    work: UnitOfWork,
    actor: Actor,
    application: Application,
    *,
    part_of: Mapping[str, str] | None = None,
) -> Applied:
    """Records an application of the actor's unit with what the rules say of it, once for one `client_key`.

    `part_of` names what it came from (a batch, a draft) and is kept in the fact. Raises Invalid (malformed, unknown unit
    or item, no officer), Forbidden (role), Refused("sent_before"): the key made another application;
    Refused("issued_elsewhere"): codes come from another system; Refused("registered_elsewhere_already"): the visit that
    `external` names is here.
    """
    actor.require(INSPECTOR, HEAD, INTEGRATION)
    domain.check(application)
    made = application_keys.made_before(work, str(actor.unit), application)
    if made is not None:
        return Applied(made, ())
    _, body, jurisdiction = _prepare(work, actor, application)
    body |= part_of or {}
    kind = "inspection.contact_recorded" if application.kind == inspections.CONTACT else "inspection.applied"
    subject = ("inspection", work.new_id())
    draft = evolve(None, work.fact(kind, subject, body, actor, jurisdiction))
    advisories = flags.advise(work, draft)
    body["advice"] = kept_advice(advisories)
    inspection = work.record(work.fact(kind, subject, body, actor, jurisdiction))
    flags.after_inspection(work, None, inspection)
    application_keys.keep(work, str(actor.unit), application, inspection.id)
    issuing.claim(work, inspection)
    if application.slots:
        inspection = announcements.record(work, actor, inspection, application.slots)
    for unit in application.invite if application.kind != inspections.CONTACT else ():
        if unit not in inspection.units:
            inspection = joint.invite(work, actor, inspection.id, unit)
    return Applied(inspection, advisories)


def kept_advice(advisories: Sequence[Advisory]) -> list[dict[str, Any]]:
    """What a record keeps of advice: its sentences are made anew from the evidence, in the reader's language."""
    return [
        {"rule": a.rule, "severity": a.severity, "blocking": a.blocking, "evidence": dict(a.evidence)}
        for a in advisories
    ]


@rests_on_registers
def preview(work: UnitOfWork, actor: Actor, application: Application) -> tuple[Enterprise | None, tuple[Advisory, ...]]:
    """What the rules would say, recording nothing. The caller rolls the transaction back."""
    actor.require(INSPECTOR, HEAD, INTEGRATION)
    domain.check(application)
    enterprise, body, jurisdiction = _prepare(work, actor, application)
    fact = work.fact("inspection.applied", ("inspection", work.new_id()), body, actor, jurisdiction)
    return enterprise, flags.advise(work, evolve(None, fact))


def heed_advice(work: UnitOfWork, actor: Actor, application: Application, note: str) -> None:
    """Keeps on record that a visit was not made because the platform advised against it (履职记录)."""
    enterprise, advisories = preview(work, actor, application)
    body = {
        "unit": actor.unit,
        "items": list(application.items),
        "advice": [a.rule for a in advisories],
        "note": note,
    }
    jurisdiction = _jurisdiction(work, actor, enterprise)
    subject = ("enterprise", enterprise.id if enterprise else "")
    work.store_fact(work.fact("duty.advice_heeded", subject, body, actor, jurisdiction))


def _prepare(work: UnitOfWork, actor: Actor, a: Application) -> tuple[Enterprise, dict[str, Any], str]:
    """The enterprise, the body of the fact, and its jurisdiction. Raises Invalid for what is unknown."""
    _require_known(work, a)
    enterprise = enterprises.find_or_enter(work, a.enterprise, "application", actor)
    jurisdiction = _jurisdiction(work, actor, enterprise)
    issuing.require_own(work, jurisdiction, a.kind)
    return enterprise, _body(work, actor, a, enterprise), jurisdiction


def _require_known(work: UnitOfWork, a: Application) -> None:
    known_units = registry.units(work.session, [*a.joint_units, *a.invite])
    known_items = registry.items(work.session, a.items)
    problems: list[Problem] = [
        ("joint_units", "unknown_unit", {"unit": u}) for u in a.joint_units if u not in known_units
    ]
    inspecting = {code for code, unit in known_units.items() if unit.role == "inspecting"}
    problems += [("invite", "unknown_unit", {"unit": u}) for u in a.invite if u not in inspecting]
    problems += [("items", "unknown_item", {"item": i}) for i in a.items if i not in known_items]
    if a.recheck_of and inspection_store.get(work.session, a.recheck_of) is None:
        problems.append(("recheck_of", "unknown_inspection", {"inspection": a.recheck_of}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _jurisdiction(work: UnitOfWork, actor: Actor, enterprise: Enterprise | None) -> str:
    region = enterprise.region if enterprise else None
    return registry.jurisdiction_of(work.session, actor.region, region, work.default_jurisdiction)


def _body(work: UnitOfWork, actor: Actor, a: Application, enterprise: Enterprise) -> dict[str, Any]:
    joint = [u for u in a.joint_units if u != actor.unit]
    body = {
        "number": next_number(work, str(actor.unit)),
        "applicant": actor.identity,
        "enterprise": enterprise.id,
        "kind": a.kind,
        "units": [actor.unit, *joint],
        "items": list(a.items),
        "officers": registry.officers_named(work.session, a.officers),
        "window": {"start": rfc3339(a.window_start), "end": rfc3339(a.window_end)},
        "place": {"kind": a.place_kind, "address": a.place_address, "region": a.place_region},
        "clue_at": rfc3339(a.clue_at) if a.clue_at else None,
        "started_at": rfc3339(a.started_at) if a.started_at else None,
        "begun_at": rfc3339(a.begun_at) if a.begun_at else None,
        "external": _external(a),
    }
    same = ("plan_code", "cause", "clue_no", "reason", "recheck_of", "way", "surprise", "exception",
            "contact_kind", "assisting")  # fmt: skip
    body |= {name: getattr(a, name) for name in (*same, "exception_reason", "low_yield_reason")}
    return body


def _external(a: Application) -> dict[str, str | None] | None:
    if not a.external_system:
        return None
    return {"system": a.external_system, "number": a.external_number, "qr": a.external_qr}


def next_number(work: UnitOfWork, unit: str) -> str:
    """The next 检查编号 of a unit in the Shanghai year: `YT-YJJ-2026-000123`. It proves nothing; gaps mean nothing."""
    year = shanghai_day(work.now).year
    scope = f"{unit}-{year}"
    return f"{scope}-{_NEXT.value(work.session, scope=scope, value=1):06d}"


_COUNTED = table_of(IssueCounter)
_NEXT = Prepared(
    lambda dialect: (
        insert_of(dialect)(_COUNTED)
        .on_conflict_do_update(index_elements=["scope"], set_={"value": _COUNTED.c.value + 1})
        .returning(_COUNTED.c.value)
    )
)


def unit_of(work: UnitOfWork, code: str) -> Unit:
    """A unit by code. Raises Invalid("unknown_unit")."""
    unit = work.session.get(Unit, code)
    if unit is None:
        raise Invalid("unknown_unit", "unit", unit=code)
    return unit
