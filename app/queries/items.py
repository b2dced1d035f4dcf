"""The published inspection items (检查事项库) for everybody: basis, unit, cap, since when published."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.queries.paging import page
from app.store.models import Item, ItemTerm, Unit


@dataclass(frozen=True, slots=True)
class PublishedItem:
    code: str
    name: str
    basis: str
    unit: str
    unit_name: str
    yearly_cap: int | None
    published_since: date


def published(
    session: Session, today: date, text: str, unit: str, cursor: str | None, limit: int
) -> tuple[list[PublishedItem], str | None]:
    """Items that are published today; `text` is looked for in name, code and basis."""
    still = or_(ItemTerm.valid_until.is_(None), ItemTerm.valid_until >= today)
    newest = (
        select(ItemTerm.item, func.max(ItemTerm.valid_from).label("since"))
        .where(ItemTerm.valid_from <= today, still)
        .group_by(ItemTerm.item)
        .subquery()
    )
    holds = (
        select(ItemTerm.item)
        .join(newest, (newest.c.item == ItemTerm.item) & (newest.c.since == ItemTerm.valid_from))
        .where(ItemTerm.published)
    )
    query = select(Item).where(Item.code.in_(holds))
    if unit:
        query = query.where(Item.unit == unit)
    if text:
        columns = (Item.name, Item.code, Item.basis)
        query = query.where(or_(*(c.icontains(text, autoescape=True) for c in columns)))
    rows, following = page(session, query, Item.code, cursor, limit)
    return _with_terms(session, rows, today), following


def _with_terms(session: Session, rows: list[Item], today: date) -> list[PublishedItem]:
    codes = [row.code for row in rows]
    names = dict(session.execute(select(Unit.code, Unit.name).where(Unit.code.in_({r.unit for r in rows}))).all())
    terms: dict[str, list[ItemTerm]] = {code: [] for code in codes}
    query = select(ItemTerm).where(ItemTerm.item.in_(codes), ItemTerm.valid_from <= today)
    for term in session.scalars(query.order_by(ItemTerm.valid_from)):
        terms[term.item].append(term)
    return [
        PublishedItem(
            row.code, row.name, row.basis, row.unit, names[row.unit], terms[row.code][-1].yearly_cap,
            _since(terms[row.code]),
        )
        for row in rows
    ]  # fmt: skip


def _since(terms: list[ItemTerm]) -> date:
    """The day from which the item has been published without a break."""
    since = terms[-1].valid_from
    for term in reversed(terms):
        if not term.published:
            break
        since = term.valid_from
    return since


def units(session: Session) -> list[Unit]:
    """Units that have items."""
    return list(session.scalars(select(Unit).where(Unit.code.in_(select(Item.unit))).order_by(Unit.code)))


def name_of(session: Session, code: str) -> str | None:
    return session.scalar(select(Item.name).where(Item.code == code))
