"""Check points of items (检查要点), from a day on; and the places of regions, a part of the table of regions."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.places import coarse, is_place
from app.domain.times import shanghai_day
from app.services import registers
from app.services.imports import importing
from app.services.imports.importing import ADDED, BEGINNING, CHANGED, UNCHANGED
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, day, folded, limited, required, short
from app.services.imports.rows import required_code as needed_code
from app.store.models import Item, ItemPoint, RegionPlace
from app.store.points import points_on
from app.store.unit_of_work import UnitOfWork

LONGEST_POINT, LONGEST_STANDARD, MOST_POINTS = 300, 500, 60
Point = tuple[str, str | None]  # what is looked at, and the standard


def import_points(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: item, point; optional standard, valid_from. The rows of an item, in order, are its whole new list.

    A list that held before today is never changed: without valid_from a new one begins today.
    """
    units = importing.units(work, actor)
    owners = {code: unit for code, unit in work.session.execute(select(Item.code, Item.unit))}  # noqa: C416 rows
    lists: dict[tuple[str, date | None], list[tuple[Row, Point]]] = {}
    problems: list[RowProblem] = []
    for row in rows:
        try:
            item = needed_code(row, "item")
            if item not in owners:
                raise Bad("item", "cell_item", value=short(item))
            units.named("item", owners[item])  # whose item it is must be the actor's to keep
            point: Point = (required(row, "point", LONGEST_POINT), limited(row, "standard", LONGEST_STANDARD))
            listed = lists.setdefault((item, day(row, "valid_from")), [])
            if len(listed) == MOST_POINTS:
                raise Bad("point", "cell_points", most=MOST_POINTS)
            listed.append((row, point))
        except Bad as bad:
            problems.append(bad.at(row))
        progress(1)
    counts = [0, 0, 0]
    for (item, begins), named in lists.items():
        try:
            counts[set_points(work, actor, item, [p for _, p in named], begins)] += 1
        except Bad as bad:
            problems.append(bad.at(named[0][0]))
    return Outcome(counts[CHANGED] + counts[ADDED], counts[UNCHANGED], tuple(problems), counts[ADDED])


def set_points(work: UnitOfWork, actor: Actor, item: str, points: Sequence[Point], begins: date | None = None) -> int:
    """Gives an item a new list from a day on (the first one: from the beginning); what came of it.

    The list before ends the day before; visits of earlier days keep it. Raises Bad("row_held_before").
    """
    today = shanghai_day(work.now)
    ever = work.session.scalar(select(ItemPoint.id).where(ItemPoint.item == item).limit(1)) is not None
    since = begins or (today if ever else BEGINNING)
    present = points_on(work.session, [item], since)[item]
    if [(p.point, p.standard) for p in present] == list(points):
        return UNCHANGED
    if ever and since < today:
        raise Bad("valid_from", "row_held_before", day=since.isoformat())
    later = [p for p in present if p.valid_from < since]
    for row in later:
        row.valid_until = since - timedelta(days=1)
    same_day = [p for p in present if p.valid_from >= since]
    registers.removed(work, actor, work.default_jurisdiction, same_day)
    for row in same_day:
        work.session.delete(row)
    new = [ItemPoint(item=item, no=n, point=p, standard=s, valid_from=since) for n, (p, s) in enumerate(points, 1)]
    work.session.add_all(new)
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [*later, *new])
    return CHANGED if ever else ADDED


def place_of(row: Row) -> tuple[int, int] | None:
    """The `lat` and `lon` of a row of regions (degrees), coarse; None where they are not given. Raises Bad."""
    lat, lon = folded(row.get("lat")), folded(row.get("lon"))
    if not lat and not lon:
        return None
    try:
        numbers = float(lat), float(lon)
    except ValueError:
        raise Bad("lat", "cell_degrees", value=short(f"{lat} {lon}")) from None
    if not is_place(*numbers):
        raise Bad("lat", "cell_degrees", value=short(f"{lat} {lon}"))
    return coarse(numbers[0]), coarse(numbers[1])


def set_place(work: UnitOfWork, region: str, place: tuple[int, int] | None) -> RegionPlace | None:
    """Enters where a region lies; the row where something changed, for the caller to record."""
    row = work.session.get(RegionPlace, region) if place else None
    if place is None or (row is not None and (row.lat, row.lon) == place):
        return None
    if row is None:
        row = RegionPlace(region=region)
        work.session.add(row)
    row.lat, row.lon = place
    return row
