"""Importing plans from the table of an office. The same file again changes nothing; an approved plan is never changed.

One file may hold several plans: rows belong together by unit, plan code, kind and title. What the columns do not say, the
title above the header says (云汀区应急管理局 2026 年度行政检查计划), or whoever sends the file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain import plan_text
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, Invalid
from app.domain.plan_text import folded
from app.domain.plans import KINDS, SPECIAL, WITHDRAWN, YEARLY, Content, Dates, Line, Plan
from app.domain.times import shanghai_day
from app.services.imports.kinds import Kind
from app.services.imports.plan_columns import NEEDED, OF_PLAN, meaning
from app.services.imports.plan_names import Names, key_texts
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, limited
from app.services.imports.running import stored_or_not
from app.services.imports.sheets import FIRST, Sheet, read_sheet
from app.services.planning import plans
from app.store import plans as plan_store
from app.store import registry
from app.store.models import Plan as PlanTable
from app.store.models import Unit
from app.store.unit_of_work import UnitOfWork

KIND_WORDS = {"年度": YEARLY, "年度计划": YEARLY, "专项": SPECIAL, "专项计划": SPECIAL, "专项检查": SPECIAL}
NOT_A_ROW = re.compile(r"(?:注|备注|说明|填表|审核|审批|制表|联系|合计|总计|小计|负责人)")


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever sends the file says of all of it; empty: the file says it. `unit`: rows of others are refused."""

    unit: str = ""
    code: str = ""
    title: str = ""
    kind: str = ""
    year: int | None = None


@dataclass(slots=True)
class _Group:
    """The rows of one plan."""

    unit: str
    year: int
    kind: str
    code: str
    title: str
    first: Row
    lines: list[Line] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # the row of each line
    keys: list[str] = field(default_factory=list)
    dates: dict[str, date | None] = field(default_factory=dict)


PLANS_HELP = "Inspection plans as an office has them: 检查事项, 检查对象, 时间安排, … or item, objects, timing, …."


def read(data: bytes) -> Sheet:
    """The table of a file. Raises Invalid("sheet_…", "file")."""
    return read_sheet(data, meaning, NEEDED)


def import_plans(
    work: UnitOfWork, sheet: Sheet, progress: Progress, actor: Actor = SYSTEM, given: Given | None = None
) -> Outcome:
    """Drafts, revises or completes the plans of a table; counts are of rows. Nothing of a row with a problem is kept."""
    names = Names.of(work.session, sheet.rows)
    return _Import(sheet, actor, given or Given(), names, shanghai_day(work.now)).read(progress).store(work)


def bring(
    perform: Callable[..., Any],
    sheet: Sheet,
    progress: Progress,
    actor: Actor,
    keep: Callable[[Outcome], bool],
    given: Given,
) -> tuple[Outcome, bool]:
    """The same with nobody waiting for a transaction while the rows are read: one looks up what they name, one stores."""
    names, today = perform(lambda work: (Names.of(work.session, sheet.rows), shanghai_day(work.now)))
    found = _Import(sheet, actor, given, names, today).read(progress)
    return stored_or_not(perform, found.store, keep)


PLANS = Kind("plans", (), PLANS_HELP, import_plans, on_page=False)


