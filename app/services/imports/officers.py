"""Importing officers with the validity of their certificates and what suspends it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.times import shanghai_day
from app.services.imports import importing
from app.services.imports.importing import ADDED, BEGINNING, CHANGED, UNCHANGED, Import
from app.services.imports.rows import Bad, Outcome, Progress, Row, day, limited, required, required_code
from app.store.models import Certificate, CertificateSuspension, Officer
from app.store.unit_of_work import UnitOfWork

Dated = dict[tuple[str, date], Any]


def import_officers(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: certificate_no, name, unit; optional valid_from, valid_until, suspended_from, suspended_until,
    suspension_reason. One row a validity: several rows of one officer are several validities."""
    job = Import(work, actor)
    units = importing.units(work, actor)
    known = {o.certificate_no: o for o in work.session.scalars(select(Officer))}
    dated: Dated = {(c.certificate_no, c.valid_from): c for c in work.session.scalars(select(Certificate))}
    suspended: Dated = {
        (s.certificate_no, s.valid_from): s for s in work.session.scalars(select(CertificateSuspension))
    }

    def one(row: Row) -> int:
        certificate, unit = required_code(row, "certificate_no", 40), units.needed(row, "unit")
        values = {"name": required(row, "name", 60), "unit": unit.code}
        begins, until = day(row, "valid_from"), day(row, "valid_until", open_ended=True)
        _in_order(begins, until, "valid_until")
        suspension = _suspension(row)
        if job.repeated(row, "certificate_no", certificate, str(begins), row.get("suspended_from")):
            return UNCHANGED
        officer = known.get(certificate)
        if officer is None:
            known[certificate] = officer = Officer(id=work.new_id(), certificate_no=certificate, **values)
            job.add(officer)
            came_of_it = ADDED
        else:
            if officer.unit is not None:
                units.named("unit", officer.unit)  # also who the officer belonged to must be the actor's
            came_of_it = CHANGED if job.change(officer, values) else UNCHANGED
        changed = False
        if begins is not None or until is not None or came_of_it == ADDED:
            changed |= _dated(job, dated, Certificate, certificate, begins or BEGINNING, {"valid_until": until})
        if suspension is not None:
            since, held = suspension
            changed |= _dated(job, suspended, CertificateSuspension, certificate, since, held)
        return max(came_of_it, CHANGED) if changed else came_of_it

    return job.run(rows, progress, one)


def _suspension(row: Row) -> tuple[date, dict[str, Any]] | None:
    since, until = day(row, "suspended_from"), day(row, "suspended_until", open_ended=True)
    if since is None:
        if until is not None:
            raise Bad("suspended_from", "cell_empty")
        return None
    _in_order(since, until, "suspended_until")
    reason = limited(row, "suspension_reason")
    return since, {"valid_until": until} | ({"reason": reason} if reason else {})


def _in_order(begins: date | None, until: date | None, name: str) -> None:
    if begins is not None and until is not None and until < begins:
        raise Bad(name, "cell_ends_before", day=begins.isoformat())


def _dated(job: Import, known: Dated, model: Any, certificate: str, begins: date, held: dict[str, Any]) -> bool:
    """A validity or suspension, added, or given another end; whether anything changed.

    Its end may come to lie elsewhere only from today on: what is over stays as it was. Raises Bad.
    """
    row = known.get((certificate, begins))
    if row is None:
        known[certificate, begins] = row = model(certificate_no=certificate, valid_from=begins, **held)
        job.add(row, refers=True)
        return True
    until, today = held["valid_until"], shanghai_day(job.work.now)
    for end in {row.valid_until, until} if row.valid_until != until else ():
        if end is not None and end < today and begins < today:
            raise Bad("valid_until" if model is Certificate else "suspended_until", "row_over", day=end.isoformat())
    return job.change(row, held)
