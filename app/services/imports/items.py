"""Importing inspection items (检查事项库) and their terms: published or not, yearly cap, from a day on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.times import shanghai_day
from app.services.imports import importing
from app.services.imports.importing import ADDED, BEGINNING, CHANGED, UNCHANGED, Import
from app.services.imports.rows import (
    Bad,
    Outcome,
    Progress,
    Row,
    day,
    limited,
    number,
    required,
    required_code,
    yes_or_no,
)
from app.store.models import Item, ItemTerm
from app.store.unit_of_work import UnitOfWork


def import_items(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, unit, name; optional basis, yearly_cap, published, valid_from, valid_until.

    A row without valid_from that differs from what holds today begins a new term today. What began before today is
    never changed: a row that says otherwise about such a term is refused.
    """
    job = Import(work, actor)
    units = importing.units(work, actor)
    known = {i.code: i for i in work.session.scalars(select(Item))}
    terms: dict[str, list[ItemTerm]] = {}
    for term in work.session.scalars(select(ItemTerm).order_by(ItemTerm.valid_from)):
        terms.setdefault(term.item, []).append(term)

    def one(row: Row) -> int:
        own, unit = required_code(row, "code"), units.needed(row, "unit")
        item = known.get(own)
        basis = limited(row, "basis", 1000) or (item.basis if item else "")
        values = {"unit": unit.code, "name": required(row, "name"), "basis": basis}
        begins = day(row, "valid_from")
        held = _held(row)
        if job.repeated(row, "code", own, str(begins)):
            return UNCHANGED
        if item is None:
            known[own] = item = Item(code=own, **values)
            job.add(item)
            terms[own] = [ItemTerm(item=own, valid_from=begins or BEGINNING, **held)]
            job.add(terms[own][0], refers=True)
            return ADDED
        units.named("unit", item.unit)  # also who it belonged to must be the actor's
        changed = job.change(item, values)
        changed |= _term(job, item.code, terms.setdefault(own, []), begins, held)
        return CHANGED if changed else UNCHANGED

    return job.run(rows, progress, one)


def _held(row: Row) -> dict[str, Any]:
    return {
        "published": yes_or_no(row, "published", True),
        "yearly_cap": number(row, "yearly_cap"),
        "valid_until": day(row, "valid_until", open_ended=True),
    }


def _term(job: Import, item: str, terms: list[ItemTerm], begins: date | None, held: dict[str, Any]) -> bool:
    """The term that a row speaks of, added or (where it has not begun before today) changed; whether anything was."""
    today = shanghai_day(job.work.now)
    if begins is None:
        now = [t for t in terms if t.valid_from <= today and (t.valid_until is None or t.valid_until >= today)]
        if now and {name: getattr(now[-1], name) for name in held} == held:
            return False
        begins = today
    same = next((t for t in terms if t.valid_from == begins), None)
    if same is None:
        terms.append(ItemTerm(item=item, valid_from=begins, **held))
        job.add(terms[-1], refers=True)
        return True
    if {name: getattr(same, name) for name in held} == held:
        return False
    if begins < today:
        raise Bad("valid_from", "row_held_before", day=begins.isoformat())
    return job.change(same, held)