class _Import:
    """Reads all rows without the database, so that a job can tell how far it is; then stores the plans in one transaction."""

    work: UnitOfWork

    def __init__(self, sheet: Sheet, actor: Actor, given: Given, names: Names, today: date) -> None:
        self.sheet, self.actor, self.given, self.names, self.today = sheet, actor, given, names, today
        self.unread: list[RowProblem] = []  # of reading
        self.problems: list[RowProblem] = self.unread
        self.groups: dict[tuple[str, ...], _Group] = {}
        self.above = " ".join(sheet.above)
        self.last: dict[str, str] = {}

    def read(self, progress: Progress) -> "_Import":
        for row in self.sheet.rows:
            if self._is_row(row):
                try:
                    self._read(self._filled(row))
                except Bad as bad:
                    self.problems.append(RowProblem(row.number, bad.field, bad.reason, data=bad.data))
            progress(1)
        return self

    def store(self, work: UnitOfWork) -> Outcome:
        """May be called again where a transaction is tried anew."""
        self.work, self.problems = work, list(self.unread)
        stored = unchanged = 0
        for group in self.groups.values():
            if group.lines:
                changed = self._store(group)
                stored += len(group.lines) if changed else 0
                unchanged += len(group.lines) if changed is False else 0
        self.problems.sort(key=lambda p: p.row)
        return Outcome(stored, unchanged, tuple(self.problems))

    def _is_row(self, row: Row) -> bool:
        """Notes, sums and signatures below the table are no rows; neither is one that says nothing of a row."""
        own = {name: value for name, value in row.fields.items() if name not in (*OF_PLAN, FIRST)}
        is_note = NOT_A_ROW.match(folded(row.get(FIRST))) is not None
        merged = len(set(own.values())) == 1 and len(own) > 1  # one cell over all columns
        return bool(own) and not (is_note and (merged or row.get("item") in ("", row.get(FIRST))))

    def _filled(self, row: Row) -> Row:
        """What was merged downwards stands once in a CSV: cells of the plan hold until the next one says something else."""
        said = {name: row.get(name) for name in OF_PLAN if row.get(name)}
        if "code" in said or "unit" in said:
            self.last = {}
        self.last |= said
        return Row(row.number, {**row.fields, **self.last})

    def _read(self, row: Row) -> None:
        group = self._group(row)
        items = self.names.items(row, group.unit)
        keys = self._keys(row)
        lines = [self._line(row, item, group.year) for item in items]
        for name in ("approved_on", "filed_on", "published_on"):
            on = self._date(row, name)
            if on is not None and group.dates.setdefault(name, on) != on:
                raise Bad(name, "plan_row_disagrees")
        group.lines += lines
        group.numbers += [row.number] * len(lines)
        group.keys += [k for k in keys if k not in group.keys]

    def _group(self, row: Row) -> _Group:
        unit, code = self._unit(row), folded(row.get("code")) or self.given.code
        kind, title = self._kind(row), limited(row, "title") or self.given.title
        year = self._year(row)
        key = (unit, code, *(() if code else (kind, title, str(year))))
        if key not in self.groups:
            if not title:
                title = self._title_above() or f"{year} 年度行政检查计划"
            self.groups[key] = _Group(unit, year, kind, code, title[:200], row)
        return self.groups[key]

    def _unit(self, row: Row) -> str:
        said = row.get("unit")
        found = self.names.unit(said) if said else None
        if said and found is None:
            raise Bad("unit", "unknown_unit", unit=said[:40])
        if found is None:
            found = self.names.unit_in(self.above) or self.given.unit or self.names.unit(row.get("office"))
        if found is None:
            raise Bad("unit", "plan_import_no_unit")
        if self.given.unit and found != self.given.unit:
            raise Bad("unit", "plan_import_other_unit", unit=said[:40] or self.names.units[found])
        return found

    def _title_above(self) -> str:
        return next((t for t in self.sheet.above if "计划" in t and len(t) <= 200), "")

    def _kind(self, row: Row) -> str:
        said = folded(row.get("kind"))
        if not said:
            return self.given.kind or (SPECIAL if "专项" in self._title_above() + row.get("title") else YEARLY)
        kind = KIND_WORDS.get(said, said)
        if kind not in KINDS:
            raise Bad("kind", "unknown_choice", value=said[:20], choices="年度、专项")
        return kind

    def _year(self, row: Row) -> int:
        texts = (row.get("year"), row.get("starts_on"), row.get("title"), self._title_above(), row.get("code"))
        for text in texts:
            found = re.search(r"(?<!\d)20\d\d(?!\d)", folded(text))
            if found:
                return int(found.group())
        starts_on = plan_text.read_date(row.get("starts_on"))
        return starts_on.year if starts_on else self.given.year or self.today.year

    def _date(self, row: Row, name: str) -> date | None:
        text = row.get(name)
        found = plan_text.read_date(text) if text else None
        if text and found is None:
            raise Bad(name, "plan_import_date", value=text[:40])
        return found

    def _line(self, row: Row, item: str, year: int) -> Line:
        objects, frequency, timing = limited(row, "objects"), limited_text(row, "frequency", 100), row.get("timing")
        wanted, share = plan_text.read_objects(objects or "")
        wanted = self._number(row, "wanted") or wanted
        share = plan_text.read_objects(_percent(row.get("share")))[1] or share
        period = plan_text.read_period(timing, year) if timing else None
        if period and re.fullmatch(r"\d{5}(?:\.0+)?", timing):  # how a spreadsheet keeps a day
            timing = str(period[0])
        if timing and period is None:
            self.problems.append(RowProblem(row.number, "timing", "plan_import_timing", True, {"value": timing[:40]}))
        role, partners = self._joint(row)
        return Line(
            item=item,
            basis=limited_text(row, "basis", 1000),
            objects=objects,
            wanted=wanted,
            share=share,
            content=limited_text(row, "content", 2000),
            way=limited_text(row, "way", 40),
            frequency=frequency,
            cap=plan_text.read_cap(row.get("cap")) or plan_text.read_cap(frequency or ""),
            timing=limited_text(Row(row.number, {"timing": timing}), "timing", 100),
            starts_on=period[0] if period else None,
            ends_on=period[1] if period else None,
            office=limited_text(row, "office", 100),
            joint_role=role,
            partners=partners,
            note=limited_text(row, "note", 400),
        )

    def _number(self, row: Row, name: str) -> int | None:
        text = row.get(name)
        found = plan_text.read_objects(text)[0] if text else None
        if text and found is None:
            raise Bad(name, "plan_import_number", value=text[:40])
        return found

    def _joint(self, row: Row) -> tuple[str | None, str | None]:
        for name, role in (("joint_lead", "lead"), ("joint_partner", "partner")):
            _, others, _ = plan_text.read_joint(row.get(name))
            if others or folded(row.get(name)) in ("是", "√", "✓", "y", "Y", "yes"):
                return role, limited_text(row, "partners", 200) or (others or "")[:200].strip("√✓") or None
        role_said, others, readable = plan_text.read_joint(row.get("joint_role"))
        if not readable:
            raise Bad("joint_role", "plan_import_joint", value=row.get("joint_role")[:40])
        return role_said, limited_text(row, "partners", 200) or (others[:200] if others else None)

    def _keys(self, row: Row) -> list[str]:
        """Key enterprises by USCC (or exact name), separated by ; 、 or lines."""
        texts = key_texts(row)
        unknown = next((text for text in texts if text not in self.names.keys), None)
        if unknown is not None:
            raise Bad("keys", "plan_import_key", value=unknown[:40])
        return list(dict.fromkeys(self.names.keys[text] for text in texts))

    def _store(self, group: _Group) -> bool | None:
        """Whether the plan changed; None where it was refused."""
        try:
            content, code = self._content(group), group.code or self._free_code(group)
            known = self._known(group.unit, code)
            if known is not None and known.unit != group.unit:
                raise Bad("code", "plan_code_taken", plan=code)
            if (
                known is not None and "keys" not in self.sheet.names
            ):  # a file that does not speak of them takes none away
                content = replace(content, keys=known.content.keys)
            dates = Dates(**group.dates)
            if dates != Dates() and self.given.unit:
                warning = RowProblem(group.first.number, "approved_on", "plan_import_dates_not_taken", warning=True)
                self.problems.append(warning)
                dates = Dates()
            arguments = (self.work, self.actor, group.unit, code, content, dates)
            return plans.bring(*arguments, known=known) is not None
        except Bad as bad:
            self.problems.append(RowProblem(group.first.number, bad.field, bad.reason, data=bad.data))
        except Invalid as error:
            self.problems += [self._problem(group, *one) for one in error.problems]
        except DomainError as error:
            self.problems.append(RowProblem(group.first.number, error.field or "code", error.code, data=error.data))
        return None

    def _content(self, group: _Group) -> Content:
        starts_on, ends_on = self._date(group.first, "starts_on"), self._date(group.first, "ends_on")
        said = [day for line in group.lines for day in (line.starts_on, line.ends_on) if day]
        whole = (date(group.year, 1, 1), date(group.year, 12, 31))
        if group.kind == SPECIAL and said and all(line.starts_on for line in group.lines):
            whole = (min(said), max(said))
        first, last = starts_on or min((whole[0], *said)), ends_on or max((whole[1], *said))
        return Content(group.title, group.kind, first, last, tuple(group.lines), tuple(group.keys))

    def _known(self, unit: str, code: str) -> Plan | None:
        row = self.work.session.get(Unit, unit)
        region = row.region if row else None
        where = registry.jurisdiction_of(self.work.session, region, None, self.work.default_jurisdiction)
        return plan_store.by_code(self.work.session, where, code)

    def _free_code(self, group: _Group) -> str:
        """Without a code: the unit's plan of that year and kind (a special one: of that title), else the next free code."""
        query = select(PlanTable).where(PlanTable.unit == group.unit, PlanTable.kind == group.kind)
        own = [p for p in self.work.session.scalars(query) if p.starts_on.year == group.year and p.state != WITHDRAWN]
        same = [p for p in own if group.kind == YEARLY or p.title == group.title]
        if same:
            return same[0].code
        plain = f"{group.unit}-{'JH' if group.kind == YEARLY else 'ZX'}-{group.year}"
        taken = set(self.work.session.scalars(select(PlanTable.code).where(PlanTable.code.startswith(plain))))
        codes = (plain, *(f"{plain}-{n}" for n in range(2, 1000)))
        return next(code for code in codes if code not in taken)

    def _problem(self, group: _Group, name: str, code: str, data: dict[str, Any]) -> RowProblem:
        """A problem of the whole plan at its row: `lines.3.timing` is the third line."""
        parts = name.split(".")
        number = group.numbers[int(parts[1]) - 1] if len(parts) == 3 else group.first.number
        return RowProblem(number, parts[-1], code, data=data)


def limited_text(row: Row, name: str, most: int) -> str | None:
    """A text that may have lines of its own. Raises Bad."""
    lines = [" ".join(line.split()) for line in row.get(name).splitlines()]
    return limited(Row(row.number, {name: " ".join(line for line in lines if line)}), name, most)


def _percent(text: str) -> str:
    """0.05 in a percent column is 5%."""
    plain = folded(text)
    return f"{float(plain) * 100:g}%" if re.fullmatch(r"0?\.\d+|1", plain) else text
