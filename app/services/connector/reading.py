"""What another system says, read into what this platform knows. Raises Invalid at the field that cannot be read.

Visits come as the Inspection object of API v1, or as a row of a table with the columns of VISIT_COLUMNS.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain import inspections as i
from app.domain.applications import LONGEST_CERTIFICATE, MOST_ITEMS, MOST_OFFICERS, MOST_UNITS
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid
from app.domain.inspections import Result
from app.domain.mirroring import Told
from app.domain.times import SHANGHAI
from app.services.imports.rows import Row
from app.services.imports.tables import Column

VISIT_COLUMNS = (
    Column("number", "检查编号", ("编号", "任务编号"), True, "QJ-2026-000123"),
    Column("state", "状态", ("检查状态",), True, "approved"),
    Column("kind", "检查类别", ("类别",), True, "planned"),
    Column("uscc", "统一社会信用代码", ("信用代码",), True, "91990101T0000001XT"),
    Column("enterprise_name", "企业名称", ("检查对象", "名称"), True, "云汀示例一食品有限公司"),
    Column("units", "检查单位", ("单位", "单位代码"), True, "YT-YJJ"),
    Column("items", "检查事项", ("事项代码",), True, "YJ-01"),
    Column("officers", "执法证号", ("检查人员",), True, "99010001;99010002"),
    Column("window_start", "开始时间", ("计划开始时间",), True, "2026-03-02T09:00:00+08:00"),
    Column("window_end", "结束时间", ("计划结束时间",), True, "2026-03-02T17:00:00+08:00"),
    Column("applied_at", "申领时间", ("登记时间",), True, "2026-02-20T09:00:00+08:00"),
    Column("approved_at", "批准时间", ("审批时间",)),
    Column("qr", "二维码内容", ("检查码",)),
    Column("plan_code", "计划编码", ("计划编号",)),
    Column("cause", "触发原因", ("原因",)),
    Column("clue_no", "线索编号", ("线索号",)),
    Column("reason", "事由", ()),
    Column("started_at", "实际开始时间", ()),
    Column("arrived_at", "亮码时间", ("扫码时间",)),
    Column("ended_at", "实际结束时间", ()),
    Column("outcome", "检查结果", ("结果",)),
    Column("not_carried_out", "未实施原因", ()),
)
LONGEST = {
    "number": 100, "name": 200, "plan_code": 64, "clue_no": 100, "reason": 2000, "exception_reason": 2000, "qr": 2000,
    "address": 400, "region": 64, "note": 2000, "id": 100,
}  # fmt: skip
STATES = tuple(state for state in i.STATES if state != i.REPLACED)


def visit(system: str, said: Any) -> Told:
    """The Inspection object of API v1 as another system's word. Fields that are not known are passed over."""
    o = _Object(said, "")
    enterprise, window = o.part("enterprise"), o.part("window", needed=True)
    place, ended = o.part("place"), o.part("not_carried_out")
    uscc = enterprise.text("uscc", 40)
    whole = o.said.get("kind") != i.CONTACT  # 走访 and the like name neither items nor officers
    imported = o.said.get("state") == i.COMPLETED and bool(
        o.said.get("imported") or (whole and not o.said.get("items"))
    )
    whole = whole and not imported
    return Told(
        system=system,
        number=o.needed("number"),
        state=str(o.choice("state", STATES)),
        kind=str(o.choice("kind", i.KINDS)),
        units=o.codes("units", "code", MOST_UNITS),
        items=o.codes("items", "code", MOST_ITEMS, some=whole),
        officers=o.codes("officers", "certificate_no", MOST_OFFICERS, LONGEST_CERTIFICATE, some=whole),
        window_start=window.moment("start", needed=True),
        window_end=window.moment("end", needed=True),
        applied_at=o.moment("applied_at", needed=True),
        uscc=normalise_uscc(uscc) if uscc else None,
        enterprise=enterprise.text("name") if uscc else enterprise.needed("name"),
        address=enterprise.text("address"),
        their_id=o.text("id"),
        approved_at=o.moment("approved_at"),
        qr=o.text("qr") or o.part("code").text("url", 2000),
        plan_code=o.text("plan_code"),
        cause=o.choice("cause", i.CAUSES, needed=False),
        clue_no=o.text("clue_no"),
        clue_at=o.moment("clue_at"),
        reason=o.text("reason"),
        place_kind=place.choice("kind", i.PLACES, needed=False) or "premises",
        place_address=place.text("address"),
        place_region=place.text("region"),
        way=o.choice("way", i.WAYS, needed=False) or "on_site",
        surprise=bool(o.said.get("surprise")),
        exception=o.choice("exception", i.EXCEPTIONS, needed=False),
        exception_reason=o.text("exception_reason"),
        started_at=o.moment("started_at"),
        seen_at=o.moment("seen_at"),
        arrived_at=o.moment("arrived_at"),
        ended_at=o.moment("ended_at"),
        results=o.results(),
        outcome=o.choice("outcome", i.OUTCOMES, needed=False),
        imported=imported,
        not_carried_out=ended.choice("reason", i.NOT_CARRIED_OUT_REASONS, needed=False),
        note=ended.text("note"),
    )


