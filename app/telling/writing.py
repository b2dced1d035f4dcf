"""The text, tables and charts of a report, from what was gathered. Chinese only, as papers are."""

from datetime import date, timedelta

from app.domain.figures import Period
from app.domain.telling import (
    MONTHLY,
    NAMES,
    WEEKLY,
    YEARLY,
    Bars,
    Block,
    Cell,
    Document,
    Heat,
    Table,
    Text,
    change_in_words,
    in_words,
    percent,
)
from app.domain.times import SHANGHAI, shanghai_day
from app.queries.figures import FEWEST_ENTERPRISES, RATES, Figures
from app.telling.gathering import MOST_ITEMS, Gathered

COUNTS = ("visits", "planned", "triggered", "joint", "above", "raised", "upheld", "corrected")
# What the pages call these figures (app/web/words.py FIGURES); a test holds the two together.
WORDS = {
    "visits": "检查次数",
    "planned": "计划检查",
    "triggered": "触发式检查",
    "joint": "联合检查",
    "above": "区级以上单位的检查",
    "raised": "预警",
    "upheld": "预警属实",
    "corrected": "已改正",
    "days": "平均了结天数",
    "triggered_rate": "触发式占比",
    "joint_rate": "联合检查占比",
    "problems_rate": "发现问题率",
    "shown_rate": "亮码率",
    "scanned_rate": "扫码率",
    "rated_rate": "评价率",
}
AGAINST = {WEEKLY: ("上周", "去年同期"), MONTHLY: ("上月", "去年同月"), YEARLY: ("上一年", "去年同期")}
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
HIDDEN = f"不足 {FEWEST_ENTERPRISES} 家企业，不显示"
FOOT = "内部材料：含来自企业反映的数字，供行政执法监督机构使用，不发被监督单位。"
USUAL_HOURS = range(8, 18)


def write(found: Gathered) -> Document:
    """The document of a report."""
    kind, period = found.asked.kind, found.asked.period
    as_of = f"{found.as_of.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if found.as_of else "尚未核对"
    blocks: list[Block] = [
        Text("一、概况", _summary(found)),
        _columns(found),
        _steps(found),
        Table("二、预警来源", ("规则", "预警"), found.rules, "一条预警属于它所说的那一天；已经撤回的不算。"),
        _units(found),
        _towns(found),
        _items(found),
        _heat(found),
    ]
    if found.ratings:
        blocks.append(
            Table(
                "七、企业评价（已结季度）",
                ("季度", "单位", "得分"),
                found.ratings,
                f"与单位看到的一致：每家至少 {FEWEST_ENTERPRISES} 家企业，取整到半分；不足的并入下一季度。",
            )
        )
    blocks.append(Text("怎样读这些数", _reading_notes(found)))
    title = f"{found.region}涉企行政检查监督{NAMES[kind]}"
    return Document(title, found.region, in_words(kind, period), as_of, tuple(blocks), FOOT)


def _summary(found: Gathered) -> tuple[str, ...]:
    (_, now), (_, before), (_, year) = found.columns
    last, last_year = AGAINST[found.asked.kind]
    changes = [change_in_words(now["visits"], before["visits"], last)]
    if found.asked.kind != YEARLY:
        changes.append(change_in_words(now["visits"], year["visits"], last_year))
    when = in_words(found.asked.kind, found.asked.period) + _so_far(found)
    out = [
        f"{when}，{found.region}共登记涉企检查 {now['visits']:,} 次，{'，'.join(changes)}；涉及企业 {now.enterprises:,} 家。"
        f"其中计划检查 {now['planned']:,} 次，触发式检查 {now['triggered']:,} 次；联合检查 {now['joint']:,} 次。",
        f"产生预警 {now['raised']:,} 条，{change_in_words(now['raised'], before['raised'], last)}；已认定属实 "
        f"{now['upheld']:,} 条，已改正 {now['corrected']:,} 条。" + _most(found),
    ]
    scanned = now.rate("scanned")
    if scanned is not None and scanned.share is not None:
        out.append(
            f"在本平台办结的 {scanned.of:,} 次检查中，{scanned.found:,} 次由企业扫码，扫码率 {percent(scanned.share)}。"
        )
    if now["above"]:
        out.append(f"区级以上单位检查 {now['above']:,} 次，计入企业的检查次数；本区只能报请上级处理。")
    quiet = [name for name, f in found.units if not f["visits"]]
    if quiet and now["visits"]:
        out.append(f"{len(quiet)} 个单位没有登记检查；没有登记不等于没有检查，也可能是该查未查，建议结合计划核对。")
    return tuple(out)


def _so_far(found: Gathered) -> str:
    """That a period is not over: what it is compared with was a whole one."""
    until = shanghai_day(found.as_of) if found.as_of else None
    running = until is not None and found.asked.days.first <= until <= found.asked.days.last
    return f"（截至{until.month}月{until.day}日，本期未完）" if until and running else ""


def _most(found: Gathered) -> str:
    """The rule that raised more than any other."""
    if not found.rules:
        return ""
    (rule, count), *others = found.rules
    return f"最多的是“{rule}”（{count:,} 条）。" if not others or count > others[0][1] else ""


