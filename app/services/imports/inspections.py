"""Importing visits registered elsewhere: checked whole, then stored in pieces in the order of their days (decision 0038).

Unknown enterprises and officers are entered; a known one keeps its name. Unknown units and items are errors. Each piece is
one transaction with its facts and its flags, so what stands is right after each of them; whoever brings the same file again
goes on where it ended. Days are summed when no later piece brings visits of them (decision 0055).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.domain.actors import Actor
from app.domain.enterprises import normalise_name
from app.domain.errors import Refused
from app.domain.facts import Fact
from app.domain.folding import evolve
from app.domain.times import shanghai_day
from app.services import day_figures, registers
from app.services.enterprises import pinyin_initials
from app.services.flagging import flags
from app.services.imports import inspection_rows
from app.services.imports.importing import batches
from app.services.imports.inspection_rows import Known, Said
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem
from app.store import inspections as inspection_store
from app.store.models import Enterprise, EnterpriseRecord, Officer
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 2000  # visits of a piece: some seconds, in which others who write wait on SQLite
ATTEMPTS = 3
CHECKING = 10  # one in so many parts of the work


@dataclass(slots=True)
class Checked:
    """What a file would change: the rows of new visits, in the order in which the visits began."""

    new: list[tuple[datetime, str, Row]] = field(default_factory=list)  # when each began, and its number
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def outcome(self) -> Outcome:
        return Outcome(len(self.new), self.unchanged, tuple(self.problems), len(self.new))


def import_inspections(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor) -> Outcome:
    """Stores the good rows with their facts and flags, all in the caller's transaction."""

    def perform(use_case: Callable[..., Any], *args: Any) -> Any:
        return use_case(work, *args)

    checked = check(perform, list(rows), progress, actor)
    for part in batches([row for *_, row in checked.new], AT_ONCE):
        store(work, part, actor)
    return checked.outcome()


def bring(
    perform: Callable[..., Any], rows: Sequence[Row], progress: Progress, actor: Actor, keep: Callable[[Outcome], bool]
) -> tuple[Outcome, bool]:
    """What the rows would change, and whether it was stored: where `keep` says so of the outcome, piece by piece.

    Raises Refused("changed_meanwhile") where others brought something else under the same numbers; what was stored
    before that stays, and is there already for whoever begins again.
    """
    told = _Parts(progress, len(rows))
    checked = check(perform, rows, lambda n: told.done(n / CHECKING), actor)
    outcome = checked.outcome()
    if keep(outcome):
        each = len(rows) * (1 - 1 / CHECKING) / max(len(checked.new), 1)
        for part in batches(checked.new, AT_ONCE):
            _store_again(perform, [row for *_, row in part], actor)
            _sum_days(perform, shanghai_day(part[-1][0]))
            told.done(len(part) * each)
        _sum_days(perform)
    told.end()
    return outcome, keep(outcome)


def _sum_days(perform: Callable[..., Any], before: date = date.max) -> None:
    """Sums the days before one that the pieces so far changed. Those from it on change again: the next pieces bring visits
    of them."""
    while perform(day_figures.refresh, before) == day_figures.AT_ONCE:
        pass


def check(perform: Callable[..., Any], rows: Sequence[Row], progress: Progress, actor: Actor) -> Checked:
    """Reads all rows and compares them with what is stored; stores nothing, and no transaction lasts longer than a piece."""
    checked, numbers = Checked(), dict[tuple[str, str], Row]()
    known: Known = perform(inspection_rows.begin, actor)
    for part in batches(rows, AT_ONCE):
        perform(inspection_rows.look_up, known, part)
        for row in part:
            try:
                said = inspection_rows.read(known, row, checked.problems)
                if inspection_rows.is_there(known, said):
                    checked.unchanged += 1
                    continue
                earlier = numbers.setdefault(said.key, row)
                if earlier is not row:
                    _same_again(earlier, row, said, checked.problems)
                    continue
                checked.new.append((said.started, said.body["number"], row))
            except Bad as bad:
                checked.problems.append(bad.at(row))
        progress(len(part))
    checked.new.sort(key=lambda one: one[:2])
    return checked


