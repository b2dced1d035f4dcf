"""The form of the result: one block an item with its check points, who came, when it ended, what must be put right."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.domain.errors import Invalid, Problem
from app.domain.inspections import Inspection, Result
from app.domain.onsite import Companion, PointResult, Rectify
from app.services.visiting.visits import Completion
from app.web.inspector.forms import moment_of, whole

REST = ("ended_at", "headcount", "due", "demand", "on_the_spot", "rows")
PERSON = ("role", "organisation", "name")
FEWEST_ROWS, MOST_ROWS = 2, 50
Points = Mapping[str, Sequence[Any]]  # item → its check points in order


def usual_end(i: Inspection, now: datetime) -> datetime:
    """When a visit ended of which nobody says otherwise: now, or when its window was over; never before it began."""
    ended = min(now, i.window_end)
    return max(ended, i.visit_start) if i.visit_start else ended


def end_typed(form: Mapping[str, str]) -> str:
    """The end that somebody typed; "" where it is still what the page proposed, maybe long ago."""
    ended = form.get("ended_at", "").strip()
    return "" if ended == form.get("ended_proposed", "") else ended


def fields_of(item: str, points: Points) -> list[str]:
    """The names of the fields that belong to one item."""
    numbers = [p.no for p in points.get(item, ())]
    return [
        f"outcome.{item}", f"note.{item}", *(f"point.{item}.{n}" for n in numbers),
        *(f"pointnote.{item}.{n}" for n in numbers),
    ]  # fmt: skip


def parts(form: Mapping[str, str], i: Inspection, points: Points) -> dict[str, dict[str, str]]:
    """What was filled in, by item, "" for the rest; only the parts that the form brought at all."""
    found: dict[str, dict[str, str]] = {}
    for item in i.items:
        said = {name: form[name].strip()[:2000] for name in fields_of(item, points) if form.get(name)}
        if said or form.get("part") == item:
            found[item] = said
    rest = {name: form[name].strip()[:2000] for name in REST if form.get(name)}
    if not end_typed(form):
        rest.pop("ended_at", None)
    rest |= {name: value.strip()[:200] for name, value in form.items() if name.startswith("people.") and value}
    if rest or form.get("part") == "":
        found[""] = rest
    return found


def completion(
    form: Mapping[str, str], i: Inspection, points: Points, own: Collection[str], now: datetime
) -> Completion:
    """The command: of the `own` items all that have no result yet, of others what was filled in.

    Raises Invalid with every field that is wrong.
    """
    problems: list[Problem] = []
    known = {r.item for r in i.results}
    told = [item for item in i.items if form.get(f"outcome.{item}")]
    untouched = form.get("ended_at", "").strip() and not end_typed(form)
    ended = usual_end(i, now) if untouched else moment_of(form.get("ended_at", ""), "ended_at", problems)
    problems += [
        (f"outcome.{item}", "missing", {})
        for item in i.items
        if item in own and item not in known and not form.get(f"outcome.{item}")
    ]
    headcount = whole(form, "headcount", problems)
    due = _day(form, "due", problems)
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return Completion(
        results=tuple(Result(item, form[f"outcome.{item}"], _text(form, f"note.{item}")) for item in told),
        ended_at=ended,
        points=tuple(
            PointResult(item, p.no, form[name], _text(form, f"pointnote.{item}.{p.no}"))
            for item in i.items
            for p in points.get(item, ())
            if form.get(name := f"point.{item}.{p.no}")
        ),
        people=people(form),
        headcount=headcount,
        rectify=Rectify(due, _text(form, "demand"), form.get("on_the_spot") == "1"),
    )


def people(form: Mapping[str, str]) -> tuple[Companion, ...]:
    """The rows of who came along; empty ones are none."""
    found = []
    for n in range(rows_of(form)):
        role, organisation, name = (form.get(f"people.{n}.{field}", "").strip() for field in PERSON)
        if organisation or name:
            found.append(Companion(role or "auxiliary", organisation[:200], name[:200] or None))
    return tuple(found)


def rows_of(form: Mapping[str, str]) -> int:
    """How many rows for persons the form has."""
    text = form.get("rows", "")
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else FEWEST_ROWS


def _text(form: Mapping[str, str], name: str) -> str | None:
    return form.get(name, "").strip()[:2000] or None


def _day(form: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append((name, "wrong_type", {"expected": "2026-11-24"}))
        return None
