"""Flags when a register or a plan changes: what rules read of items, certificates, plans … may be learned or corrected late.

The visits that the changed rows can touch are evaluated again in the same transaction, so that the standing findings
stay what `flags rebuild` would find (promise 3). Rows that begin in the future touch nothing yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.services.flagging import flag_periods, flags
from app.services.supervising import reconciliation
from app.store import inspections as inspection_store
from app.store.models import (
    Base,
    CalendarDay,
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    InspectionInvitation,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    ItemTerm,
    Officer,
    Plan,
    Policy,
    Unit,
    UnitTerritory,
)
from app.store.reference import current
from app.store.staging import StagedWork
from app.store.unit_of_work import UnitOfWork

Body = Mapping[str, Any]
MANY = 500
DEADLINES = timedelta(days=60)  # no deadline in working days reaches further


def after(work: UnitOfWork, rows: Sequence[tuple[type[Base], Body]]) -> None:
    """Evaluates the visits and plans that changed rows (table, columns as recorded; of a plan id and code) touch."""
    by_model: dict[type[Base], list[Body]] = {}
    for model, body in rows:
        by_model.setdefault(model, []).append(body)
    for model, bodies in by_model.items():
        if model is Plan:
            _plans(work, bodies)
        if not isinstance(work, StagedWork):  # what still waits is followed when it is poured in
            reconciliation.after_registers(work, model, bodies)
        if model in _TOUCHES:
            for at in range(0, len(bodies), MANY):
                _evaluate(work, model, bodies[at : at + MANY])


def _evaluate(work: UnitOfWork, model: type[Base], bodies: list[Body]) -> None:
    where = _TOUCHES[model](bodies)
    query = select(InspectionRow.id).where(InspectionRow.counts, where).order_by(InspectionRow.id)
    ids = list(work.session.scalars(query))
    if not ids:
        return
    work.session.flush()
    reference = current(work.session)
    for at in range(0, len(ids), MANY):
        touched = inspection_store.get_many(work.session, ids[at : at + MANY])
        if model in _OVER_SEVERAL:
            flags.after_import(work, touched)
            continue
        for jurisdiction in sorted({i.jurisdiction for i in touched}):
            as_of = flags.as_of_last_sweep(work, jurisdiction)
            flags.evaluate_visits(work, reference, [i for i in touched if i.jurisdiction == jurisdiction], as_of)


def _plans(work: UnitOfWork, bodies: list[Body]) -> None:
    """under_inspected of plans that have ended, as they and their lists of key enterprises stand now."""
    work.session.flush()
    ids = {body["id"] for body in bodies}
    reference = current(work.session)
    for jurisdiction in sorted(set(work.session.scalars(select(Plan.jurisdiction).where(Plan.id.in_(ids))))):
        ended = Plan.ends_on < flag_periods.day_of(flags.as_of_last_sweep(work, jurisdiction))
        flag_periods.evaluate_plans(work, reference, (Plan.id.in_(ids), Plan.jurisdiction == jurisdiction, ended))


def _since(bodies: Iterable[Body]) -> ColumnElement[bool]:
    """From the first day on which one of the rows holds."""
    return InspectionRow.visit_day >= min(date.fromisoformat(body["valid_from"]) for body in bodies)


def _with_officer(bodies: list[Body]) -> ColumnElement[bool]:
    numbers = [body["certificate_no"] for body in bodies]
    return InspectionRow.id.in_(
        select(InspectionOfficer.inspection).where(InspectionOfficer.certificate_no.in_(numbers))
    )


def _with_item(items: list[str]) -> ColumnElement[bool]:
    return InspectionRow.id.in_(select(InspectionItem.inspection).where(InspectionItem.item.in_(items)))


def _protected(bodies: list[Body]) -> ColumnElement[bool]:
    of = {k: [b["subject_id"] for b in bodies if b["subject_kind"] == k] for k in ("enterprise", "item")}
    return or_(InspectionRow.enterprise_id.in_(of["enterprise"]), _with_item(of["item"])) & _since(bodies)


def _under_plans(codes: Any) -> ColumnElement[bool]:
    """Visits under a plan, and joint ones to which a unit brought items of it."""
    brought = select(InspectionInvitation.inspection).where(InspectionInvitation.plan_code.in_(codes))
    return or_(InspectionRow.plan_code.in_(codes), InspectionRow.id.in_(brought))


def _near(bodies: list[Body]) -> ColumnElement[bool]:
    days = [date.fromisoformat(body["day"]) for body in bodies]
    return InspectionRow.visit_day.between(min(days) - DEADLINES, max(days) + DEADLINES)


_TOUCHES: dict[type[Base], Any] = {
    Certificate: lambda bodies: _with_officer(bodies) & _since(bodies),
    CertificateSuspension: lambda bodies: _with_officer(bodies) & _since(bodies),
    Officer: _with_officer,
    ItemTerm: lambda bodies: _with_item([b["item"] for b in bodies]) & _since(bodies),
    UnitTerritory: lambda bodies: InspectionRow.lead_unit.in_([b["unit"] for b in bodies]) & _since(bodies),
    DoNotDisturb: _protected,
    Enterprise: lambda bodies: InspectionRow.enterprise_id.in_([b["id"] for b in bodies]),
    Plan: lambda bodies: _under_plans([b["code"] for b in bodies]),
    CalendarDay: _near,
    Policy: lambda bodies: InspectionRow.jurisdiction.in_([b["region"] for b in bodies]) & _since(bodies),
    Unit: lambda bodies: InspectionRow.id.in_(
        select(InspectionUnit.inspection).where(InspectionUnit.unit.in_([b["code"] for b in bodies]))
    ),
}
_OVER_SEVERAL = (
    ItemTerm,
    Policy,
    Unit,
)  # caps, settings and who is supervised also matter to rules over several visits
