"""Importing the do-not-disturb list: enterprises (无感监管对象) and items (无事不扰事项), each between two days."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.times import shanghai_day
from app.services.imports import importing
from app.services.imports.enterprises import checked_uscc
from app.services.imports.importing import ADDED, CHANGED, UNCHANGED, Import
from app.services.imports.rows import Bad, Outcome, Progress, Row, day, limited, required_code
from app.services.people.scope import regions_of
from app.store.models import DoNotDisturb, Enterprise, Item
from app.store.unit_of_work import UnitOfWork

Key = tuple[str, str, date]


def import_protected(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: uscc or item, valid_from; optional valid_until, source."""
    job = Import(work, actor)
    units = importing.units(work, actor)
    own = regions_of(work.session, actor)
    known = {(r.subject_kind, r.subject_id, r.valid_from): r for r in work.session.scalars(select(DoNotDisturb))}
    unit_of = {i.code: i.unit for i in work.session.execute(select(Item.code, Item.unit))}

    def subject(row: Row) -> tuple[str, str]:
        if bool(row.get("uscc")) == bool(row.get("item")):
            raise Bad("uscc", "row_uscc_or_item")
        if row.get("item"):
            item = required_code(row, "item")
            if item not in unit_of:
                raise Bad("item", "cell_item", value=item)
            units.named("item", unit_of[item])
            return "item", item
        uscc = checked_uscc(row, job.problems)
        found = work.session.execute(select(Enterprise.id, Enterprise.region).where(Enterprise.uscc == uscc)).first()
        if found is None:
            raise Bad("uscc", "cell_enterprise", value=uscc)
        if own is not None and found.region is not None and found.region not in own:
            raise Bad("uscc", "cell_not_yours", value=uscc)
        return "enterprise", found.id

    def one(row: Row) -> int:
        kind, who = subject(row)
        begins, until = _period(row)
        if job.repeated(row, "uscc", kind, who, str(begins)):
            return UNCHANGED
        entry = known.get((kind, who, begins))
        if entry is None:
            entry = DoNotDisturb(subject_kind=kind, subject_id=who, valid_from=begins, valid_until=until)
            entry.source = limited(row, "source")
            known[kind, who, begins] = entry
            job.add(entry, refers=True)
            return ADDED
        return CHANGED if _renew(job, entry, until, row) else UNCHANGED

    return job.run(rows, progress, one)


def _period(row: Row) -> tuple[date, date | None]:
    begins, until = day(row, "valid_from"), day(row, "valid_until", open_ended=True)
    if begins is None:
        raise Bad("valid_from", "cell_empty")
    if until is not None and until < begins:
        raise Bad("valid_until", "cell_ends_before", day=begins.isoformat())
    return begins, until


def _renew(job: Import, entry: DoNotDisturb, until: date | None, row: Row) -> bool:
    """Another end, from today on, or another source."""
    today = shanghai_day(job.work.now)
    for end in {entry.valid_until, until} if entry.valid_until != until else ():
        if end is not None and end < today and entry.valid_from < today:
            raise Bad("valid_until", "row_over", day=end.isoformat())
    return job.change(entry, {"valid_until": until, "source": limited(row, "source") or entry.source})
