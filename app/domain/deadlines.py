"""Deadlines of the follow-up in working days, and the lights that follow from them. Computed whenever they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from app.domain.flags.findings import RED as RED_SEVERITY
from app.domain.flags.policy import WorkingDays
from app.domain.supervision import ANSWERED, CORRECTING, RAISED, SENT
from app.domain.times import shanghai_day

GREEN, YELLOW, RED = "green", "yellow", "red"
SETTING = "followup_"  # jurisdiction settings: followup_answer_days, …
LONGEST = 250


@dataclass(frozen=True, slots=True)
class Terms:
    """Working days for each node of the follow-up. Presets are local: a jurisdiction's settings replace them."""

    triage: int = 5  # of red flags
    sign: int = 2
    answer: int = 5
    check: int = 5
    correct: int = 15
    objection: int = 10
    aside: int = 20
    near: int = 2

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Terms":
        """The presets with a jurisdiction's own on top; a text that is no number of days in 1–250 is left out."""
        own = {}
        for field in fields(cls):
            text = settings.get(f"{SETTING}{field.name}_days", "").strip()
            if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= LONGEST:
                own[field.name] = int(text)
        return replace(cls(), **own)

    def usual(self, step: str) -> int | None:
        """The working days that a step gives where nobody says otherwise; None: it gives no deadline."""
        return {
            "set_aside": self.aside, "send": self.answer, "order_correction": self.correct,
            "answer": self.check, "object": self.check, "report_correction": self.check,
        }.get(step)  # fmt: skip


def light(due: date, today: date, calendar: WorkingDays, near: int) -> str:
    """Red after the deadline, yellow from `near` working days before it, else green."""
    if today > due:
        return RED
    return YELLOW if calendar.between(today, due) <= near else GREEN


# The nodes in their order, and the steps that reach each. A step back takes back what came after it.
NODES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("raised", ("raised",)),
    ("triaged", ("investigate", "merge")),
    ("sent", ("send",)),
    ("signed", ("sign_for",)),
    ("answered", ("answer", "object")),
    ("judged", ("uphold", "dismiss")),
    ("corrected", ("corrected",)),
    ("closed", ("close",)),
)
_AT = {step: at for at, (_, steps) in enumerate(NODES) for step in steps}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the path: reached at some time, or next with its deadline and light, or neither."""

    name: str
    at: datetime | None = None
    due: date | None = None
    light: str | None = None
    is_next: bool = False


def nodes(
    steps: Iterable[tuple[str, datetime]],
    state: str,
    severity: str,
    due_on: date | None,
    today: date,
    calendar: WorkingDays,
    terms: Terms,
) -> list[Node]:
    """The path of a flag from its steps (action, time), in their order."""
    reached: dict[int, datetime] = {}
    for step, at in steps:
        if (place := _AT.get(step)) is not None:
            reached = {n: when for n, when in reached.items() if n < place} | {place: at}
    last = max(reached, default=-1)
    due = _dues(reached, state, severity, due_on, calendar, terms)
    out = []
    for place, (name, _) in enumerate(NODES):
        day = due.get(name)
        lit = light(day, today, calendar, terms.near) if day else None
        out.append(Node(name, reached.get(place), day, lit, is_next=place == last + 1 and place not in reached))
    return out


def _dues(
    reached: Mapping[int, datetime],
    state: str,
    severity: str,
    due_on: date | None,
    calendar: WorkingDays,
    terms: Terms,
) -> dict[str, date]:
    """The deadlines that run in a state."""
    due: dict[str, date] = {}
    if state == RAISED and severity == RED_SEVERITY and 0 in reached:
        due["triaged"] = calendar.after(shanghai_day(reached[0]), terms.triage)
    if state == SENT and _AT["send"] in reached and _AT["sign_for"] not in reached:
        due["signed"] = calendar.after(shanghai_day(reached[_AT["send"]]), terms.sign)
    node = {SENT: "answered", ANSWERED: "judged", CORRECTING: "corrected"}.get(state)
    if node and due_on:
        due[node] = due_on
    return due
