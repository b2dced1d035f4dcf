"""Visits as national records 检查行为, one row an item of a completed visit, streamed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import national
from app.domain.national import CATEGORIES, FORMS, RESULTS, USCC_KIND, WAYS
from app.domain.times import day_end, day_start, shanghai_day
from app.store.models import (
    Enterprise,
    FactRow,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    Item,
    Lot,
    NationalCode,
    Plan,
    Unit,
)

AT_ONCE = 500
SOURCE = "JCM"


@dataclass(frozen=True, slots=True)
class Handing:
    """One handing over: its operation (i, u, d), its batch, who and when, from where."""

    operation: str
    batch: str
    by: str
    at: datetime
    source: str


def handing(session: Session, operation: str, by: str, at: datetime, region: str) -> Handing:
    """The batch of the day, numbered by the exports on record: one is recorded before its rows are read."""
    day = shanghai_day(at)
    of_exports = (FactRow.subject_kind == "export", FactRow.kind == "export.made")  # the subject has the index
    of_day = (FactRow.recorded_at >= day_start(day), FactRow.recorded_at < day_end(day))
    made = session.scalar(select(func.count()).select_from(FactRow).where(*of_exports, *of_day)) or 0
    return Handing(operation, national.batch(at, max(made, 1)), by, at, f"{SOURCE}-{region}")


def rows(session: Session, listed: Any, handed: Handing, most: int | None = None) -> Iterator[dict[str, str]]:
    """The rows of the completed visits of a list's query, or of `most` of them, each jurisdiction's latest first. An item
    without a result has its row too, and fails; so has a visit that was brought in without items: no visit is left out
    without a word."""
    done = listed.order_by(None).where(InspectionRow.state == "completed", InspectionRow.counts)
    if most:
        # as the index has them: so PostgreSQL 17 reads these and no more of the period
        done = done.order_by(InspectionRow.jurisdiction.desc(), InspectionRow.visit_day.desc()).limit(most)
    query = (
        select(InspectionRow, InspectionItem, Item, Enterprise, NationalCode, Unit.name)
        .outerjoin(InspectionItem, InspectionItem.inspection == InspectionRow.id)
        .outerjoin(Item, Item.code == InspectionItem.item)
        .join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .join(Unit, Unit.code == InspectionRow.lead_unit)
        .outerjoin(NationalCode, NationalCode.item == Item.code)
        .where(InspectionRow.id.in_(done.with_only_columns(InspectionRow.id)))
        .order_by(InspectionRow.id, InspectionItem.position)
        .execution_options(yield_per=AT_ONCE)
    )
    for part in session.execute(query).partitions(AT_ONCE):
        ids = list({row[0].id for row in part})
        officers, joint, lots = _officers(session, ids), _joint(session, ids), _lots(session, part)
        for i, of_item, item, enterprise, codes, unit in part:
            who = officers[i.id]
            yield {
                "catalogue_code": codes.catalogue_code if codes else "",
                "implementation_code": codes.implementation_code if codes else "",
                "name": item.name if item else "",
                "number": i.number
                if of_item is None or of_item.position == 0
                else f"{i.number}-{of_item.position + 1}",
                "object": enterprise.name,
                "party": enterprise.name,
                "party_nature": national.nature(enterprise.uscc),
                "party_id_kind": USCC_KIND if enterprise.uscc else "",
                "party_id": enterprise.uscc or "",
                "region": (enterprise.region or i.jurisdiction)[:6],
                "form": FORMS[i.id in joint],
                "category": CATEGORIES.get(i.kind, ""),
                "result": RESULTS.get((of_item.outcome if of_item else i.outcome_told) or "", ""),
                "inspected_at": national.time(i.visit_start),
                "officers": national.listed([name for name, _ in who]),
                "lot": i.plan_code if i.plan_code in lots else "",
                "unit": unit,
                "unit_code": i.lead_unit,
                "address": i.place_address or enterprise.address or "",
                "way": WAYS.get(i.way, ""),
                "certificates": national.listed([number for _, number in who]),
                "reported_at": national.time(handed.at),
                "reported_by": handed.by,
                "cd_batch": handed.batch,
                "cd_operation": handed.operation,
                "cd_source": handed.source,
            }


def _officers(session: Session, ids: Sequence[str]) -> dict[str, list[tuple[str | None, str]]]:
    found: dict[str, list[tuple[str | None, str]]] = defaultdict(list)
    o = InspectionOfficer
    query = (
        select(o.inspection, o.name, o.certificate_no).where(o.inspection.in_(ids)).order_by(o.inspection, o.position)
    )
    for inspection, name, number in session.execute(query):
        found[inspection].append((name, number))
    return found


def _joint(session: Session, ids: Sequence[str]) -> set[str]:
    query = select(InspectionUnit.inspection).where(InspectionUnit.inspection.in_(ids), InspectionUnit.position == 1)
    return set(session.scalars(query))


def _lots(session: Session, part: Sequence[Any]) -> set[str]:
    """The plans among these whose enterprises were drawn by lot (双随机)."""
    codes = {row[0].plan_code for row in part if row[0].plan_code}
    drawn = select(Plan.code).join(Lot, Lot.plan == Plan.id).where(Lot.state == "drawn", Plan.code.in_(codes))
    return set(session.scalars(drawn)) if codes else set()
