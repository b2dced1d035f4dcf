"""Records of the units' own systems from a table. The same file again changes nothing; another text is a correction."""

from collections.abc import Iterable

from app.domain.actors import INTEGRATION, SUPERVISOR, SYSTEM, Actor
from app.domain.enterprises import LONGEST_NAME, address_key, normalise_name
from app.domain.reconciliation import CASE, COMPLAINT, PENALTY, SELF_REPORT, VISIT, Content
from app.domain.times import shanghai_day
from app.services.imports.enterprises import checked_uscc
from app.services.imports.importing import Named
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, day, limited, required, said_as
from app.services.supervising import case_records
from app.store import registry
from app.store.models import Unit
from app.store.unit_of_work import UnitOfWork

KIND_WORDS = {
    "case": CASE, "penalty": PENALTY, "visit": VISIT, "complaint": COMPLAINT, "self_report": SELF_REPORT,
    "案件": CASE, "立案": CASE, "处罚": PENALTY, "处罚决定": PENALTY, "检查": VISIT, "检查记录": VISIT, "走访记录": VISIT,
    "投诉": COMPLAINT, "12345投诉": COMPLAINT, "12345": COMPLAINT, "自报": SELF_REPORT, "企业自报": SELF_REPORT,
}  # fmt: skip
LONGEST_LIST = 50


def import_case_records(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: kind, source, number, day; uscc or enterprise_name; optional address, unit, officers, items, note."""
    reader = Reader(work, actor)
    contents: list[Content] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        try:
            content = reader.content(row)
            if content.key in seen:
                raise Bad("number", "row_contradicts" if contents[seen[content.key]] != content else "row_repeated",
                          row=row.number)  # fmt: skip
            seen[content.key] = len(contents)
            contents.append(content)
        except Bad as bad:
            reader.problems.append(bad.at(row, warning=bad.reason == "row_repeated"))
        progress(1)
    told = [came for _, came in case_records.receive(work, actor, contents)]
    added, unchanged = told.count(case_records.ADDED), told.count(case_records.UNCHANGED)
    return Outcome(len(told) - unchanged, unchanged, tuple(reader.problems), added)


def receive_rows(
    work: UnitOfWork, actor: Actor, rows: list[Row]
) -> tuple[dict[int, tuple[str, str]], list[RowProblem]]:
    """Rows of a call, each by itself: {row: (id, what came of it)} of the good ones, and the problems of the others."""
    reader = Reader(work, actor)
    good: dict[int, Content] = {}
    for row in rows:
        try:
            good[row.number] = reader.content(row)
        except Bad as bad:
            reader.problems.append(bad.at(row))
    told = case_records.receive(work, actor, list(good.values()))
    return dict(zip(good, told, strict=True)), [p for p in reader.problems if not p.warning]


class Reader:
    """What rows mean, for one actor. A unit's own system (integration) brings its own unit's records only."""

    def __init__(self, work: UnitOfWork, actor: Actor) -> None:
        self.work, self.actor = work, actor
        self.problems: list[RowProblem] = []
        self.units = Named(list(work.session.query(Unit)), self._allowed, "cell_unit")
        self.districts: dict[str | None, str] = {}
        self.today = shanghai_day(work.now)

    def content(self, row: Row) -> Content:
        """What a row says. Raises Bad."""
        kind = said_as(row, "kind", KIND_WORDS)
        if kind is None:
            raise Bad("kind", "cell_empty")
        on = day(row, "day")
        if on is None:
            raise Bad("day", "cell_empty")
        if on.year < 2000 or on > self.today:
            raise Bad("day", "cell_day_ahead", value=on.isoformat())
        uscc = checked_uscc(row, self.problems) if row.get("uscc") else None
        name, address = limited(row, "enterprise_name", LONGEST_NAME), limited(row, "address", 400)
        if not uscc and not name:
            raise Bad("enterprise_name", "cell_empty")
        unit, unit_text = self._unit(row, kind)
        return Content(
            jurisdiction=self._jurisdiction(unit),
            kind=kind,
            source=required(row, "source", 100),
            number=required(row, "number", 100),
            uscc=uscc,
            name=name,
            name_key=normalise_name(name) if name else None,
            address=address,
            address_key=address_key(address),
            unit=unit.code if unit else None,
            unit_text=unit_text,
            day=on,
            officers=_list(row, "officers", 40),
            items=_list(row, "items", 100),
            note=limited(row, "note", 2000),
        )

    def _unit(self, row: Row, kind: str) -> tuple[Unit | None, str | None]:
        """The unit by code or by a name that one unit has; a name that nobody has stays as text, for a person to see."""
        text = limited(row, "unit", 100)
        if not text and self.actor.role == INTEGRATION and kind not in (COMPLAINT, SELF_REPORT):
            text = self.actor.unit
        if not text:
            return None, None
        try:
            found: Unit = self.units.named("unit", text)
        except Bad as bad:
            if bad.reason == "cell_not_yours" or self.actor.role == INTEGRATION:
                raise
            return None, text
        return found, text

    def _allowed(self, unit: Unit) -> bool:
        if self.actor.role == INTEGRATION:
            return unit.code == self.actor.unit
        return self.actor.kind == "system" or (self.actor.role == SUPERVISOR and unit.region in self.actor.regions)

    def _jurisdiction(self, unit: Unit | None) -> str:
        region = unit.region if unit else self.actor.region
        if region not in self.districts:
            found = registry.district_of(self.work.session, region)
            self.districts[region] = found or self.work.default_jurisdiction
        return self.districts[region]


def _list(row: Row, name: str, most: int) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(row.many(name)))
    longest = max((len(one) for one in found), default=0)
    if longest > most or len(found) > LONGEST_LIST:
        raise Bad(name, "cell_too_long", length=max(longest, len(found)), most=most if longest > most else LONGEST_LIST)
    return found
