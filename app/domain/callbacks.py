"""Call-backs by lot (回访抽查): an enterprise drawn by lot is asked three questions. Its states, answers and settings.

    drawn ─▶ open ─ claimed, released, assigned, attempted ─▶ open ─ answered ─▶ done
                  └ attempted for the last time, or lapsed ─▶ not_reached

Why each pool is what it is, and what of it is public: docs/decisions/0021-call-backs-by-lot.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.errors import Invalid, Problem, Refused
from app.domain.figures import Period
from app.domain.times import parse_rfc3339, rfc3339, shanghai_day

OPEN, DONE, NOT_REACHED = "open", "done", "not_reached"
STATES = (OPEN, DONE, NOT_REACHED)
TRANSITIONS: dict[str, dict[str | None, tuple[str, ...]]] = {
    "callback.drawn": {None: (OPEN,)},
    "callback.claimed": {OPEN: (OPEN,)},
    "callback.released": {OPEN: (OPEN,)},
    "callback.assigned": {OPEN: (OPEN,)},
    "callback.phone_opened": {OPEN: (OPEN,)},
    "callback.attempted": {OPEN: (OPEN, NOT_REACHED)},
    "callback.answered": {OPEN: (DONE,)},
    "callback.lapsed": {OPEN: (NOT_REACHED,)},
    "callback.erased": {DONE: (DONE,), NOT_REACHED: (NOT_REACHED,)},  # the words; counts and answers by lot stay
}
CLOSED, UNVISITED, DOUBTFUL = "closed", "unvisited", "doubtful"
POOLS = (CLOSED, UNVISITED, DOUBTFUL)
PRESETS = {CLOSED: 5, UNVISITED: 10, DOUBTFUL: 5}  # how many a week; settings callbacks_<pool>
MOST_WANTED = 200
DAYS, FEWEST_DAYS, MOST_DAYS = 30, 7, 92  # how far back enterprises are asked; setting callbacks_days
ATTEMPTS = 3
CLAIM_HOLDS = timedelta(hours=2)
LAPSES_AFTER = timedelta(days=28)

TELEPHONE, ON_THE_SPOT = "telephone", "on_the_spot"
WAYS = (TELEPHONE, ON_THE_SPOT)
YES, NO, UNSURE = "yes", "no", "unsure"
SAID = (YES, NO, UNSURE)
WENT = ("well", "fair", "badly")
FAILURES = ("no_answer", "wrong_number", "moved", "declined")
FINAL_FAILURES = ("moved", "declined")  # asking again would be a nuisance
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What an enterprise said: did somebody come, with a code, how did it go. `visited_on` and `unit` where it knows."""

    way: str
    came: str
    code: str | None = None
    went: str | None = None
    visited_on: date | None = None
    unit: str | None = None
    note: str = ""

    @property
    def tells_of_no_code(self) -> bool:
        """Somebody came to inspect and showed no code: what `unregistered.report` is raised for."""
        return self.came == YES and self.code == NO


def check(answer: Answer, asked: Period, today: date) -> Answer:
    """The answer as it is kept: what does not belong to it left out. Raises Invalid with every wrong field.

    The day may lie after the period asked about (the enterprise tells what it knows), never in the future.
    """
    problems: list[Problem] = []
    if answer.way not in WAYS:
        problems.append(("way", "callback_choose", {}))
    if answer.came not in SAID:
        problems.append(("came", "callback_choose", {}))
    if len(answer.note) > LONGEST_NOTE:
        problems.append(("note", "too_long", {"most": LONGEST_NOTE}))
    if answer.came == YES:
        problems += _of_a_visit(answer, asked, today)
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    if answer.came != YES:
        return Answer(answer.way, answer.came, note=answer.note.strip())
    return Answer(
        answer.way, YES, answer.code, answer.went or None, answer.visited_on, answer.unit or None, answer.note.strip()
    )


def _of_a_visit(answer: Answer, asked: Period, today: date) -> list[Problem]:
    problems: list[Problem] = []
    if answer.code not in SAID:
        problems.append(("code", "callback_choose", {}))
    if answer.went and answer.went not in WENT:
        problems.append(("went", "callback_choose", {}))
    if answer.visited_on is None:
        if answer.code == NO:
            problems.append(("visited_on", "callback_day_needed", {}))
    elif answer.visited_on > today:
        problems.append(("visited_on", "in_the_future", {}))
    elif answer.visited_on < asked.first:
        problems.append(("visited_on", "callback_day_before", {"first": asked.first.isoformat()}))
    return problems


def is_last_attempt(attempts_before: int, why: str) -> bool:
    """Whether nobody tries again after this attempt."""
    return why in FINAL_FAILURES or attempts_before + 1 >= ATTEMPTS


def holder(claimed_by: str | None, claimed_at: datetime | None, now: datetime) -> str | None:
    """Who has claimed a call-back and still holds it; a claim that was forgotten holds nobody up."""
    return claimed_by if claimed_at is not None and now < claimed_at + CLAIM_HOLDS else None


def changes(row: Mapping[str, Any], kind: str, body: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    """The columns that a fact sets, from those before it. Raises Refused("callback_done") where the table has no such
    step."""
    after = TRANSITIONS[kind].get(row.get("state"), ())
    if not after:
        raise Refused("callback_done")
    free = {"claimed_by": None, "claimed_at": None}
    if kind == "callback.drawn":
        return _first(body)
    if kind == "callback.claimed":
        return {"claimed_by": by, "claimed_at": at}
    if kind in ("callback.phone_opened", "callback.erased"):
        return {}
    if kind == "callback.assigned":
        return free | {"assigned_to": body["to"]}
    if kind == "callback.released":
        return free | {"assigned_to": None}
    if kind == "callback.attempted":
        state = NOT_REACHED if body["last"] else OPEN
        return free | {"state": state, "attempts": row["attempts"] + 1, "ended_at": at if body["last"] else None}
    if kind == "callback.lapsed":
        return free | {"state": NOT_REACHED, "ended_at": at}
    told = {name: body.get(name) for name in ("came", "code", "unit")}
    day = body.get("visited_on")
    return free | told | {"visited_on": date.fromisoformat(day) if day else None, "state": DONE, "ended_at": at}


def _first(body: Mapping[str, Any]) -> dict[str, Any]:
    unset = dict.fromkeys(
        ("claimed_by", "claimed_at", "assigned_to", "came", "code", "visited_on", "unit", "ended_at"),
    )
    return {
        **unset,
        **{name: body[name] for name in ("draw", "pool", "place", "mark", "enterprise", "inspection")},
        "first_day": date.fromisoformat(body["first_day"]),
        "last_day": date.fromisoformat(body["last_day"]),
        "drawn_at": parse_rfc3339(body["drawn_at"]),
        "state": OPEN,
        "attempts": 0,
    }


def drawn_body(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `callback.drawn` from the columns it sets."""
    same = {name: columns[name] for name in ("draw", "pool", "place", "mark", "enterprise", "inspection")}
    days = {name: columns[name].isoformat() for name in ("first_day", "last_day")}
    return same | days | {"drawn_at": rfc3339(columns["drawn_at"])}


def last_week(now: datetime) -> str:
    """The ISO week, `2026-W47`, that ended last: the one that is drawn for now."""
    year, week, _ = (shanghai_day(now) - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02d}"


def asked_about(week: Period, pool: str, days: int) -> Period:
    """The days that a pool of a week is about: enterprises without a visit are asked about the `days` up to its end."""
    return Period(week.last - timedelta(days=days - 1), week.last) if pool == UNVISITED else week
