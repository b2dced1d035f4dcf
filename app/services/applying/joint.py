"""综合查一次: a unit invites another one to its visit; that one joins with its own items and officers, or declines.

The invited unit's inspector offers, its head confirms. Confirming cancels the unit's own open application at the same
enterprise in the same transaction, so that of two visits exactly one is left. After the code is issued and before the visit
begins, confirming asks for an amendment: the lead unit's head approves it, and the unit joins with the next code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, Actor
from app.domain.applications import LONGEST_CERTIFICATE, MOST_ITEMS, MOST_OFFICERS, MOST_UNITS
from app.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused
from app.domain.inspections import APPROVED, CANCELLED, Inspection, Invitation, transition
from app.domain.joint import responsible
from app.domain.times import shanghai_day
from app.services.applying import amendments, merging
from app.services.connector import issuing
from app.services.visiting.visits import record_step
from app.store import registry
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD, INTEGRATION)
LONGEST_PLAN_CODE = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """What a unit brings to a joint visit: item codes and certificate numbers, and the plan that its items stand in."""

    items: tuple[str, ...]
    officers: tuple[str, ...]
    plan_code: str | None = None


def invite(work: UnitOfWork, actor: Actor, inspection_id: str, unit: str, note: str | None = None) -> Inspection:
    """The lead unit invites another one. Raises NotFound, Forbidden, Refused (state), Invalid("unit", …)."""
    inspection = _led(work, actor, inspection_id)
    issuing.require_ours(inspection)
    transition(inspection.state, "inspection.invited")
    known = registry.units(work.session, [unit]).get(unit)
    if known is None or known.role != "inspecting":
        raise Invalid("unknown_unit", "unit", unit=unit)
    invitation = inspection.invitation(unit)
    if unit in inspection.units or (invitation is not None and invitation.stands):
        raise Invalid("already_invited", "unit", unit=known.name)
    if len(inspection.units) + sum(i.stands for i in inspection.invitations) >= MOST_UNITS:
        raise Invalid("too_many_entries", "unit", most=MOST_UNITS)
    return record_step(work, actor, inspection, "inspection.invited", {"unit": unit, "note": note})


def withdraw(work: UnitOfWork, actor: Actor, inspection_id: str, unit: str, reason: str | None = None) -> Inspection:
    """The lead unit takes an open invitation back. Raises like `invite`."""
    inspection = _led(work, actor, inspection_id)
    _open_invitation(inspection, unit)
    body = {"unit": unit, "reason": reason}
    return record_step(work, actor, inspection, "inspection.invitation_withdrawn", body)


def join(work: UnitOfWork, actor: Actor, inspection_id: str, offer: Offer | None = None) -> Inspection:
    """The invited unit comes along: with an `offer` (or its own open application's items and officers) where none was
    made yet, else its head confirms.

    Nobody confirms what they offered. Raises NotFound, Forbidden("own_application"), Refused (state), Invalid.
    """
    inspection, invitation = _invited(work, actor, inspection_id)
    unit = str(actor.unit)
    if offer is None and invitation.state == "offered":
        return _confirm(work, actor, inspection, invitation)
    own = merging.mergeable(work.session, inspection, unit, shanghai_day(work.now))
    offer = offer or _offer_of(own)
    transition(inspection.state, "inspection.join_offered")
    _check(work, inspection, offer)
    body = {
        "unit": unit,
        "items": list(offer.items),
        "officers": registry.officers_named(work.session, offer.officers),
        "offered_by": actor.identity,
        "plan_code": offer.plan_code or next((o.plan_code for o in own if o.plan_code), None),
        "cause": next((o.cause for o in own if o.cause), None),
    }
    return record_step(work, actor, inspection, "inspection.join_offered", body)


def decline(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str) -> Inspection:
    """The invited unit does not come, and says why: the supervisor sees it. Raises Invalid("reason_missing")."""
    inspection, invitation = _invited(work, actor, inspection_id)
    body = {"unit": invitation.unit, "reason": _given(reason)}
    return record_step(work, actor, inspection, "inspection.declined", body)


def leave(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str) -> Inspection:
    """A unit that joined steps back before the visit is approved, with what it brought. Raises like `decline`."""
    actor.require(*WORKERS)
    inspection = merging.locked(work, inspection_id)
    unit = str(actor.unit)
    invitation = inspection.invitation(unit)
    if invitation is None or invitation.state != "joined" or unit not in inspection.units:
        raise NotFound("no_such_invitation")
    owners = registry.items(work.session, inspection.items)
    gone = [i for i in invitation.items if responsible(inspection, i, owners[i].unit) == unit]
    brought = {o.certificate_no for o in invitation.officers}
    officers = [o.certificate_no for o in inspection.officers if o.certificate_no in brought and o.unit == unit]
    body = {"unit": unit, "reason": _given(reason), "items": gone, "officers": officers}
    return record_step(work, actor, inspection, "inspection.left", body)


def _confirm(work: UnitOfWork, actor: Actor, inspection: Inspection, invitation: Invitation) -> Inspection:
    """The head's confirmation: the unit joins, its own application is cancelled, whom that one had is invited here.

    Once the code is issued the confirmation asks for an amendment instead, which the lead unit's head decides.
    """
    actor.require(HEAD)
    if invitation.offered_by == actor.identity:
        raise Forbidden("own_offer")
    if inspection.state == APPROVED:
        return amendments.request_joining(work, actor, inspection, invitation)
    transition(inspection.state, "inspection.joined")
    merged = merging.superfluous(work, inspection, [invitation.unit])
    body = {
        "unit": invitation.unit,
        "items": list(invitation.items),
        "officers": [o.certificate_no for o in invitation.officers],
        "confirmed_by": actor.identity,
        "merged": merging.named(merged),
    }
    joined = record_step(work, actor, inspection, "inspection.joined", body)
    return merging.merge(work, actor, merged, joined)


def _offer_of(own: Sequence[Inspection]) -> Offer:
    """One tap: what the unit's own applications name."""
    items = dict.fromkeys(item for i in own for item in i.items)
    officers = dict.fromkeys(o.certificate_no for i in own for o in i.officers)
    return Offer(tuple(items), tuple(officers))


def _check(work: UnitOfWork, inspection: Inspection, offer: Offer) -> None:
    if offer.plan_code and len(offer.plan_code) > LONGEST_PLAN_CODE:
        raise Invalid("too_long", "plan_code", most=LONGEST_PLAN_CODE)
    known = registry.items(work.session, offer.items)
    problems: list[Problem] = [("items", "unknown_item", {"item": i}) for i in offer.items if i not in known]
    problems += [("items", "items_missing", {})] if not offer.items else []
    problems += [("officers", "officers_missing", {})] if not offer.officers else []
    problems += [
        ("officers", "too_long", {"most": LONGEST_CERTIFICATE})
        for certificate in offer.officers
        if len(certificate) > LONGEST_CERTIFICATE
    ]
    together = (
        ("items", {*inspection.items, *offer.items}, MOST_ITEMS),
        ("officers", {*(o.certificate_no for o in inspection.officers), *offer.officers}, MOST_OFFICERS),
    )
    problems += [(field, "too_many_entries", {"most": most}) for field, all_, most in together if len(all_) > most]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    return reason.strip()


def _led(work: UnitOfWork, actor: Actor, inspection_id: str) -> Inspection:
    actor.require(*WORKERS)
    inspection = merging.locked(work, inspection_id)
    if actor.unit not in inspection.units:
        raise NotFound("no_such_inspection", inspection=inspection_id)
    if actor.unit != inspection.lead_unit:
        raise Forbidden("only_the_lead_unit", unit=inspection.lead_unit)
    return inspection


def _invited(work: UnitOfWork, actor: Actor, inspection_id: str) -> tuple[Inspection, Invitation]:
    actor.require(*WORKERS)
    inspection = merging.locked(work, inspection_id)
    return inspection, _open_invitation(inspection, str(actor.unit))


def _open_invitation(inspection: Inspection, unit: str) -> Invitation:
    """Raises NotFound where the unit was never invited, Refused where the question is closed."""
    invitation = inspection.invitation(unit)
    if invitation is None:
        raise NotFound("no_such_invitation")
    if inspection.state == CANCELLED:
        raise Refused("visit_cancelled", number=inspection.number, note=inspection.note or "")
    if not invitation.is_open:
        raise Refused("invitation_closed")
    return invitation
