"""One row of a batch of planned visits: what a table, a pasted list or another system says, as an application.

A row leaves out what all rows share (items, officers, plan, time). What cannot be understood is a problem of its field;
whatever else is wrong is advice of the rules, as for any application.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import applications as domain
from app.domain.applications import Application, EnterpriseRef
from app.domain.enterprises import is_early_pilot, normalise_uscc, uscc_problem
from app.domain.errors import Invalid, Problem
from app.domain.inspections import PLANNED
from app.domain.times import SHANGHAI, parse_rfc3339, rfc3339
from app.services.imports.rows import Bad, Row, day, limited, short
from app.services.imports.tables import Column, read_table
from app.store import registry
from app.store.models import Item, Officer

MOST = 500
FEWEST_DIGITS = 4  # of a USCC as somebody may have typed it, O for 0 and I for 1
COLUMNS = (
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码"), False, "91990101Y00000012D"),
    Column("name", "企业名称", ("名称", "企业", "单位名称", "检查对象"), False, "云汀示例精密机械有限公司"),
    Column("items", "检查事项", ("事项", "事项代码", "检查事项代码"), False, "YJ-01"),
    Column("officers", "执法人员", ("执法证号", "人员", "检查人员"), False, "9901001001;9901001002"),
    Column("date", "检查日期", ("日期",), False, "2026-12-01"),
    Column("start", "开始时间", ("开始",), False, "9:00"),
    Column("end", "结束时间", ("结束",), False, "11:00"),
    Column("plan_code", "计划编码", ("计划编号", "检查计划"), False, "YT-YJJ-JH-2026"),
    Column("reason", "事由", ("备注", "说明"), False, ""),
    Column("address", "检查地点", ("地点", "地址"), False, ""),
)
TITLES = {c.name: c.title for c in COLUMNS}
# The fields of api.md, by the columns that a person filled in.
FIELDS = {
    "enterprise.uscc": "uscc", "enterprise.name": "name", "window.start": "start", "window.end": "end",
    "place.address": "address",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Common:
    """What holds for every row that does not say otherwise. `minutes`: a route, one enterprise after another."""

    items: tuple[str, ...]
    officers: tuple[str, ...]
    plan_code: str | None
    start: datetime
    end: datetime
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its place in the route (from 0) and what holds for all."""

    row: Row
    place: int
    common: Common


@dataclass(frozen=True, slots=True)
class Known:
    """What names in rows may stand for: the unit's items by code and name, its officers by name."""

    items: Mapping[str, str]
    officers: Mapping[str, str]


def known(session: Session, unit: str) -> Known:
    """Loaded once for all rows. A name that two have is none."""
    rows = list(session.execute(select(Item.code, Item.name).where(Item.unit == unit)))
    people = list(session.execute(select(Officer.certificate_no, Officer.name).where(Officer.unit == unit)))
    names = [name for _, name in people]
    return Known(
        {name: code for code, name in rows} | {code: code for code, _ in rows},
        {name: number for number, name in people if names.count(name) == 1},
    )


def read(data: bytes) -> list[Row]:
    """The rows of a file. Raises Invalid at `file`: no table, no column that names enterprises, none, too many."""
    try:
        rows = read_table(data, _needing("uscc")).rows
    except Invalid as error:
        if error.code != "table_header":
            raise
        rows = read_table(data, _needing("name")).rows
    return _bounded(rows, "file")


