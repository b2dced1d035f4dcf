"""How the current state of an inspection is folded from its facts: pure, and the only place where a field changes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain import amendments
from app.domain.facts import Fact
from app.domain.inspections import CodeVersion, Inspection, OfficerOnVisit, Result, Slot, transition
from app.domain.joint import JOINT_CHANGES, confirmed, settled
from app.domain.times import parse_rfc3339

CREATE = ("inspection.applied", "inspection.imported", "inspection.mirrored")
# What another system may say anew of a visit: everything but whose it is and what happened.
DESCRIBED = (
    "kind", "units", "items", "officers", "window_start", "window_end", "plan_code", "cause", "clue_no", "clue_at", "reason",
    "place_kind", "place_address", "place_region", "way", "surprise", "exception", "exception_reason", "external_qr",
    "decided_at",
)  # fmt: skip


def evolve(inspection: Inspection | None, fact: Fact) -> Inspection:
    """Folds one fact into the current state; the first fact creates it. Raises Refused like `transition`."""
    after = transition(inspection.state if inspection else None, fact.kind)
    if inspection is None or fact.kind in CREATE:
        return _created(fact, after)
    changes = _CHANGES[fact.kind](inspection, fact)
    return replace(inspection, state=after, **changes)


def _time(value: str | None) -> datetime | None:
    return parse_rfc3339(value) if value else None


def _created(fact: Fact, state: str) -> Inspection:
    b = fact.body
    external = b.get("external") or {}
    place = b.get("place") or {}
    return Inspection(
        id=fact.subject_id,
        number=b["number"],
        jurisdiction=fact.jurisdiction,
        enterprise_id=b["enterprise"],
        kind=b["kind"],
        state=state,
        units=tuple(b["units"]),
        items=tuple(b["items"]),
        officers=tuple(OfficerOnVisit(o["certificate_no"], o.get("name"), o.get("unit")) for o in b["officers"]),
        window_start=parse_rfc3339(b["window"]["start"]),
        window_end=parse_rfc3339(b["window"]["end"]),
        applied_at=_time(b.get("applied_at")) or fact.recorded_at,
        applied_by=fact.recorded_by,
        applicant=b["applicant"],
        imported=fact.kind == "inspection.imported",
        mirrored=fact.kind == "inspection.mirrored",
        decided_at=_time(b.get("approved_at")),
        plan_code=b.get("plan_code"),
        cause=b.get("cause"),
        clue_no=b.get("clue_no"),
        clue_at=_time(b.get("clue_at")),
        reason=b.get("reason"),
        recheck_of=b.get("recheck_of"),
        place_kind=place.get("kind", "premises"),
        place_address=place.get("address"),
        place_region=place.get("region"),
        way=b.get("way", "on_site"),
        surprise=b.get("surprise", False),
        started_at=_time(b.get("started_at")),
        exception=b.get("exception"),
        exception_reason=b.get("exception_reason"),
        low_yield_reason=b.get("low_yield_reason"),
        external_system=external.get("system"),
        external_number=external.get("number"),
        external_qr=external.get("qr"),
        begun_at=_time(b.get("begun_at")),
        ended_at=_time(b.get("ended_at")),
        results=_results(b.get("results")),
        outcome_told=b.get("outcome"),
        result_recorded_at=fact.recorded_at if b.get("results") or b.get("outcome") else None,
        contact_kind=b.get("contact_kind"),
        assisting=b.get("assisting"),
    )


def _results(rows: list[dict[str, Any]] | None) -> tuple[Result, ...]:
    return tuple(Result(r["item"], r["outcome"], r.get("note")) for r in rows or ())


def _mirror_changed(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    told = _created(fact, inspection.state)
    return {name: getattr(told, name) for name in DESCRIBED}


def _begun_elsewhere(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    arrived = _time(fact.body.get("arrived_at"))
    return {
        "started_at": inspection.started_at or _time(fact.body.get("started_at")),
        "first_seen_at": inspection.first_seen_at or _time(fact.body.get("seen_at")) or arrived,
        "first_arrive_at": inspection.first_arrive_at or arrived,
        "enterprise_arrived_at": inspection.enterprise_arrived_at or arrived,
        "lapsed_at": None,
    }


def _decided(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "decided_at": fact.recorded_at,
        "decided_by": fact.recorded_by,
        "decided_for": fact.body.get("acting_for"),
        "decision_reason": fact.body.get("reason"),
    }


def _announced(_: Inspection, fact: Fact) -> dict[str, Any]:
    """An announcement made again replaces the slots."""
    slots = tuple(Slot(parse_rfc3339(s["start"]), parse_rfc3339(s["end"])) for s in fact.body["slots"])
    return {"announced_at": fact.recorded_at, "slots": slots}


def _slot_chosen(_: Inspection, fact: Fact) -> dict[str, Any]:
    b = fact.body
    return {
        "slot_chosen": b["slot"],
        "slot_chosen_at": fact.recorded_at,
        "window_start": parse_rfc3339(b["window"]["start"]),
        "window_end": parse_rfc3339(b["window"]["end"]),
    }


def _code(c: dict[str, Any]) -> CodeVersion:
    return CodeVersion(
        cti=c["cti"],
        version=c["version"],
        kid=c["kid"],
        short_code=c["short_code"],
        issued_at=parse_rfc3339(c["issued_at"]),
        not_before=parse_rfc3339(c["not_before"]),
        expires_at=parse_rfc3339(c["expires_at"]),
    )


def _approved(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {**_decided(inspection, fact), "code": _code(fact.body["code"])}


def _seen(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {"first_seen_at": inspection.first_seen_at or fact.occurred_at}


def _arrived(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    """Either side's arrival may be the first. `self_scanned` stays true only while every arrival confirmed on the page
    behind the code came from an inspector's device; what an officer records at the enterprise's code is no such arrival.
    """
    at = fact.occurred_at
    changes: dict[str, Any] = {"first_arrive_at": inspection.first_arrive_at or at}
    if fact.body.get("by_officer"):
        scanned = at if fact.body.get("scanned") else None
        return changes | {
            "officer_arrived_at": inspection.officer_arrived_at or at,
            "officer_scanned_at": inspection.officer_scanned_at or scanned,
        }
    by_inspector = bool(fact.body.get("by_inspector"))
    first = inspection.enterprise_arrived_at is None
    known = inspection.device_enterprises
    return changes | {
        "enterprise_arrived_at": inspection.enterprise_arrived_at or at,
        "self_scanned": by_inspector and (first or inspection.self_scanned),
        "device_enterprises": max(fact.body.get("device_enterprises") or 0, known or 0) or None,
    }


def _served(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {"served_at": inspection.served_at or fact.occurred_at}


def _part_recorded(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    """One unit's results of a joint visit; the visit is not over."""
    return {"results": merged_results(inspection, _results(fact.body["results"]))}


