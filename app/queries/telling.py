"""The reports that were made, for the page 报告: the newest first, of the own region and below."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor
from app.queries.paging import page
from app.store.models import ActorRow, FileRow, Region


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report's file with who made it (None: the platform, on schedule or by command)."""

    id: str
    region: str
    kind: str
    period: str
    form: str
    size: int
    made_at: datetime
    made_by: str | None


def made(session: Session, actor: Actor, cursor: str | None, limit: int) -> tuple[list[MadeReport], str | None]:
    query = select(FileRow).where(FileRow.subject_kind == "telling", FileRow.jurisdiction.in_(actor.regions))
    rows, following = page(session, query, FileRow.id, cursor, limit)
    people = select(ActorRow.id, ActorRow.name).where(ActorRow.id.in_({r.recorded_by for r in rows} - {SYSTEM.id}))
    places = select(Region.code, Region.name).where(Region.code.in_({r.jurisdiction for r in rows}))
    names: dict[str, str] = {row.id: row.name for row in session.execute(people)}
    regions: dict[str, str] = {row.code: row.name for row in session.execute(places)}
    out = []
    for row in rows:
        _, kind, period = row.subject_id.split(" ")
        region, who = regions.get(row.jurisdiction, row.jurisdiction), names.get(row.recorded_by)
        out.append(MadeReport(row.id, region, kind, period, row.purpose, row.size, row.recorded_at, who))
    return out, following
