"""Times: aware UTC inside, Asia/Shanghai for what people call a day (rules.md: "Day")."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc(value: datetime) -> datetime:
    """`value` as aware UTC; a naive time is a programming error."""
    if value.tzinfo is None:
        raise ValueError("a naive time has no place here")
    return value.astimezone(UTC)


def shanghai_day(value: datetime) -> date:
    """The Asia/Shanghai date of an aware instant."""
    return value.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The first instant of an Asia/Shanghai day, as UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first instant after an Asia/Shanghai day, as UTC."""
    return day_start(day + timedelta(days=1))


def rfc3339(value: datetime) -> str:
    """UTC with microseconds only where there are any: 2026-11-22T06:02:00Z."""
    text = utc(value).isoformat()
    return text.replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """The aware UTC instant of an RFC 3339 text with offset. Raises ValueError."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("an offset is missing")
    return value.astimezone(UTC)


def iso_week(value: datetime) -> str:
    """The ISO week of the Asia/Shanghai day, `2026-W47`: all the time that a rating keeps."""
    year, week, _ = shanghai_day(value).isocalendar()
    return f"{year}-W{week:02d}"