def is_theirs(said: Any) -> bool:
    """Whether the other system registered a visit itself: what it took from a third one, or from us, comes from there."""
    return isinstance(said, Mapping) and not (said.get("external") and not said.get("code"))


def visit_of_row(row: Row) -> dict[str, Any]:
    """A row of VISIT_COLUMNS as the Inspection object. One outcome holds for all items."""
    items = row.many("items")
    outcome = row.get("outcome")
    return {
        **{name: row.get(name) or None for name in (
            "number", "state", "kind", "qr", "plan_code", "cause", "clue_no", "reason", "applied_at", "approved_at",
            "started_at", "arrived_at", "ended_at",
        )},
        "enterprise": {"uscc": row.get("uscc") or None, "name": row.get("enterprise_name") or None},
        "units": [{"code": unit} for unit in row.many("units")],
        "items": [{"code": item} for item in items],
        "officers": [{"certificate_no": number} for number in row.many("officers")],
        "window": {"start": row.get("window_start"), "end": row.get("window_end")},
        "results": [{"item": item, "outcome": outcome} for item in items] if outcome else [],
        "not_carried_out": {"reason": row.get("not_carried_out")} if row.get("not_carried_out") else None,
    }  # fmt: skip


class _Object:
    """One JSON object and the path to it, read field by field."""

    def __init__(self, said: Any, path: str) -> None:
        if not isinstance(said, Mapping):
            raise Invalid("mirror_unread", path or "body", name=path or "body", expected="{…}")
        self.said, self.path = said, path

    def unread(self, name: str, expected: str) -> Invalid:
        return Invalid("mirror_unread", f"{self.path}{name}", name=f"{self.path}{name}", expected=expected)

    def part(self, name: str, *, needed: bool = False) -> "_Object":
        found = self.said.get(name)
        return _Object({} if found is None and not needed else found, f"{self.path}{name}.")

    def text(self, name: str, most: int | None = None) -> str | None:
        found = self.said.get(name)
        most = most or LONGEST.get(name, 200)
        if found is not None and (not isinstance(found, str) or "\x00" in found or len(found) > most):
            raise self.unread(name, f"text ≤ {most}")
        return found.strip() or None if found else None

    def needed(self, name: str) -> str:
        found = self.text(name)
        if found is None:
            raise self.unread(name, "text")
        return found

    def choice(self, name: str, choices: tuple[str, ...], *, needed: bool = True) -> Any:
        found = self.said.get(name)
        if found is None and not needed:
            return None
        if found not in choices:
            raise self.unread(name, ", ".join(choices))
        return found

    def moment(self, name: str, *, needed: bool = False) -> Any:
        """An RFC 3339 time; without an offset it is Asia/Shanghai."""
        found = self.text(name, 40)
        if found is None and not needed:
            return None
        try:
            at = datetime.fromisoformat((found or "").replace("/", "-"))
        except ValueError:
            raise self.unread(name, "2026-03-02T09:00:00+08:00") from None
        if not 2000 <= at.year < 2100:
            raise self.unread(name, "2000–2099")
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)

    def many(self, name: str, most: int) -> list["_Object"]:
        found = self.said.get(name)
        if not isinstance(found, list | tuple) or len(found) > most:
            raise self.unread(name, f"[…] ≤ {most}")
        return [_Object(one, f"{self.path}{name}.{n}.") for n, one in enumerate(found)]

    def codes(self, name: str, key: str, most: int, longest: int = 64, *, some: bool = True) -> tuple[str, ...]:
        found = [one.text(key, longest) for one in self.many(name, most)]
        if (some and not found) or None in found:
            raise self.unread(name, f"[{{{key}}}]")
        return tuple(dict.fromkeys(str(one) for one in found))

    def results(self) -> tuple[Result, ...]:
        said = self.many("results", MOST_ITEMS) if self.said.get("results") else []
        return tuple(Result(r.needed("item"), r.choice("outcome", i.OUTCOMES), r.text("note")) for r in said)