def pasted(text: str) -> list[Row]:
    """The rows of a pasted table, or of a plain list with a USCC or a name a line. Raises Invalid at `list`."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    titles = {word for c in COLUMNS for word in (c.name, c.title, *c.others)}
    if any(cell.strip() in titles for cell in re.split("[\t,;]", first)):
        try:
            return _bounded(read(text.encode()), "list")
        except Invalid as error:
            raise Invalid(error.code, "list", **error.data) from None
    rows = [Row(number, _plain(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    return _bounded(rows, "list")


def application(session: Session, known: Known, line: Line) -> Application:
    """A line as an application. Raises Invalid with columns as fields."""
    problems: list[Problem] = []
    row, common = line.row, line.common

    def asked(reading: Any, name: str, default: Any = None) -> Any:
        try:
            return reading(row, name) or default
        except Bad as bad:
            problems.append((bad.field, bad.reason, dict(bad.data)))
            return default

    enterprise = _enterprise(session, row, problems)
    start, end = _window(line, problems)
    made = Application(
        enterprise=enterprise,
        kind=PLANNED,
        items=_items(known, row, problems) or common.items,
        officers=tuple(dict.fromkeys(known.officers.get(o, o) for o in row.many("officers"))) or common.officers,
        window_start=start,
        window_end=end,
        plan_code=asked(limited, "plan_code", common.plan_code),
        reason=asked(lambda r, n: limited(r, n, 2000), "reason"),
        place_address=asked(lambda r, n: limited(r, n, 400), "address"),
    )
    try:
        domain.check(made)
    except Invalid as error:
        problems += [(FIELDS.get(field, field), code, data) for field, code, data in error.problems]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return made


def _needing(name: str) -> Sequence[Column]:
    return [Column(c.name, c.title, c.others, c.name == name, c.example) for c in COLUMNS]


def _bounded(rows: list[Row], field: str) -> list[Row]:
    if not rows:
        raise Invalid("table_no_rows", field)
    if len(rows) > MOST:
        raise Invalid("batch_too_long", field, most=MOST, rows=len(rows))
    return rows


def _plain(line: str) -> dict[str, str]:
    """A line of a list: what looks like a USCC is one, the rest is the name. A word in Latin letters is part of a name:
    a USCC has the six digits of its region."""
    long_words = re.finditer(r"(?<![0-9A-Za-z])[0-9A-Za-z]{15,20}(?![0-9A-Za-z])", line)
    found = next((w for w in long_words if sum(c.isdigit() for c in w[0]) >= FEWEST_DIGITS), None)
    name = line.replace(found[0], "", 1) if found else line
    return {"uscc": found[0] if found else "", "name": name.strip(" \t,，;；、")}


def _enterprise(session: Session, row: Row, problems: list[Problem]) -> EnterpriseRef:
    """By USCC, else by the only name; one that nobody knows needs both, so that a slip does not enter a new one."""
    uscc, name = normalise_uscc(row.get("uscc")) or None, row.get("name") or None
    if uscc is None and name is None:
        problems.append(("uscc", "cell_empty", {}))
        return EnterpriseRef(name="—")
    if uscc is None:
        found = registry.enterprise_by_name(session, str(name))
        if found is None:
            problems.append(("name", "batch_no_such_name", {"name": short(str(name))}))
            return EnterpriseRef(name=name)
        return EnterpriseRef(found.uscc, found.name)
    is_right = uscc_problem(uscc) is None or is_early_pilot(uscc)
    if name is None and is_right and registry.enterprise_by_uscc(session, uscc) is None:
        problems.append(("name", "batch_new_needs_name", {"uscc": short(uscc)}))
    return EnterpriseRef(uscc, name)


def _items(known: Known, row: Row, problems: list[Problem]) -> tuple[str, ...]:
    found = []
    for said in row.many("items"):
        if said in known.items:
            found.append(known.items[said])
        else:
            problems.append(("items", "cell_item", {"value": short(said)}))
    return tuple(dict.fromkeys(found))


def _window(line: Line, problems: list[Problem]) -> tuple[datetime, datetime]:
    """The row's own time, else its place in the route, else the time of all."""
    row, common, place = line.row, line.common, line.place
    try:
        on = day(row, "date")
        start, end = _time(row, "start", on, common.start), _time(row, "end", on, common.end)
    except Bad as bad:
        problems.append((bad.field, bad.reason, dict(bad.data)))
        return common.start, common.end
    if on is None and start is None and end is None and common.minutes:
        start = common.start + timedelta(minutes=common.minutes * place)
        end = start + timedelta(minutes=common.minutes)
        if end > common.end:
            problems.append(("start", "batch_no_room", {}))
        return start, end
    default_start = _on(common.start, on)
    return start or default_start, end or (_on(common.end, on) if on else common.end)


def _on(time: datetime, on: Any) -> datetime:
    """The same hour of another day, in Shanghai."""
    if on is None:
        return time
    local = time.astimezone(SHANGHAI)
    return local.replace(year=on.year, month=on.month, day=on.day)


def _time(row: Row, name: str, on: Any, common: datetime) -> datetime | None:
    """A time of day on the row's (else the common) day, or a whole date and time. Raises Bad."""
    text = row.get(name)
    if not text:
        return None
    clock = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?", text)
    try:
        if clock:
            return _on(common, on).astimezone(SHANGHAI).replace(hour=int(clock[1]), minute=int(clock[2]), second=0)
        value = datetime.fromisoformat(text.replace("/", "-"))
        if value.year == 1899 or not 2000 <= value.year < 2100:  # a spreadsheet's bare time of day
            return _on(common, on).astimezone(SHANGHAI).replace(hour=value.hour, minute=value.minute, second=0)
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Bad(name, "batch_time", value=short(text)) from None


def kept(line: Line) -> str:
    """A line as JSON, for `line_of`."""
    c = line.common
    common = {"items": c.items, "officers": c.officers, "plan_code": c.plan_code, "minutes": c.minutes}
    common |= {"start": rfc3339(c.start), "end": rfc3339(c.end)}
    return json.dumps({"row": dict(line.row.fields), "place": line.place, "common": common}, ensure_ascii=False)


def line_of(number: int, text: str) -> Line:
    """A line as it was kept."""
    said = json.loads(text)
    c = said["common"]
    start, end = parse_rfc3339(c["start"]), parse_rfc3339(c["end"])
    common = Common(tuple(c["items"]), tuple(c["officers"]), c["plan_code"], start, end, c["minutes"])
    return Line(Row(number, said["row"]), said["place"], common)
