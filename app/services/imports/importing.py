"""What the imports of registers share: going through rows, keeping problems, touching rows, and the names of things."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from app.domain.actors import Actor
from app.services import registers
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, required_code
from app.services.people.scope import keeper, regions_of
from app.store.models import Base, Region, Unit
from app.store.unit_of_work import UnitOfWork

BEGINNING = date(2000, 1, 1)
UNCHANGED, CHANGED, ADDED = range(3)
T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in pieces of at most `size`, in order."""
    for at in range(0, len(items), size):
        yield items[at : at + size]


@dataclass(slots=True)
class Import:
    """One import in one transaction. `one` (below) says of each row what came of it, or raises Bad."""

    work: UnitOfWork
    actor: Actor
    problems: list[RowProblem] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    touched: dict[int, Base] = field(default_factory=dict)
    new: list[list[Base]] = field(default_factory=lambda: [[], []])  # those others refer to, then those that refer
    seen: dict[tuple[str, ...], Row] = field(default_factory=dict)

    def run(self, rows: Iterable[Row], progress: Progress, one: Callable[[Row], int]) -> Outcome:
        """Every row through `one`; new rows are stored at the end, and each touched one is recorded once."""
        for row in rows:
            try:
                self.counts[one(row)] += 1
            except Bad as bad:
                self.problems.append(bad.at(row))
            progress(1)
        for added in self.new:
            self.work.session.add_all(added)
            self.work.session.flush()
        registers.record(self.work, self.actor, self.work.default_jurisdiction, list(self.touched.values()))
        return self.outcome()

    def outcome(self) -> Outcome:
        unchanged, changed, added = self.counts
        return Outcome(changed + added, unchanged, tuple(self.problems), added)

    def add(self, row: Base, *, refers: bool = False) -> None:
        self.new[1 if refers else 0].append(row)
        self.touched[id(row)] = row

    def change(self, target: Base, values: Mapping[str, Any]) -> bool:
        """Sets what differs; whether anything did."""
        different = {name: value for name, value in values.items() if getattr(target, name) != value}
        for name, value in different.items():
            setattr(target, name, value)
        if different:
            self.touched[id(target)] = target
        return bool(different)

    def warn(self, row: Row, bad: Bad) -> None:
        self.problems.append(bad.at(row, warning=True))

    def repeated(self, row: Row, name: str, *key: str) -> bool:
        """Whether the row says what an earlier row of the file said (a warning).

        Raises Bad where an earlier row has the same key and says something else.
        """
        earlier = self.seen.setdefault(key, row)
        if earlier is row:
            return False
        if dict(earlier.fields) != dict(row.fields):
            raise Bad(name, "row_contradicts", row=earlier.number)
        self.warn(row, Bad(name, "row_repeated", row=earlier.number))
        return True


class Named:
    """Regions or units by code or by their name where only one has it; those outside the actor's scope are refused."""

    def __init__(self, found: Sequence[Region] | Sequence[Unit], allowed: Callable[[Any], bool], problem: str) -> None:
        self.by_code: dict[str, Any] = {one.code: one for one in found}
        self.by_name: dict[str, list[Any]] = {}
        for one in found:
            self.by_name.setdefault(one.name, []).append(one)
        self.allowed, self.problem = allowed, problem
        self.new: set[str] = set()

    def enter(self, one: Any) -> None:
        """One that this file itself brings."""
        self.by_code[one.code] = one
        self.new.add(one.code)

    def find(self, row: Row, name: str) -> Any:
        """The one that a field names, None where it is empty. Raises Bad."""
        return self.named(name, row.get(name)) if row.get(name) else None

    def needed(self, row: Row, name: str) -> Any:
        """Like `find`, but not None. Raises Bad."""
        return self.named(name, row.get(name) or required_code(row, name))

    def named(self, name: str, text: str) -> Any:
        named = self.by_name.get(text, [])
        one = self.by_code.get("".join(text.split())) or (named[0] if len(named) == 1 else None)
        if one is None:
            raise Bad(name, "cell_ambiguous" if named else self.problem, value=text[:64])
        if one.code not in self.new and not self.allowed(one):
            raise Bad(name, "cell_not_yours", value=text[:64])
        return one


def regions(work: UnitOfWork, actor: Actor) -> Named:
    own = regions_of(work.session, actor)
    found = list(work.session.scalars(select(Region)))
    return Named(found, lambda region: own is None or region.code in own, "cell_region")


def units(work: UnitOfWork, actor: Actor) -> Named:
    found = list(work.session.scalars(select(Unit)))
    return Named(found, keeper(work.session, actor), "cell_unit")
