"""Closing quarters: a unit's figure is stored once, as the fact `figure.closed` of the quarter, and never made again."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import satisfaction as domain
from app.domain.actors import SYSTEM
from app.domain.satisfaction import Figure, Quarter, RatedVisit
from app.domain.times import day_end, shanghai_day
from app.services.speaking.speech import RATING_WINDOW
from app.store.figures import closed
from app.store.models import InspectionRow, Speech
from app.store.unit_of_work import UnitOfWork

CLOSED = "figure.closed"


def close_quarters(work: UnitOfWork) -> None:
    """Closes, in order, the quarters that are over and not closed yet. Safe to run twice or on two machines.

    One fact a quarter, for all units: how many facts there are says nothing about how many were rated. It enters the
    log with the daily batch.
    """
    work.lock(CLOSED)
    known = closed(work.session)
    running = Quarter.of(shanghai_day(work.now))
    quarter = known[-1][0].following if known else _first(work.session, running)
    since = {f.unit: f.quarter.following for _, figures in known for f in figures if f.halves is not None}
    while quarter < running:
        figures = domain.close(quarter, _rated(work.session, quarter), since)
        _store(work, quarter, figures)
        since |= {f.unit: quarter.following for f in figures if f.halves is not None}
        quarter = quarter.following


def _store(work: UnitOfWork, quarter: Quarter, figures: list[Figure]) -> None:
    body = {
        "units": {
            f.unit: {"halves": f.halves, "enterprises": f.enterprises, "visits": f.visits, "since": str(f.since)}
            for f in figures
        }
    }
    fact = work.fact(CLOSED, ("quarter", str(quarter)), body, SYSTEM, work.default_jurisdiction, held=True)
    work.store_fact(fact)


def _first(session: Session, running: Quarter) -> Quarter:
    """The quarter of the first rated visit; the running one where nothing was rated yet."""
    ended = select(func.min(InspectionRow.window_end)).join(Speech, Speech.inspection == InspectionRow.id)
    first: Any = session.scalar(ended.where(Speech.kind == "rating"))
    return min(running, Quarter.of(shanghai_day(first + RATING_WINDOW))) if first else running


def _rated(session: Session, quarter: Quarter) -> list[RatedVisit]:
    """All visits rated whose rating window ended by the end of a quarter, each with its lowest answer."""
    query = (
        select(InspectionRow.lead_unit, InspectionRow.enterprise_id, InspectionRow.window_end, func.min(Speech.rating))
        .join(Speech, Speech.inspection == InspectionRow.id)
        .where(Speech.kind == "rating", InspectionRow.window_end < day_end(quarter.last_day) - RATING_WINDOW)
        .group_by(InspectionRow.id, InspectionRow.lead_unit, InspectionRow.enterprise_id, InspectionRow.window_end)
    )
    return [
        RatedVisit(unit, enterprise, Quarter.of(shanghai_day(ended + RATING_WINDOW)), int(lowest))
        for unit, enterprise, ended, lowest in session.execute(query)
        if lowest is not None
    ]