def merged_results(inspection: Inspection, more: tuple[Result, ...]) -> tuple[Result, ...]:
    """The results so far with `more`, in the order of the items; a later one of the same item counts."""
    by_item = {r.item: r for r in (*inspection.results, *more)}
    return tuple(by_item[item] for item in inspection.items if item in by_item)


def _nothing(_: Inspection, __: Fact) -> dict[str, Any]:
    """The fact is part of the history and changes no field."""
    return {}


def _amendment_requested(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    n, joining = fact.body["n"], fact.body["changes"].get("add_units", ())
    return {"amendments": n, "pending_amendment": n, "invitations": confirmed(inspection, joining, fact)}


def _amendment_rejected(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {"pending_amendment": None, "invitations": settled(inspection, "withdrawn", fact)}


def _amendment_withdrawn(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    """The offer of a unit that wanted to join stands as before its head confirmed it."""
    return {"pending_amendment": None, "invitations": settled(inspection, "offered", fact)}


def _amended(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    """The visit was decided once, when it was approved; an amendment changes what the code says, not that decision."""
    changed = amendments.apply(inspection, fact.body["changes"])
    return {
        "window_end": changed.window_end,
        "items": changed.items,
        "officers": changed.officers,
        "units": changed.units,
        "invitations": settled(inspection, "joined", fact),
        "code": _code(fact.body["code"]),
        "pending_amendment": None,
    }


def _completed(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "ended_at": parse_rfc3339(fact.body["ended_at"]),
        "started_at": _time(fact.body.get("started_at")) or inspection.started_at,
        "results": _results(fact.body["results"]),
        "result_recorded_at": _time(fact.body.get("result_at")) or fact.recorded_at,
        "headcount": fact.body.get("headcount"),
    }


def _not_carried_out(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "not_carried_out_reason": fact.body["reason"],
        "note": fact.body.get("note"),
        "result_recorded_at": _time(fact.body.get("result_at")) or fact.recorded_at,
    }


def _cancelled(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {"note": fact.body.get("reason")}


def _lapsed(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {"lapsed_at": fact.recorded_at}


_CHANGES = {
    "inspection.mirror_changed": _mirror_changed,
    "inspection.begun_elsewhere": _begun_elsewhere,
    "inspection.announced": _announced,
    "inspection.slot_chosen": _slot_chosen,
    "inspection.rejected": _decided,
    "inspection.approved": _approved,
    "inspection.cancelled": _cancelled,
    "inspection.seen": _seen,
    "inspection.arrived": _arrived,
    "inspection.notice_served": _served,
    "inspection.placed": _nothing,
    "inspection.amendment_requested": _amendment_requested,
    "inspection.amendment_rejected": _amendment_rejected,
    "inspection.amendment_withdrawn": _amendment_withdrawn,
    "inspection.amended": _amended,
    "inspection.completed": _completed,
    "inspection.not_carried_out": _not_carried_out,
    "inspection.lapsed": _lapsed,
    "inspection.part_recorded": _part_recorded,
    **JOINT_CHANGES,
}
