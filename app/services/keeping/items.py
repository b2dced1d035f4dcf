"""Inspection items (检查事项库), their terms (published, yearly cap), and whether triggered visits only (无事不扰事项)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.domain.actors import ADMIN, Actor
from app.domain.errors import Invalid, NotFound
from app.services import registers
from app.services.keeping import periods, protection
from app.services.people.scope import item_in_scope, unit_in_scope
from app.store.models import Item, ItemTerm
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Term:
    published: bool
    yearly_cap: int | None
    first: date | None
    last: date | None


def add_item(work: UnitOfWork, actor: Actor, code: str, unit: str, name: str, basis: str, term: Term) -> Item:
    """A new item with its first term, which may have begun before today. Raises Invalid at the field."""
    actor.require(ADMIN)
    district = periods.jurisdiction(work, _unit(work, actor, unit))
    if work.session.scalar(select(Item.no).where(Item.code == code)) is not None:
        raise Invalid("code_taken", "code", value=code)
    item = Item(code=code, unit=unit, name=name, basis=basis)
    work.session.add(item)
    work.session.flush()
    registers.record(work, actor, district, [item])
    periods.begin(work, actor, district, _term(code, term), late=True)
    return item


def change_item(work: UnitOfWork, actor: Actor, code: str, name: str, basis: str) -> None:
    """Name and basis. The unit stays: caps and codes rest on it."""
    item, district = _item(work, actor, code)
    if (item.name, item.basis) != (name, basis):
        item.name, item.basis = name, basis
        work.session.flush()
        registers.record(work, actor, district, [item])


def add_term(work: UnitOfWork, actor: Actor, code: str, term: Term) -> None:
    """What holds for an item from a day on, today at the earliest."""
    _, district = _item(work, actor, code)
    same = work.session.scalars(select(ItemTerm).where(ItemTerm.item == code)).all()
    periods.begin(work, actor, district, _term(code, term), same)


def take_back_term(work: UnitOfWork, actor: Actor, code: str, period_id: int) -> None:
    _, district = _item(work, actor, code)
    periods.take_back(work, actor, district, periods.of(work, ItemTerm, period_id, "item", code))


def protect_item(work: UnitOfWork, actor: Actor, code: str, first: date | None, last: date | None, source: str) -> None:
    """Puts an item on the list of those inspected on a trigger only."""
    _, district = _item(work, actor, code)
    protection.protect(work, actor, district, ("item", code), first, last, source)


def end_protection(work: UnitOfWork, actor: Actor, code: str, period_id: int, last: date | None) -> None:
    _, district = _item(work, actor, code)
    protection.end(work, actor, district, ("item", code), period_id, last)


def _item(work: UnitOfWork, actor: Actor, code: str) -> tuple[Item, str]:
    """An item that the administrator keeps, and its district. Raises NotFound("no_such_item")."""
    actor.require(ADMIN)
    item, unit = item_in_scope(work.session, actor, code)
    return item, periods.jurisdiction(work, unit.region)


def _term(code: str, term: Term) -> ItemTerm:
    return ItemTerm(
        item=code, published=term.published, yearly_cap=term.yearly_cap, valid_from=term.first, valid_until=term.last
    )


def _unit(work: UnitOfWork, actor: Actor, code: str) -> str:
    try:
        return unit_in_scope(work.session, actor, code).region
    except NotFound:
        raise Invalid("unknown_unit", "unit", unit=code) from None
