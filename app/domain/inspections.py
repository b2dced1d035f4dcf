"""An inspection: its states, the one table of transitions, and how its current state is folded from facts.

Every change is a fact (`inspection.approved`, …). `transition` says which facts a state allows; `evolve` folds a fact
into the current state. Services never set a field themselves, so the state kept beside the facts can be recomputed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import Refused
from app.domain.facts import Fact
from app.domain.times import parse_rfc3339

DRAFT, APPLIED, REJECTED, APPROVED = "draft", "applied", "rejected", "approved"
IN_PROGRESS, COMPLETED, NOT_CARRIED_OUT = "in_progress", "completed", "not_carried_out"
CANCELLED, REPLACED, LAPSED = "cancelled", "replaced", "lapsed"
STATES = (
    DRAFT, APPLIED, REJECTED, APPROVED, IN_PROGRESS, COMPLETED, NOT_CARRIED_OUT, CANCELLED, REPLACED, LAPSED,
)  # fmt: skip

PLANNED, TRIGGERED, CONTACT = "planned", "triggered", "contact"
KINDS = (PLANNED, TRIGGERED, CONTACT)
CAUSES = ("complaint", "transfer", "data_lead", "enterprise_request", "recheck", "emergency")
PLACES = ("premises", "building_site", "vehicle", "other")
WAYS = ("on_site", "off_site", "summons")
EXCEPTIONS = ("emergency", "evidence_risk", "system_failure")
OUTCOMES = ("no_problem", "problem_found", "not_applicable")
NOT_CARRIED_OUT_REASONS = ("closed", "not_found", "refused", "postponed", "other")

# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "inspection.applied": {None: APPLIED, DRAFT: APPLIED},
    "inspection.contact_recorded": {None: COMPLETED},
    "inspection.imported": {None: COMPLETED},
    "inspection.rejected": {APPLIED: REJECTED},
    "inspection.approved": {APPLIED: APPROVED},
    "inspection.cancelled": {DRAFT: CANCELLED, APPLIED: CANCELLED, APPROVED: CANCELLED},
    "inspection.seen": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS, COMPLETED: COMPLETED},
    "inspection.arrived": {APPROVED: IN_PROGRESS, IN_PROGRESS: IN_PROGRESS},
    "inspection.notice_served": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS, COMPLETED: COMPLETED},
    "inspection.completed": {APPROVED: COMPLETED, IN_PROGRESS: COMPLETED, LAPSED: COMPLETED},
    "inspection.not_carried_out": {
        APPROVED: NOT_CARRIED_OUT,
        IN_PROGRESS: NOT_CARRIED_OUT,
        LAPSED: NOT_CARRIED_OUT,
    },
    "inspection.lapsed": {APPROVED: LAPSED},
}


@dataclass(frozen=True, slots=True)
class OfficerOnVisit:
    """An officer as named in the application: unknown certificates have no name and no unit."""

    certificate_no: str
    name: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """One issued code of an inspection. Identity is the cti (hex), never the signature."""

    cti: str
    version: int
    kid: str
    short_code: str
    issued_at: datetime
    not_before: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    item: str
    outcome: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Current state. Times are aware UTC. `units` has the lead unit first. `items` are item codes."""

    id: str
    number: str
    jurisdiction: str
    enterprise_id: str
    kind: str
    state: str
    units: tuple[str, ...]
    items: tuple[str, ...]
    officers: tuple[OfficerOnVisit, ...]
    window_start: datetime
    window_end: datetime
    applied_at: datetime
    applied_by: str
    applicant: str  # the person behind it: Actor.identity
    imported: bool = False
    plan_code: str | None = None
    cause: str | None = None
    clue_no: str | None = None
    clue_at: datetime | None = None
    reason: str | None = None
    recheck_of: str | None = None
    place_kind: str = "premises"
    place_address: str | None = None
    place_region: str | None = None
    way: str = "on_site"
    surprise: bool = False
    started_at: datetime | None = None
    exception: str | None = None
    exception_reason: str | None = None
    low_yield_reason: str | None = None
    external_system: str | None = None
    external_number: str | None = None
    external_qr: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None
    code: CodeVersion | None = None
    first_seen_at: datetime | None = None
    first_arrive_at: datetime | None = None
    self_scanned: bool = False
    served_at: datetime | None = None
    ended_at: datetime | None = None
    results: tuple[Result, ...] = ()
    result_recorded_at: datetime | None = None
    not_carried_out_reason: str | None = None
    note: str | None = None
    lapsed_at: datetime | None = None

    @property
    def lead_unit(self) -> str:
        return self.units[0]

    @property
    def visit_start(self) -> datetime | None:
        """rules.md, Start: declared, else the first arrival, else (completed without either) the window's start."""
        fallback = self.window_start if self.state == COMPLETED else None
        return self.started_at or self.first_arrive_at or fallback

    @property
    def counts(self) -> bool:
        """rules.md, Visit: planned or triggered, on site or by summons, begun or completed."""
        is_visit = self.kind in (PLANNED, TRIGGERED) and self.way in ("on_site", "summons")
        return is_visit and self.state in (IN_PROGRESS, COMPLETED)

    @property
    def outcome(self) -> str | None:
        """problem_found if any item has it; no_problem if an item has that and none a problem; else None."""
        found = {result.outcome for result in self.results}
        return next((o for o in ("problem_found", "no_problem") if o in found), None)


