"""Beside another system (市级系统): who issues codes in a jurisdiction, and what another system says of a visit.

A visit registered elsewhere has no code of ours and never gets one (promise 1). It becomes an inspection by the fact
`inspection.mirrored`, whose leaf proves when this platform learned of it; what happens to it afterwards are facts as well.
"""

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.domain import inspections as i
from app.domain.codes.classify import digits_of
from app.domain.errors import Invalid, Problem
from app.domain.facts import Fact, canonical_json
from app.domain.folding import evolve
from app.domain.inspections import Inspection, Result
from app.domain.times import rfc3339

OWN, MIRROR, BOTH = "own", "mirror", "both"
MODES = (OWN, MIRROR, BOTH)
IMPORTED = "inspection.imported"  # what the other system itself brought in as a file: past, and history here as well
LEARNED = "visit.learned"  # what a proof shows: the visit by number and hash of its code, and nothing else
MIRRORED, CHANGED, BEGUN = "inspection.mirrored", "inspection.mirror_changed", "inspection.begun_elsewhere"
REGISTERED = (i.APPROVED, i.IN_PROGRESS, i.COMPLETED, i.NOT_CARRIED_OUT, i.LAPSED)  # what is a visit for us
ENDED = (i.COMPLETED, i.NOT_CARRIED_OUT, i.CANCELLED)
LONGEST_SYSTEM, LONGEST_ENTRY = 100, 300
PRESENTED = "e-"  # how a page's address names a code of another system: by the hash of its text


@dataclass(frozen=True, slots=True)
class Issuing:
    """Where the codes of a jurisdiction come from. `system` and `entry` name the other system and where to apply there."""

    mode: str = OWN
    system: str = ""
    entry: str = ""

    @property
    def is_elsewhere(self) -> bool:
        return self.mode == MIRROR

    def to_json(self) -> dict[str, str]:
        return {"mode": self.mode, "system": self.system, "entry": self.entry}


