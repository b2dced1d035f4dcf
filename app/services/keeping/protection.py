"""The do-not-disturb list: enterprises (无感监管对象) and items (无事不扰事项) that are inspected on a trigger only."""

from datetime import date

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound
from app.services.keeping import periods
from app.store.models import DoNotDisturb
from app.store.unit_of_work import UnitOfWork

Subject = tuple[str, str]  # enterprise | item, its id or code


def protect(
    work: UnitOfWork, actor: Actor, district: str, subject: Subject, first: date | None, last: date | None, source: str
) -> None:
    """On the list from a day on; `source` says which list or decision. Raises Invalid at the field."""
    if not source:
        raise Invalid("missing", "source")
    same = work.session.scalars(
        select(DoNotDisturb).where(DoNotDisturb.subject_kind == subject[0], DoNotDisturb.subject_id == subject[1])
    ).all()
    entry = DoNotDisturb(
        subject_kind=subject[0], subject_id=subject[1], valid_from=first, valid_until=last, source=source
    )
    periods.begin(work, actor, district, entry, same, late=True)


def end(work: UnitOfWork, actor: Actor, district: str, subject: Subject, period_id: int, last: date | None) -> None:
    """Off the list after a day. Raises NotFound, Invalid, Refused."""
    entry = work.session.get(DoNotDisturb, period_id)
    if entry is None or (entry.subject_kind, entry.subject_id) != subject:
        raise NotFound("no_such_period")
    periods.end(work, actor, district, entry, last)