def transition(state: str | None, fact_kind: str) -> str:
    """The state after a fact. Raises Refused("not_in_this_state") with both when the table has no such step."""
    after = TRANSITIONS[fact_kind].get(state)
    if after is None:
        raise Refused("not_in_this_state", state=state or "", step=fact_kind)
    return after


def evolve(inspection: Inspection | None, fact: Fact) -> Inspection:
    """Folds one fact into the current state; the first fact creates it. Raises Refused like `transition`."""
    after = transition(inspection.state if inspection else None, fact.kind)
    if inspection is None or fact.kind in ("inspection.applied", "inspection.imported"):
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
        applied_at=fact.recorded_at,
        applied_by=fact.recorded_by,
        applicant=b["applicant"],
        imported=fact.kind == "inspection.imported",
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
        ended_at=_time(b.get("ended_at")),
        results=_results(b.get("results")),
        result_recorded_at=fact.recorded_at if b.get("results") else None,
    )


def _results(rows: list[dict[str, Any]] | None) -> tuple[Result, ...]:
    return tuple(Result(r["item"], r["outcome"], r.get("note")) for r in rows or ())


def _decided(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "decided_at": fact.recorded_at,
        "decided_by": fact.recorded_by,
        "decision_reason": fact.body.get("reason"),
    }


def _approved(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    c = fact.body["code"]
    code = CodeVersion(
        cti=c["cti"],
        version=c["version"],
        kid=c["kid"],
        short_code=c["short_code"],
        issued_at=parse_rfc3339(c["issued_at"]),
        not_before=parse_rfc3339(c["not_before"]),
        expires_at=parse_rfc3339(c["expires_at"]),
    )
    return {**_decided(inspection, fact), "code": code}


def _seen(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {"first_seen_at": inspection.first_seen_at or fact.occurred_at}


def _arrived(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    """`self_scanned` stays true only while every arrival came from an inspector's device."""
    by_inspector = bool(fact.body.get("by_inspector"))
    first = inspection.first_arrive_at is None
    return {
        "first_arrive_at": inspection.first_arrive_at or fact.occurred_at,
        "self_scanned": by_inspector and (first or inspection.self_scanned),
    }


def _served(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {"served_at": inspection.served_at or fact.occurred_at}


def _completed(inspection: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "ended_at": parse_rfc3339(fact.body["ended_at"]),
        "started_at": _time(fact.body.get("started_at")) or inspection.started_at,
        "results": _results(fact.body["results"]),
        "result_recorded_at": fact.recorded_at,
    }


def _not_carried_out(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {
        "not_carried_out_reason": fact.body["reason"],
        "note": fact.body.get("note"),
        "result_recorded_at": fact.recorded_at,
    }


def _cancelled(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {"note": fact.body.get("reason")}


def _lapsed(_: Inspection, fact: Fact) -> dict[str, Any]:
    return {"lapsed_at": fact.recorded_at}


_CHANGES = {
    "inspection.rejected": _decided,
    "inspection.approved": _approved,
    "inspection.cancelled": _cancelled,
    "inspection.seen": _seen,
    "inspection.arrived": _arrived,
    "inspection.notice_served": _served,
    "inspection.completed": _completed,
    "inspection.not_carried_out": _not_carried_out,
    "inspection.lapsed": _lapsed,
}