def check(issuing: Issuing) -> None:
    """Raises Invalid at each field: an unknown mode; another system that is not named."""
    problems: list[Problem] = []
    if issuing.mode not in MODES:
        problems.append(("mode", "unknown_choice", {"value": issuing.mode[:40], "choices": ", ".join(MODES)}))
    if issuing.mode != OWN and not issuing.system.strip():
        problems.append(("system", "missing", {}))
    for name, text, most in (("system", issuing.system, LONGEST_SYSTEM), ("entry", issuing.entry, LONGEST_ENTRY)):
        if len(text) > most:
            problems.append((name, "too_long", {"most": most}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What another system says of one visit. Times are aware; `their_id` is how its interface names the visit."""

    system: str
    number: str
    state: str
    kind: str
    units: tuple[str, ...]
    items: tuple[str, ...]
    officers: tuple[str, ...]
    window_start: datetime
    window_end: datetime
    applied_at: datetime
    uscc: str | None = None
    enterprise: str | None = None
    address: str | None = None
    no_uscc_reason: str | None = None
    their_id: str | None = None
    approved_at: datetime | None = None
    qr: str | None = None
    plan_code: str | None = None
    cause: str | None = None
    clue_no: str | None = None
    clue_at: datetime | None = None
    reason: str | None = None
    place_kind: str = "premises"
    place_address: str | None = None
    place_region: str | None = None
    way: str = "on_site"
    surprise: bool = False
    exception: str | None = None
    exception_reason: str | None = None
    started_at: datetime | None = None
    seen_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    results: tuple[Result, ...] = ()
    outcome: str | None = None  # of the whole visit
    imported: bool = False
    not_carried_out: str | None = None
    note: str | None = None

    @property
    def digest(self) -> str:
        """What tells the same said again from something new."""
        return hashlib.sha256(canonical_json(_plain(asdict(self))).encode()).hexdigest()

    @property
    def was_registered(self) -> bool:
        """Whether it is, or was, a visit with a code: what was withdrawn before we heard of it may have taken place."""
        return self.state in REGISTERED or (self.state == i.CANCELLED and self.approved_at is not None)

    @property
    def has_begun(self) -> bool:
        return self.state in (i.IN_PROGRESS, i.COMPLETED)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def description(told: Told) -> dict[str, Any]:
    """What the facts `mirrored` and `mirror_changed` say beside number, applicant, enterprise and officers."""
    same = ("kind", "plan_code", "cause", "clue_no", "reason", "way", "surprise", "exception", "exception_reason")
    return {name: getattr(told, name) for name in same} | {
        "units": list(told.units),
        "items": list(told.items),
        "window": {"start": rfc3339(told.window_start), "end": rfc3339(told.window_end)},
        "place": {"kind": told.place_kind, "address": told.place_address, "region": told.place_region},
        "clue_at": _time(told.clue_at),
        "applied_at": rfc3339(told.applied_at),
        "approved_at": _time(told.approved_at),
        "external": {"system": told.system, "number": told.number, "qr": told.qr},
    }


def history(told: Told) -> dict[str, Any]:
    """What the fact `imported` says beside the same four, of a visit that was past when the other system heard of it."""
    ended = rfc3339(told.ended_at or told.window_end)
    results = [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in told.results]
    return description(told) | {
        "started_at": _time(told.started_at or told.window_start),
        "ended_at": ended,
        "results": results,
        "outcome": None if results else told.outcome,
    }


def learned(told: Told) -> dict[str, Any]:
    """What is proved of the moment at which this platform learned of a visit."""
    return {
        "system": told.system,
        "number": told.number,
        "qr_sha256": qr_digest(told.qr).hex() if told.qr else None,
        "window": {"start": rfc3339(told.window_start), "end": rfc3339(told.window_end)},
    }


def begun(told: Told) -> dict[str, Any]:
    return {name: _time(getattr(told, name)) for name in ("started_at", "seen_at", "arrived_at")}


def differs(inspection: Inspection, told: Told) -> str | None:
    """Whether what was recorded here and there of an ended visit contradicts: the state there, or `results`."""
    if told.state not in ENDED or inspection.state not in ENDED:
        return None
    if inspection.state != told.state:
        return told.state
    same = {(r.item, r.outcome) for r in inspection.results} == {(r.item, r.outcome) for r in told.results}
    return None if told.state != i.COMPLETED or same else "results"


def changes(inspection: Inspection, fact: Fact) -> bool:
    """Whether a fact `mirror_changed` says anything new."""
    return evolve(inspection, fact) != inspection


def tells_more_of_beginning(inspection: Inspection, told: Told) -> bool:
    """Whether a visit that has begun there has not here, or more is known there of how."""
    if inspection.state != i.IN_PROGRESS:
        return True
    arrived = told.arrived_at is not None and inspection.first_arrive_at is None
    return arrived or (told.started_at is not None and inspection.started_at is None)


def whole_results(inspection: Inspection, told: Told) -> tuple[Result, ...]:
    """One result for each item of the visit; what the other system says nothing of was not looked at."""
    said = {r.item: r for r in told.results}
    return tuple(said.get(item) or Result(item, "not_applicable") for item in inspection.items)


def ending(inspection: Inspection, told: Told) -> tuple[str, dict[str, Any]]:
    """The fact that ends a visit as it ended there ("" while it has not). When a result was entered there is not known: it
    counts from the end of the visit, so that a late connection makes no late result."""
    if told.state == i.COMPLETED:
        ended = rfc3339(told.ended_at or told.window_end)
        said = whole_results(inspection, told)
        results = [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in said]
        return "inspection.completed", {"results": results, "ended_at": ended, "result_at": ended}
    if told.state == i.NOT_CARRIED_OUT:
        reason = told.not_carried_out or "other"
        body = {"reason": reason, "note": told.note, "result_at": rfc3339(told.window_end)}
        return "inspection.not_carried_out", body
    return ("inspection.cancelled", {"reason": told.note}) if told.state == i.CANCELLED else ("", {})


def looks_like_ours(number: str) -> bool:
    """Whether a number has the form of those counted here (unit-year-number): it could belong to another visit."""
    return re.fullmatch(r".+-\d{4}-\d{6}", number) is not None


def qr_digest(text: str) -> bytes:
    """How a code of another system is looked up: by the SHA-256 of its text, of a code URL by its digits alone, so that it
    does not matter which host or messenger wrote the address."""
    return hashlib.sha256((digits_of(text) or text.strip()).encode()).digest()


def presented_digest(text: str) -> bytes:
    """The same for what a page's address names already (`e-` and the hash)."""
    named = text.strip().removeprefix(PRESENTED)
    if text.strip().startswith(PRESENTED) and len(named) == 64 and set(named) <= set("0123456789abcdef"):
        return bytes.fromhex(named)
    return qr_digest(text)


def presented_as(text: str) -> str:
    return PRESENTED + presented_digest(text).hex()


def _time(value: datetime | None) -> str | None:
    return rfc3339(value) if value else None
