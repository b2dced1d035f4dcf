"""Weekly, monthly and yearly reports (周报、月报、年报): which periods there are, and what a document is made of.

A document is built once and set twice, as PDF and as a workbook: that is why both say the same numbers. A cell is a text, a
whole number, a float with one decimal, a Rate, or None where the number must not or cannot be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.errors import Invalid
from app.domain.figures import Period, Rate, period_of

WEEKLY, MONTHLY, YEARLY = KINDS = ("weekly", "monthly", "yearly")
PDF, XLSX = FORMS = ("pdf", "xlsx")
NAMES = {WEEKLY: "周报", MONTHLY: "月报", YEARLY: "年报"}
EXAMPLES = {WEEKLY: "2026-W41", MONTHLY: "2026-10", YEARLY: "2026"}
_LENGTHS = {WEEKLY: 8, MONTHLY: 7, YEARLY: 4}
Cell = str | int | float | Rate | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that is asked for: its kind, its period as it is written (`2026-10`), the form of the file."""

    kind: str
    period: str
    form: str

    @property
    def days(self) -> Period:
        return period_of(self.period)


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a heading. `note` says how to read it."""

    heading: str
    head: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars over `labels`, one stack of `series` (word, values) each. Told apart by their filling, not by colour."""

    heading: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """Counts by row and column; the number stands in every field, the shade only repeats it."""

    heading: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs under a heading (none where it is empty)."""

    heading: str
    paragraphs: tuple[str, ...]


Block = Table | Bars | Heat | Text


@dataclass(frozen=True, slots=True)
class Document:
    """`foot` stands on every page: for whom it is."""

    title: str
    unit: str
    period: str
    as_of: str
    blocks: tuple[Block, ...]
    foot: str


def asked(kind: str, period: str, form: str, today: date) -> Asked:
    """What a form or a command asks for. Raises Invalid at `kind`, `period` or `form`; a period must have begun."""
    if kind not in KINDS:
        raise Invalid("unknown_choice", "kind", value=kind, choices=", ".join(KINDS))
    if form not in FORMS:
        raise Invalid("unknown_choice", "format", value=form, choices=", ".join(FORMS))
    if len(period) != _LENGTHS[kind]:
        raise Invalid("telling_period", "period", example=EXAMPLES[kind])
    try:
        days = period_of(period)
    except Invalid:
        raise Invalid("telling_period", "period", example=EXAMPLES[kind]) from None
    if days.first > today:
        raise Invalid("telling_to_come", "period", day=days.first.isoformat())
    return Asked(kind, period, form)


def containing(kind: str, day: date) -> str:
    """The period of a kind that a day lies in, as it is written."""
    if kind == WEEKLY:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if kind == MONTHLY else f"{day:%Y}"


def last_whole(kind: str, today: date) -> str:
    """The last period of a kind that is over on `today`."""
    this = period_of(containing(kind, today))
    return containing(kind, this.first - timedelta(days=1))


def last_few(kind: str, today: date, count: int) -> list[str]:
    """The running period and those before it, the newest first: what a page offers."""
    found, day = [], today
    for _ in range(count):
        found.append(containing(kind, day))
        day = period_of(found[-1]).first - timedelta(days=1)
    return found


def in_words(kind: str, period: str) -> str:
    """`2026年10月`, `2026年第41周（10月5日至10月11日）`, `2026年`."""
    if kind == WEEKLY:
        days = period_of(period)
        between = f"{_day(days.first)}至{_day(days.last)}"
        return f"{period[:4]}年第{int(period[6:])}周（{between}）"
    return f"{period[:4]}年{int(period[5:])}月" if kind == MONTHLY else f"{period}年"


def change_in_words(now: int, before: int, against: str) -> str:
    """`比上月增加 3（12.5%）`: how a count changed, with the number itself where a share would say little. Nothing increased
    where there was nothing: perhaps it was not registered here yet."""
    if now == before:
        return f"与{against}持平"
    if not before:
        return f"{against}为 0"
    word = "增加" if now > before else "减少"
    share = f"（{100 * abs(now - before) / before:.1f}%）" if before >= SHARE_SAYS_SOMETHING else ""
    return f"比{against}{word} {abs(now - before):,}{share}"


SHARE_SAYS_SOMETHING = 10  # a change of less than ten cases is no percentage


def percent(share: float) -> str:
    """As pages and reports say it: all or none without a decimal."""
    return f"{100 * share:.1f}%" if 0 < share < 1 else f"{100 * share:.0f}%"


def as_text(cell: Cell, hidden: str) -> str:
    """A cell as people read it; `hidden` where there is no number."""
    if cell is None:
        return hidden
    if isinstance(cell, Rate):
        if cell.share is None:
            return "—"
        low, high = cell.interval
        return f"{percent(cell.share)}（{cell.found:,}/{cell.of:,}；{100 * low:.0f}–{100 * high:.0f}%）"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def is_number(cells: Sequence[Cell]) -> bool:
    """Whether a column stands at the right."""
    return all(isinstance(c, int | float) or c is None for c in cells) and bool(cells)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
