"""综合查一次: how the facts of inviting, joining, declining and leaving change an inspection. Pure.

The lead unit's inspection is the visit. Another unit is invited, its inspector offers items and officers, its head
confirms; from then on unit, items and officers belong to the visit, and the lead unit's head approves the whole. Where the
code is issued already, the confirmation waits in an amendment (`app/domain/amendments.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.facts import Fact
from app.domain.inspections import Inspection, Invitation, OfficerOnVisit

Changes = dict[str, Any]


def officers_of(rows: list[dict[str, Any]]) -> tuple[OfficerOnVisit, ...]:
    """Officers as a fact names them."""
    return tuple(OfficerOnVisit(o["certificate_no"], o.get("name"), o.get("unit")) for o in rows)


def responsible(inspection: Inspection, item: str, owner: str | None) -> str:
    """The unit that records an item's result: the one of the visit that owns the item, brought it, or else leads."""
    if owner in inspection.units:
        return str(owner)
    brought = (i.unit for i in inspection.invitations if i.state == "joined" and item in i.items)
    return next(brought, inspection.lead_unit)


def _with(inspection: Inspection, invitation: Invitation) -> tuple[Invitation, ...]:
    """The invitations with this unit's one replaced or added, in the order of the units' codes."""
    others = (i for i in inspection.invitations if i.unit != invitation.unit)
    return tuple(sorted((*others, invitation), key=lambda i: i.unit))


def _of(inspection: Inspection, fact: Fact) -> Invitation:
    found = inspection.invitation(fact.body["unit"])
    if found is None:
        raise ValueError(f"unit {fact.body['unit']} was never invited")
    return found


def _invited(inspection: Inspection, fact: Fact) -> Changes:
    fresh = Invitation(fact.body["unit"], "invited", fact.recorded_at, fact.body.get("note"))
    return {"invitations": _with(inspection, fresh)}


def _answered(state: str) -> Callable[[Inspection, Fact], Changes]:
    def change(inspection: Inspection, fact: Fact) -> Changes:
        answer = replace(
            _of(inspection, fact), state=state, reason=fact.body.get("reason"), answered_at=fact.recorded_at
        )
        return {"invitations": _with(inspection, answer)}

    return change


def confirmed(inspection: Inspection, units: Sequence[str], fact: Fact) -> tuple[Invitation, ...]:
    """The invitations once the heads of `units` confirmed while a code was issued: an amendment waits."""
    return tuple(
        replace(i, state="confirmed", answered_at=fact.recorded_at) if i.unit in units else i
        for i in inspection.invitations
    )


def settled(inspection: Inspection, state: str, fact: Fact) -> tuple[Invitation, ...]:
    """The invitations once the amendment that the confirmed ones wait for is decided or withdrawn."""
    reason = fact.body.get("reason") if state == "withdrawn" else None
    return tuple(
        replace(i, state=state, reason=reason, answered_at=fact.recorded_at) if i.state == "confirmed" else i
        for i in inspection.invitations
    )


def _offered(inspection: Inspection, fact: Fact) -> Changes:
    offer = replace(
        _of(inspection, fact),
        state="offered",
        items=tuple(fact.body["items"]),
        officers=officers_of(fact.body["officers"]),
        offered_by=fact.body["offered_by"],
        plan_code=fact.body.get("plan_code"),
        cause=fact.body.get("cause"),
        answered_at=fact.recorded_at,
    )
    return {"invitations": _with(inspection, offer)}


def _joined(inspection: Inspection, fact: Fact) -> Changes:
    """The unit, and of its items and officers those that the visit does not have yet, come to the visit."""
    offer = _of(inspection, fact)
    there = {o.certificate_no for o in inspection.officers}
    return {
        "invitations": _with(inspection, replace(offer, state="joined", answered_at=fact.recorded_at)),
        "units": tuple(dict.fromkeys((*inspection.units, offer.unit))),
        "items": tuple(dict.fromkeys((*inspection.items, *offer.items))),
        "officers": (*inspection.officers, *(o for o in offer.officers if o.certificate_no not in there)),
    }


def _left(inspection: Inspection, fact: Fact) -> Changes:
    """The unit takes away what it brought; what others have too stays (named in the fact)."""
    unit, gone = fact.body["unit"], fact.body
    left = replace(_of(inspection, fact), state="left", reason=gone["reason"], answered_at=fact.recorded_at)
    return {
        "invitations": _with(inspection, left),
        "units": tuple(u for u in inspection.units if u != unit),
        "items": tuple(i for i in inspection.items if i not in gone["items"]),
        "officers": tuple(o for o in inspection.officers if o.certificate_no not in gone["officers"]),
    }


JOINT_CHANGES: Mapping[str, Callable[[Inspection, Fact], Changes]] = {
    "inspection.invited": _invited,
    "inspection.invitation_withdrawn": _answered("withdrawn"),
    "inspection.join_offered": _offered,
    "inspection.joined": _joined,
    "inspection.declined": _answered("declined"),
    "inspection.left": _left,
}
