"""综合查一次: invite another unit, come along with one's own items and officers, decline, step back; and the officer's arrival."""

from typing import Any

from app.api.v1 import answers, examples
from app.api.v1.answers_joint import InvitationList, InvitationToVisit
from app.api.v1.inspections import UNIT, invitation_json, one
from app.api.v1.operations import Answer, Declared
from app.api.v1.schemas import ArriveIn, InviteIn, JoinIn, ReasonIn
from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.inspections import Inspection
from app.domain.times import rfc3339
from app.queries import joint as queries
from app.services.applying import joint
from app.services.visiting import arrivals
from app.store.database import Session
from app.store.models import Enterprise
from app.store.unit_of_work import UnitOfWork


@Declared(
    "POST", "/inspections/{id}/invite", "Invite another unit to the own visit (综合查一次)", UNIT, InviteIn, creates=True,
    example={"unit": "YT-SCJG", "note": "贵局本周也要去，请一同前往"}, answer=answers.Inspection,
)  # fmt: skip
def invite(work: UnitOfWork, who: Actor, body: InviteIn, id: str) -> Answer:
    return Answer(one(work.session, who, joint.invite(work, who, id, body.unit, body.note)))


@Declared(
    "POST", "/inspections/{id}/join",
    "Come along: with items and officers (left out: those of the own application), then the own head confirms", UNIT,
    JoinIn, creates=True, example={"items": ["SJ-01"], "officers": ["9901002001", "9901002002"]},
    answer=InvitationToVisit,
)  # fmt: skip
def join(work: UnitOfWork, who: Actor, body: JoinIn, id: str) -> Answer:
    offer = None
    if body.items is not None or body.officers is not None:
        items, officers = dict.fromkeys(body.items or ()), dict.fromkeys(body.officers or ())
        offer = joint.Offer(tuple(items), tuple(officers), body.plan_code)
    return Answer(_invitation(work.session, who, joint.join(work, who, id, offer)))


@Declared(
    "POST", "/inspections/{id}/decline", "Do not come along, with the reason", UNIT, ReasonIn, creates=True,
    example={"reason": "人手不够"}, answer=InvitationToVisit,
)  # fmt: skip
def decline(work: UnitOfWork, who: Actor, body: ReasonIn, id: str) -> Answer:
    return Answer(_invitation(work.session, who, joint.decline(work, who, id, body.reason)))


@Declared(
    "POST", "/inspections/{id}/leave", "Step back from a joint visit before it is approved", UNIT, ReasonIn, creates=True,
    example={"reason": "改派"}, answer=InvitationToVisit,
)  # fmt: skip
def leave(work: UnitOfWork, who: Actor, body: ReasonIn, id: str) -> Answer:
    return Answer(_invitation(work.session, who, joint.leave(work, who, id, body.reason)))


@Declared(
    "POST", "/inspections/{id}/arrive",
    "An officer scanned the enterprise's permanent code (企业码), its licence, or typed the USCC, at the enterprise",
    (INSPECTOR, HEAD), ArriveIn, creates=True, answer=answers.Inspection,
    example={"text": examples.USCC, "how": "typed"},
)  # fmt: skip
def arrive(work: UnitOfWork, who: Actor, body: ArriveIn, id: str) -> Answer:
    return Answer(one(work.session, who, arrivals.arrive(work, who, id, arrivals.Arrival(body.text, body.how))))


@Declared(
    "GET",
    "/invitations",
    "The open invitations to the own unit, the first 200 by the time of the visit",
    UNIT,
    answer=InvitationList,
)
def invitations(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    found = queries.invitations(session, str(who.unit))
    return Answer({"items": [_invitation(session, who, asked.inspection) for asked in found], "next": None})


def _invitation(session: Session, who: Actor, i: Inspection) -> dict[str, Any]:
    """What an invited unit is told of the visit: enough to decide, not the code."""
    session.flush()
    asked, enterprise = i.invitation(who.unit), session.get_one(Enterprise, i.enterprise_id)
    assert asked is not None
    return {
        "inspection": i.id,
        "number": i.number,
        "inspection_state": i.state,
        "lead_unit": i.lead_unit,
        "enterprise": {"id": enterprise.id, "uscc": enterprise.uscc, "name": enterprise.name},
        "window": {"start": rfc3339(i.window_start), "end": rfc3339(i.window_end)},
        "visit_items": list(i.items),
        **invitation_json(asked),
    }
