"""Flags: lists, one, and the steps of the follow-up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.api.v1 import answers
from app.api.v1.operations import Answer, Declared, one_of
from app.api.v1.schemas import FlagActionIn
from app.context import now
from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, NotFound
from app.domain.flags import reading
from app.domain.flags.advise import sentence
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.findings import BLUE, RED, YELLOW
from app.domain.supervision import STATES, FlagAction, possible
from app.domain.times import rfc3339, shanghai_day
from app.i18n import language
from app.queries import flags as queries
from app.queries import followup
from app.queries.paging import limit_of
from app.services.supervising import flag_actions
from app.store.database import Session
from app.store.models import FindingRow
from app.store.unit_of_work import UnitOfWork

READERS = (SUPERVISOR, INSPECTOR, HEAD)
FILTERS = {
    "cursor": "Where the last page ended.",
    "limit": "1–200, 50 where nothing is said.",
    "rule": "Only this rule.",
    "unit": "Only this unit.",
    "uscc": "Only this enterprise.",
    "state": "Only this state.",
    "severity": "red, yellow or blue.",
    "from": "Raised for this day (YYYY-MM-DD) or later.",
    "to": "Raised for this day or earlier.",
}


@Declared(
    "GET",
    "/flags",
    "Flags of the own region; for a unit, those sent to it",
    READERS,
    query=FILTERS,
    answer=answers.FlagList,
)
def list_flags(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    for name, choices in (("rule", tuple(CATALOGUE)), ("state", STATES), ("severity", (RED, YELLOW, BLUE))):
        one_of(query, name, choices)
    for name in ("from", "to"):
        if name in query:
            _day(name, query[name])
    filters = dict(query)
    if "uscc" in filters:
        filters["uscc"] = normalise_uscc(filters["uscc"])
    found, following = queries.listed(session, who, filters, query.get("cursor"), limit_of(query.get("limit")))
    return Answer({"items": _flags(session, who, found), "next": following})


@Declared("GET", "/flags/{id}", "One flag with its evidence", READERS, answer=answers.Flag)
def get_flag(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    row = session.get(FindingRow, id)
    if row is None or not flag_actions.may_see(who, row):
        raise NotFound("no_such_flag", flag=id)
    return Answer(_flags(session, who, queries.shown(session, [row]))[0])


@Declared(
    "POST", "/flags/{id}/actions", "One step of the follow-up (督办)", READERS, FlagActionIn, creates=True,
    example={"action": "investigate", "note": "向单位了解情况"}, answer=answers.Flag,
)  # fmt: skip
def act_on_flag(work: UnitOfWork, who: Actor, body: FlagActionIn, id: str) -> Answer:
    due = _day("due", body.due) if body.due else None
    action = FlagAction(
        body.action, body.note, due, body.working_days, body.assignee, tuple(body.flags), revision=body.revision
    )
    row = flag_actions.act(work, who, id, action)
    return Answer(_flags(work.session, who, queries.shown(work.session, [row]))[0])


def _flags(session: Session, who: Actor, found: Sequence[queries.ShownFlag]) -> list[dict[str, Any]]:
    """Flags as the caller may read them: a unit never learns which other unit's visits its flag rests on."""
    lights = followup.lights(session, [f.row for f in found], shanghai_day(now()))
    told = [f.evidence for f in found]
    if not who.oversees:
        named = [i for f in found for i in reading.visit_ids(f.evidence)]
        own = queries.own_visits(session, who.unit or "", named)
        told = [reading.for_unit(evidence, own, language()) for evidence in told]
    return [
        flag_json(f, who) | {"evidence": evidence, "light": lights.get(f.row.id)}
        for f, evidence in zip(found, told, strict=True)
    ]


def flag_json(f: queries.ShownFlag, who: Actor) -> dict[str, Any]:
    """The Flag object of api.md, without its light and evidence."""
    r, rule = f.row, CATALOGUE[f.row.rule]
    return {
        "id": r.id,
        "rule": r.rule,
        "name": rule.name if language() == "zh" else rule.name_en,
        "severity": r.severity,
        "state": r.state,
        "standing": r.standing,
        "inspection_id": r.inspection_id,
        "inspection_number": f.inspection_number,
        "uscc": f.uscc,
        "enterprise_name": f.enterprise_name,
        "unit": r.unit or None,
        "officer": r.officer or None,
        "period": r.period or None,
        "raised_for": r.raised_for.isoformat(),
        "raised_at": rfc3339(r.raised_at),
        "due": r.due_on.isoformat() if r.due_on else None,
        "sent_at": rfc3339(r.sent_at) if r.sent_at else None,
        "signed_at": rfc3339(r.signed_at) if r.signed_at else None,
        "object_until": r.object_until.isoformat() if r.object_until else None,
        "assignee": r.assignee if who.role == SUPERVISOR else None,
        "case": r.case_id if who.role == SUPERVISOR else None,
        "aside_until": r.aside_until.isoformat() if r.aside_until and who.role == SUPERVISOR else None,
        "revision": r.revision,
        "source": rule.source,
        "text": sentence(r.rule, f.evidence, language()),
        "actions": possible(r.state, who.role),
    }


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("wrong_type", name, expected="YYYY-MM-DD") from None