def _columns(found: Gathered) -> Table:
    """The same rows as the page 数据."""
    figures = [f for _, f in found.columns]
    head: tuple[str, ...] = ("指标", "本期", *AGAINST[found.asked.kind])
    # Of a year the period before and the same a year ago are one and the same.
    figures, head = (figures[:2], head[:3]) if found.asked.kind == YEARLY else (figures, head)
    lines: list[tuple[Cell, ...]] = [(WORDS[n], *(f[n] for f in figures)) for n in COUNTS]
    lines += [(WORDS[f"{n}_rate"], *(f.rate(n) for f in figures)) for n in RATES]
    lines.append((WORDS["days"], *(_days(f) for f in figures)))
    return Table("主要数字", head, tuple(lines), "比例后面是件数和 95% 区间（Wilson 法）。")


def _days(f: Figures) -> Cell:
    return "—" if f.days_to_close is None else float(f.days_to_close)


def _steps(found: Gathered) -> Bars:
    """Planned and triggered visits of each day, of a year of each month."""
    if found.asked.kind == YEARLY:
        keys = [f"{found.asked.period}-{month:02d}" for month in range(1, 13)]
        labels = [f"{month}月" for month in range(1, 13)]
    else:
        days = _days_of(found.asked.days)
        keys, labels = [d.isoformat() for d in days], [_label(d, found.asked.kind) for d in days]
    empty = Figures()

    def values(name: str) -> tuple[int, ...]:
        return tuple(found.steps.get(key, empty)[name] for key in keys)

    heading = "每月的检查次数" if found.asked.kind == YEARLY else "每天的检查次数"
    return Bars(heading, tuple(labels), tuple((WORDS[n], values(n)) for n in ("planned", "triggered")))


def _days_of(period: Period) -> list[date]:
    return [period.first + timedelta(days=n) for n in range(period.days)]


def _label(day: date, kind: str) -> str:
    return f"{day.month}/{day.day}" if kind == WEEKLY else str(day.day)


def _units(found: Gathered) -> Table:
    """Without rating rates: what a unit may know of its ratings stands in closed quarters alone."""
    counts, rates = ("visits", "planned", "triggered", "joint"), ("problems", "shown", "scanned")
    flags = ("raised", "upheld", "corrected")
    head = ("单位", *(WORDS[n] for n in counts), *(WORDS[f"{n}_rate"] for n in rates), *(WORDS[n] for n in flags))
    lines = tuple(
        (name, *(f[n] for n in counts), *(f.rate(n) for n in rates), *(f[n] for n in flags))
        for name, f in found.units
        if f["visits"] or f["raised"]
    )
    quiet = [name for name, f in found.units if not (f["visits"] or f["raised"])]
    note = "单位按层级和代码排列，不排名。件数少，区间就宽，区间重叠的单位之间不能说谁高谁低。"
    return Table("三、各单位", head, lines, note + (f"没有登记检查的单位：{'、'.join(quiet)}。" if quiet else ""))


def _towns(found: Gathered) -> Table:
    rows = tuple((name or "街镇不明或不在辖区", visits, flags) for name, visits, flags in found.towns)
    return Table("四、各街镇", ("街镇", WORDS["visits"], WORDS["raised"]), rows, "按企业的登记地址。")


def _items(found: Gathered) -> Table:
    head = ("检查事项", WORDS["visits"], WORDS["problems_rate"])
    lines = tuple((name, f["visits"], f.rate("problems")) for name, f in found.items)
    return Table("五、检查最多的事项", head, lines, f"最多列 {MOST_ITEMS} 项；一次检查有几项就计几项。")


def _heat(found: Gathered) -> Heat:
    hours = [h for _, h in found.heat]
    shown = range(min([*hours, USUAL_HOURS.start]), max([*hours, USUAL_HOURS.stop - 1]) + 1)
    counts = tuple(tuple(found.heat.get((day, h), 0) for h in shown) for day in range(1, 8))
    return Heat("六、检查开始的星期和钟点", WEEKDAYS, tuple(f"{h} 时" for h in shown), counts)


def _reading_notes(found: Gathered) -> tuple[str, ...]:
    behind = f"制作时有 {found.behind} 天的检查或预警刚有变化，最新的变化还没有计入，可以稍后再做一份。"
    return (
        "检查按开始的日期计入；联合检查在“各单位”里计入每一个参加单位，合计时只算一次。",
        "亮码、扫码、评价只算在本平台办结的检查，说明数据质量，不说明工作好坏。扫码是企业一方打开过检查码，只用检查人员自己的"
        "设备打开的不算；亮码还包括送达纸质通知。",
        f"评价率少于 {FEWEST_ENTERPRISES} 家企业时不显示，以免看出是谁评价的；各单位的评价只列已结季度的得分。",
        "以后补录、更正或撤回的记录会改变数字：本报告是制作时的情况，同一期可以再做，每一份都留存。",
        *([behind] if found.behind else []),
    )
