"""How the national platform calls our items: brought in as a table, each change on record."""

from collections.abc import Iterable

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.national import CATALOGUE_LENGTH
from app.services import registers
from app.services.imports import importing
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, required, short
from app.services.imports.rows import required_code as needed_code
from app.store.models import Item, NationalCode
from app.store.unit_of_work import UnitOfWork


def import_codes(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: item, catalogue_code (14 characters), implementation_code. The same file again changes nothing."""
    units = importing.units(work, actor)
    owners = {row.code: row.unit for row in work.session.execute(select(Item.code, Item.unit))}
    known = {row.item: row for row in work.session.scalars(select(NationalCode))}
    problems: list[RowProblem] = []
    changed: list[NationalCode] = []
    same = added = 0
    for row in rows:
        try:
            item, catalogue = needed_code(row, "item"), required(row, "catalogue_code", CATALOGUE_LENGTH)
            implementation = required(row, "implementation_code", 50)
            if item not in owners:
                raise Bad("item", "cell_item", value=short(item))
            units.named("item", owners[item])  # whose item it is must be the actor's to keep
            if len(catalogue) != CATALOGUE_LENGTH:
                raise Bad("catalogue_code", "cell_length", value=short(catalogue), length=CATALOGUE_LENGTH)
        except Bad as bad:
            problems.append(bad.at(row))
            continue
        finally:
            progress(1)
        found = known.get(item)
        if found is not None and (found.catalogue_code, found.implementation_code) == (catalogue, implementation):
            same += 1
            continue
        if found is None:
            found = known[item] = NationalCode(item=item)
            work.session.add(found)
            added += 1
        found.catalogue_code, found.implementation_code = catalogue, implementation
        changed.append(found)
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, list(dict.fromkeys(changed)))
    return Outcome(len(changed), same, tuple(problems), added)
