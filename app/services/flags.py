"""Flags as facts arrive: what a change touches is evaluated again, and findings are raised or withdrawn."""

from app.domain.inspections import Inspection
from app.store.unit_of_work import UnitOfWork


def advise(work: UnitOfWork, inspection: Inspection) -> tuple:
    return ()


def after_inspection(work: UnitOfWork, before: Inspection | None, after: Inspection) -> None: ...


def after_presentation(work: UnitOfWork, presentation_id: str) -> None: ...


def after_rating(work: UnitOfWork, inspection_id: str) -> None: ...


def after_report(work: UnitOfWork, speech_id: str) -> None: ...


def sweep(work: UnitOfWork) -> None: ...