def _same_again(earlier: Row, row: Row, said: Said, problems: list[RowProblem]) -> None:
    """A row that repeats another word for word is taken once, with a warning. Raises Bad where it says something else."""
    if dict(earlier.fields) != dict(row.fields):
        raise Bad("number", "row_number_twice", number=said.body["number"])
    problems.append(Bad("number", "row_repeated", row=earlier.number).at(row, warning=True))


def store(work: UnitOfWork, rows: Sequence[Row], actor: Actor) -> int:
    """Stores the visits of rows that were checked, with their facts, and evaluates the rules once for all of them; how many.

    Compared once more with what is there now. Raises Refused("changed_meanwhile") where a row no longer holds.
    """
    known = inspection_rows.begin(work, actor)
    inspection_rows.look_up(work, known, rows)
    try:
        every = [inspection_rows.read(known, row, []) for row in rows]
        new = [said for said in every if not inspection_rows.is_there(known, said)]
    except Bad:
        raise Refused("changed_meanwhile") from None
    _store_officers(work, known, new, actor)
    _store_enterprises(work, known, new, actor)
    facts = [_fact(work, known, said, actor) for said in new]
    inspections = [evolve(None, fact) for fact in facts]
    inspection_store.insert_many(work.session, inspections)
    work.store_facts(facts)
    flags.after_import(work, inspections)
    return len(inspections)


def _store_again(perform: Callable[..., Any], rows: Sequence[Row], actor: Actor) -> None:
    """A piece; anew where somebody entered one of its numbers, enterprises or officers at the same moment."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            perform(store, rows, actor)
            return
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise Refused("changed_meanwhile") from None


def _fact(work: UnitOfWork, known: Known, said: Said, actor: Actor) -> Fact:
    body = said.body | {"enterprise": known.enterprises[said.uscc][0], "applicant": actor.identity}
    subject = ("inspection", work.new_id())
    return work.fact("inspection.imported", subject, body, actor, said.jurisdiction, said.started)


def _store_enterprises(work: UnitOfWork, known: Known, new: Sequence[Said], actor: Actor) -> None:
    names: dict[str, str] = {}
    for said in new:
        if said.uscc not in known.enterprises:
            names.setdefault(said.uscc, said.name)
    if not names:
        return
    rows: list[dict[str, Any]] = []
    for uscc, name in names.items():
        named = {"name": name, "search": normalise_name(name), "initials": pinyin_initials(name)}
        rows.append({"id": work.new_id(), "uscc": uscc, **named, "first_known_at": work.now})
    registers.insert_many(work, actor, work.default_jurisdiction, Enterprise, rows)
    known.enterprises |= {row["uscc"]: (row["id"], None) for row in rows}
    records = [
        {"enterprise": row["id"], "uscc": row["uscc"], "name": row["name"], "valid_from": shanghai_day(work.now)}
        | {"source": "import", "recorded_at": work.now}
        for row in rows
    ]
    registers.insert_many(work, actor, work.default_jurisdiction, EnterpriseRecord, records)


def _store_officers(work: UnitOfWork, known: Known, new: Sequence[Said], actor: Actor) -> None:
    units: dict[str, str] = {}
    for said in new:
        for officer in said.body["officers"]:
            if officer["certificate_no"] not in known.officers:
                officer["unit"] = units.setdefault(officer["certificate_no"], said.body["units"][0])
    rows = [{"id": work.new_id(), "certificate_no": n, "name": n, "unit": unit} for n, unit in units.items()]
    if rows:
        registers.insert_many(work, actor, work.default_jurisdiction, Officer, rows)


class _Parts:
    """Tells of work in fractions of rows, in whole rows and never more than there are."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.told, self.exact = progress, total, 0, 0.0

    def done(self, rows: float) -> None:
        self.exact += rows
        new = min(int(self.exact), self.total) - self.told
        if new > 0:
            self.told += new
            self.progress(new)

    def end(self) -> None:
        self.done(self.total)
