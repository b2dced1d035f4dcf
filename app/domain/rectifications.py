"""A rectification (责令改正): what an inspection found must be put right by a day, until a re-check finds that it is.

One for each inspection that found a problem. It changes only by facts; this table says which, `evolve` folds them.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.domain.errors import Refused
from app.domain.facts import Fact

OPEN, ANSWERED, VERIFIED, CLOSED = "open", "answered", "verified", "closed"
STATES = (OPEN, ANSWERED, VERIFIED, CLOSED)
WAYS = ("on_the_spot", "papers", "recheck")  # how it was seen that the problem is gone
DEFAULT_DAYS = 15  # where the jurisdiction's setting `rectification_days` says nothing
LONGEST_DAYS = 366
SOON_DAYS = 3
GREEN, YELLOW, RED = "green", "yellow", "red"

# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "rectification.opened": {None: OPEN},
    "rectification.extended": {OPEN: OPEN, ANSWERED: ANSWERED},
    "rectification.answered": {OPEN: ANSWERED, ANSWERED: ANSWERED},
    "rectification.returned": {OPEN: OPEN, ANSWERED: OPEN},
    "rectification.verified": {OPEN: VERIFIED, ANSWERED: VERIFIED},
    "rectification.closed": {VERIFIED: CLOSED},
}


@dataclass(frozen=True, slots=True)
class Rectification:
    """Current state. `inspection` is the one that ordered it; `rounds` counts how often it was found not done."""

    inspection: str
    jurisdiction: str
    unit: str
    enterprise_id: str
    state: str
    due_on: date
    opened_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    rounds: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in (OPEN, ANSWERED)


def evolve(before: Rectification | None, fact: Fact) -> Rectification:
    """Folds one fact into the current state; the first creates it. Raises Refused("not_in_this_state")."""
    state = before.state if before else None
    after = TRANSITIONS[fact.kind].get(state)
    if after is None:
        raise Refused("not_in_this_state", state=state or "", step=fact.kind)
    b = fact.body
    if before is None:
        due = date.fromisoformat(b["due"])
        return Rectification(
            fact.subject_id, fact.jurisdiction, b["unit"], b["enterprise"], after, due, fact.recorded_at
        )
    return replace(before, state=after, **_changes(before, fact))


def _changes(before: Rectification, fact: Fact) -> dict[str, Any]:
    step, due = fact.kind.removeprefix("rectification."), fact.body.get("due")
    changes: dict[str, Any] = {"due_on": date.fromisoformat(due)} if due else {}
    if step == "answered":
        changes["answered_at"] = fact.recorded_at
    if step == "returned":
        changes["rounds"] = before.rounds + 1
    if step == "closed":
        changes["closed_at"] = fact.recorded_at
    return changes


def light(r: Rectification, today: date) -> str:
    """Red: the day is over and nobody has looked again. Yellow: within three days, or answered. Green: there is time."""
    if today > r.due_on:
        return RED
    near = (r.due_on - today).days <= SOON_DAYS
    return YELLOW if near or r.state == ANSWERED else GREEN
