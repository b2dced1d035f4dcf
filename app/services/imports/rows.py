"""What all imports share: a row of text with its number, its problems, and reading a field of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.times import SHANGHAI


@dataclass(frozen=True, slots=True)
class Row:
    """Row `number` of the file (the header is row 1); fields are trimmed, missing ones empty."""

    number: int
    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def many(self, name: str) -> list[str]:
        """A list separated by ; (or its full-width form), without empty entries."""
        return [part.strip() for part in self.get(name).replace("；", ";").split(";") if part.strip()]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be stored, or (`warning`) what should be looked at."""

    row: int
    field: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return f"row {self.row}: {self.field}: {self.reason}"


class Bad(ValueError):
    """A field of a row that cannot be read."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: rows stored, rows that were there already, problems."""

    stored: int
    unchanged: int
    problems: tuple[RowProblem, ...]


Progress = Callable[[int], None]


def required(row: Row, name: str, most: int = 200) -> str:
    """A field that must not be empty. Raises Bad."""
    text = row.get(name)
    if not text:
        raise Bad(name, "is empty")
    return limited(row, name, most) or text


def limited(row: Row, name: str, most: int = 200) -> str | None:
    """A field of at most `most` characters, None where empty. Raises Bad."""
    text = row.get(name)
    if len(text) > most:
        raise Bad(name, f"has {len(text)} characters, at most {most}")
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise Bad(name, "contains a control character")
    return text or None


def choice(row: Row, name: str, choices: Sequence[str], default: str | None = None) -> str | None:
    """One of `choices`, or `default` where empty. Raises Bad."""
    text = row.get(name)
    if not text:
        return default
    if text not in choices:
        raise Bad(name, f"{text!r} is none of {', '.join(choices)}")
    return text


def day(row: Row, name: str) -> date | None:
    """A date such as 2026-11-24 or 2026/11/24, None where empty. Raises Bad."""
    text = row.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-").split(" ")[0].split("T")[0])
    except ValueError:
        raise Bad(name, f"{text!r} is no date such as 2026-11-24") from None


def moment(row: Row, name: str) -> datetime | None:
    """An RFC 3339 time; without an offset it is Asia/Shanghai, a date alone its first instant. Raises Bad."""
    text = row.get(name)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise Bad(name, f"{text!r} is no time such as 2026-11-24T09:00:00+08:00") from None
    if not 2000 <= value.year < 2100:
        raise Bad(name, f"{text!r} is not between 2000 and 2100")
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def number(row: Row, name: str) -> int | None:
    """A whole number, None where empty. Raises Bad."""
    text = row.get(name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Bad(name, f"{text!r} is no whole number")
    return int(text)
