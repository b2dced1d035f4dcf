"""What is recorded on site beside the result of each item: check points, who came along, how many came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.errors import Problem
from app.domain.inspections import OUTCOMES, Result

PROBLEM_FOUND = "problem_found"
# Persons beside the officers: they assist or advise, they do not inspect (domain.md 4).
ROLES = ("auxiliary", "grid_worker", "expert", "tester", "interpreter", "other")
MOST_COMPANIONS, MOST_PERSONS = 50, 500
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class PointResult:
    """The result of one check point of an item, by its number in the list in force on the visit's day."""

    item: str
    no: int
    outcome: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who came beside the officers. The name may be left out; whose person it is may not."""

    role: str
    organisation: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rectify:
    """What a found problem leads to: put right until `due` (None: the usual time), or done before the officers left."""

    due: date | None = None
    demand: str | None = None
    on_the_spot: bool = False


USUALLY = Rectify()


def point_problems(
    points: Iterable[PointResult], results: Iterable[Result], known: Mapping[str, Mapping[int, str]]
) -> list[Problem]:
    """Points that no list has, named twice or with an unknown outcome, and items that say less than their points."""
    found: list[Problem] = []
    outcome_of, seen = {r.item: r.outcome for r in results}, set()
    for p in points:
        if p.no not in known.get(p.item, {}):
            found.append(("points", "unknown_point", {"item": p.item, "no": p.no}))
        elif p.outcome not in OUTCOMES:
            found.append(("points", "unknown_choice", {"value": p.outcome, "choices": ", ".join(OUTCOMES)}))
        elif p.outcome == PROBLEM_FOUND and outcome_of.get(p.item) != PROBLEM_FOUND:
            found.append((f"outcome.{p.item}", "point_contradicts", {"item": p.item, "no": p.no}))
        if (p.item, p.no) in seen:
            found.append(("points", "named_twice", {}))
        seen.add((p.item, p.no))
    return found


def people_problems(people: tuple[Companion, ...], headcount: int | None) -> list[Problem]:
    """What makes the list of persons incomplete, or the headcount smaller than the list."""
    if len(people) > MOST_COMPANIONS:
        return [("people", "too_many_entries", {"most": MOST_COMPANIONS})]
    found: list[Problem] = []
    for person in people:
        if person.role not in ROLES:
            found.append(("people", "unknown_choice", {"value": person.role, "choices": ", ".join(ROLES)}))
        if not person.organisation:
            found.append(("people", "organisation_missing", {}))
        if len(person.organisation) > 100 or len(person.name or "") > 60:
            found.append(("people", "too_long", {"most": 100}))
    if headcount is not None and not 1 <= headcount <= MOST_PERSONS:
        found.append(("headcount", "out_of_range", {"range": f"1–{MOST_PERSONS}"}))
    elif headcount is not None and headcount <= len(people):
        found.append(("headcount", "headcount_too_small", {"people": len(people)}))
    return found
