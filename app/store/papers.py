"""Papers in the database: rows for lists and numbers; a paper itself is folded from its facts, which hold its content."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.domain.facts import Fact
from app.domain.papers.lifecycle import TRANSITIONS, Paper, evolve
from app.store.database import insert_of
from app.store.models import FactRow, PaperCounter, PaperRow, PaperSetting
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork, fact_of, history

IN_FACTS = {"content", "typed"}
COLUMNS = tuple(f.name for f in fields(Paper) if f.name not in IN_FACTS)


def get(session: Session, paper_id: str, *, lock: bool = False) -> Paper | None:
    """The current state, locked until the end of the transaction where asked (PostgreSQL)."""
    query = select(PaperRow.id).where(PaperRow.id == paper_id)
    if session.scalar(query.with_for_update() if lock else query) is None:
        return None
    return fold(history(session, "paper", paper_id))


def fold(rows: list[FactRow]) -> Paper | None:
    """A paper from its facts, in order. Raises Refused where they do not fit."""
    paper: Paper | None = None
    for row in rows:
        if row.kind in TRANSITIONS:
            paper = evolve(paper, fact_of(row))
    return paper


def record(work: UnitOfWork, fact: Fact, before: Paper | None) -> Paper:
    """Stores a fact about a paper and the row that follows from it. Raises Refused like `evolve`."""
    if before is None:
        return record_new(work, [fact])[0]
    after = evolve(before, fact)
    work.store_fact(fact)
    statement = update(PaperRow).where(PaperRow.id == after.id).values(**columns(after))
    work.session.execute(statement.execution_options(synchronize_session=False))
    return after


def record_new(work: UnitOfWork, facts: Sequence[Fact]) -> list[Paper]:
    """Stores the first facts of papers and the rows that follow from them."""
    made = [evolve(None, fact) for fact in facts]
    work.store_facts(facts)
    work.insert_rows(PaperRow, [columns(paper) for paper in made])
    return made


def columns(paper: Paper) -> dict[str, Any]:
    """What stands in the row of a paper."""
    return {name: getattr(paper, name) for name in COLUMNS}


def next_serial(work: UnitOfWork, unit: str, kind: str, year: int) -> int:
    """The next serial of a unit, kind and year. Given back with the transaction if it is rolled back: no gaps."""
    serial: int = _NEXT.value(work.session, unit=unit, kind=kind, year=year, value=1)
    return serial


_COUNTED = table_of(PaperCounter)
_NEXT = Prepared(
    lambda dialect: (
        insert_of(dialect)(_COUNTED)
        .on_conflict_do_update(index_elements=["unit", "kind", "year"], set_={"value": _COUNTED.c.value + 1})
        .returning(_COUNTED.c.value)
    )
)


def setting(session: Session, unit: str) -> PaperSetting | None:
    """What a unit set for its papers, or None."""
    return session.get(PaperSetting, unit)


def prefix(session: Session, unit: str) -> str | None:
    """What a unit set to stand before its papers' numbers, or None."""
    found: str | None = _PREFIX.value(session, unit=unit)
    return found


_SET = table_of(PaperSetting).c
_PREFIX = Prepared(select(_SET.prefix).where(_SET.unit == bindparam("unit")))


def unit_name(session: Session, unit: str) -> str:
    return str(current(session).units[unit].name)
