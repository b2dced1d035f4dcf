"""One round of the connector: registers (now and then), visits to the end, what was refused, then results and ratings back.

Nothing is held while the other system is asked. A round that breaks off loses nothing: the next goes on from the cursor.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.domain.mirroring import OWN
from app.domain.times import shanghai_day
from app.services.connector import returning, taking
from app.services.connector.sources import Refusal, Source
from app.services.connector.taking import Counts, state
from app.store.issuing import issuing_on
from app.store.unit_of_work import UnitOfWork

REGISTERS_EVERY = timedelta(hours=1)
MOST_PAGES = 200  # of one round, so that the first one does not keep results waiting for hours
Perform = Callable[..., Any]

log = logging.getLogger("jcm.connector")


@dataclass(slots=True)
class Round:
    """What a round did. `problem`: why it broke off."""

    registers: Counts = field(default_factory=Counts)
    visits: Counts = field(default_factory=Counts)
    returned: int = 0
    not_returned: int = 0
    figures: int = 0
    problem: str | None = None


def run(perform: Perform, source: Source, system: str, *, everything: bool = False, own_name: str = "") -> Round:
    """One round with `source`, which is called `system`; `everything`: registers even if they are not due.

    Where this platform alone issues, nothing is done. `own_name` is how the other system knows who gives figures back.
    """
    done = Round()
    try:
        due, cursor = perform(_begin, system)
        if due is None:
            done.problem = "issuing is own: nothing is taken"
            return done
        if due or everything:
            for kind, said in source.registers():
                done.registers.add(perform(taking.take_register, system, kind, said))
            perform(_registers_taken, system)
        done.visits.add(perform(taking.retry, system))
        _visits(perform, source, system, cursor, done)
        _give_back(perform, source, system, own_name, done)
    except (OSError, ValueError, KeyError, TypeError) as error:
        done.problem = f"{type(error).__name__}: {error}"[:300]
        log.warning("the connector to %s broke off: %s", system, type(error).__name__)
    perform(_ended, system, done.problem)
    return done


def _visits(perform: Perform, source: Source, system: str, cursor: str | None, done: Round) -> None:
    for _ in range(MOST_PAGES):
        page = source.visits(cursor)
        if page.cursor != cursor or page.visits:
            done.visits.add(perform(taking.take_visits, system, page.visits, page.cursor))
        cursor = page.cursor
        if not page.more:
            perform(_caught_up, system)
            return


def _give_back(perform: Perform, source: Source, system: str, own_name: str, done: Round) -> None:
    for result in perform(returning.results, system):
        try:
            source.give_result(result)
        except Refusal as refusal:
            done.not_returned += 1
            perform(returning.returned, result.inspection, str(refusal))
        else:
            done.returned += 1
            perform(returning.returned, result.inspection, None)
    for quarter, figures in perform(returning.figures, system):
        source.give_figures(own_name or system, quarter, figures)
        perform(returning.figures_returned, system, quarter)
        done.figures += len(figures)


def _begin(work: UnitOfWork, system: str) -> tuple[bool | None, str | None]:
    """Whether registers are due (None: nothing is to be taken), and the cursor."""
    row = state(work, system)
    row.tried_at = work.now
    issuing = issuing_on(work.session, work.default_jurisdiction, shanghai_day(work.now))
    if issuing.mode == OWN:
        return None, row.cursor
    return row.registers_at is None or row.registers_at <= work.now - REGISTERS_EVERY, row.cursor


def _registers_taken(work: UnitOfWork, system: str) -> None:
    state(work, system).registers_at = work.now


def _caught_up(work: UnitOfWork, system: str) -> None:
    state(work, system).caught_up_at = work.now


def _ended(work: UnitOfWork, system: str, problem: str | None) -> None:
    row = state(work, system)
    row.problem = problem
    if problem is None:
        row.succeeded_at = work.now
