"""What all imports share: a row of text with its number, its problems, and reading a field of it.

Offices write as they like: full-width digits, 是 or yes, 2026年3月1日 or the number that a spreadsheet keeps for a day.
The readers here take what is meant and refuse, with a code and its data, what is not clear (sentences/imports.py).
"""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain.times import SHANGHAI

NONE = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar
SERIAL_DAYS = (20_000, 80_000)  # 1954–2119: a number in between can only be a day
YES, NO = ("yes", "是", "y", "true", "1"), ("no", "否", "n", "false", "0")
OPEN_ENDED = ("长期", "长期有效", "永久", "无固定期限", "—", "-", "/")
CELL_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u202a\u202b\u202d\u202e\u2066-\u2068]")
_WRITTEN = re.compile(
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})(?:[T\s]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})秒?)?)?"
)
SHOWN = 40  # characters of a value that a sentence repeats


@dataclass(frozen=True, slots=True)
class Row:
    """Row `number` of the file (as a spreadsheet counts them); fields are trimmed, missing ones empty."""

    number: int
    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def many(self, name: str) -> list[str]:
        """A list separated by ; (or ； 、 or commas), without empty entries."""
        return [part for part in (p.strip() for p in re.split("[;；、,，]", self.get(name))) if part]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be stored, or (`warning`) what should be looked at. `reason` is a sentence's code."""

    row: int
    field: str
    reason: str
    warning: bool = False
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Bad(ValueError):
    """A field of a row that cannot be read: the code of a sentence, and its data."""

    def __init__(self, field: str, reason: str, **data: Any) -> None:
        super().__init__(reason)
        self.field, self.reason, self.data = field, reason, data

    def at(self, row: Row, warning: bool = False) -> RowProblem:
        return RowProblem(row.number, self.field, self.reason, warning, self.data)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: rows stored (`added` of them new), rows that were there already, problems."""

    stored: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    added: int = 0

    @property
    def errors(self) -> list[RowProblem]:
        return [p for p in self.problems if not p.warning]


Progress = Callable[[int], None]


def short(text: str) -> str:
    """As much of a value as a sentence repeats."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def folded(text: str) -> str:
    """Full-width to half-width, no white space: how codes and numbers are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def required(row: Row, name: str, most: int = 200) -> str:
    """A field that must not be empty. Raises Bad."""
    text = row.get(name)
    if not text:
        raise Bad(name, "cell_empty")
    return limited(row, name, most) or text


def limited(row: Row, name: str, most: int = 200) -> str | None:
    """A field of at most `most` characters, None where empty. Raises Bad."""
    text = row.get(name)
    if len(text) > most:
        raise Bad(name, "cell_too_long", length=len(text), most=most)
    if UNSEEN.search(text):
        raise Bad(name, "cell_control")
    if text in CELL_ERRORS:
        raise Bad(name, "cell_error", value=text)
    return text or None


def code(row: Row, name: str, most: int = 64) -> str | None:
    """A code or number of letters and digits, full-width ones made plain; None where empty. Raises Bad."""
    text = folded(limited(row, name, most) or "")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        raise Bad(name, "cell_lost_digits", value=short(text))
    return text or None


def required_code(row: Row, name: str, most: int = 64) -> str:
    found = code(row, name, most)
    if found is None:
        raise Bad(name, "cell_empty")
    return found


def choice(row: Row, name: str, choices: Sequence[str], default: str | None = None) -> str | None:
    """One of `choices`, or `default` where empty. Raises Bad."""
    text = row.get(name)
    if not text:
        return default
    if text not in choices:
        raise Bad(name, "cell_choice", value=short(text), choices="、".join(choices))
    return text


def said_as(row: Row, name: str, words: Mapping[str, str], default: str | None = None) -> str | None:
    """The value that a word of `words` (word → value) stands for. Raises Bad."""
    text = row.get(name)
    if not text:
        return default
    if text not in words:
        raise Bad(name, "cell_choice", value=short(text), choices="、".join(words))
    return words[text]


def yes_or_no(row: Row, name: str, default: bool) -> bool:
    """是, 否, yes, no and what else is written for them. Raises Bad."""
    text = row.get(name).lower()
    if not text:
        return default
    if text not in YES + NO:
        raise Bad(name, "cell_choice", value=short(text), choices="是、否")
    return text in YES


def day(row: Row, name: str, *, open_ended: bool = False) -> date | None:
    """A date such as 2026-11-24, 2026/11/24, 2026年11月24日, 20261124 or a spreadsheet's day number; None where empty.

    With `open_ended`, 长期 and its like are None as well. Raises Bad.
    """
    text = row.get(name)
    if not text or (open_ended and text in OPEN_ENDED):
        return None
    try:
        return _day(folded(text.split("T")[0]) if "T" in text else folded(text.split(" ")[0]))
    except (ValueError, OverflowError):
        raise Bad(name, "cell_day", value=short(text)) from None


def _day(text: str) -> date:
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and SERIAL_DAYS[0] <= float(text) <= SERIAL_DAYS[1]:
        return NONE + timedelta(days=int(float(text)))
    if re.fullmatch(r"\d{8}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    if parts is None:
        raise ValueError(text)
    year, month, of_month = (int(p) for p in parts.groups())
    return date(year, month, of_month)


def moment(row: Row, name: str) -> datetime | None:
    """An RFC 3339 time, or one as offices write it: 2026-3-1 9:30, 2026年3月1日9时30分, a spreadsheet's number.

    Without an offset it is Asia/Shanghai, a date alone its first instant. Raises Bad.
    """
    text = row.get(name)
    if not text:
        return None
    try:
        value = _moment(text)
    except (ValueError, OverflowError):
        raise Bad(name, "cell_moment", value=short(text)) from None
    if not 2000 <= value.year < 2100:
        raise Bad(name, "cell_moment_range", value=short(text))
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        text = unicodedata.normalize("NFKC", text)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        _day(text)  # within the days that a spreadsheet can mean
        whole = datetime.combine(NONE, time()) + timedelta(days=float(text))
        return (whole + timedelta(microseconds=500_000)).replace(microsecond=0)
    parts = _WRITTEN.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    hour, minute, second = (int(part or 0) for part in parts.groups()[1:])
    return datetime.combine(_day(parts[1]), time(hour, minute, second))


def is_day(text: str) -> bool:
    """Whether a text says a day and no time of it."""
    return bool(text) and ":" not in text and "时" not in text and "." not in text.partition("T")[0]


def number(row: Row, name: str) -> int | None:
    """A whole number, full-width digits as well; None where empty. Raises Bad."""
    text = folded(row.get(name))
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Bad(name, "cell_number", value=short(text))
    return int(text)
