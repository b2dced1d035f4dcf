"""Query parameters: declared once, checked here, described in OpenAPI from the same declaration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.errors import Invalid
from app.domain.times import parse_rfc3339
from app.queries.paging import MOST, USUAL, limit_of

TEXT, DAY, MOMENT, COUNT, CURSOR = "text", "day", "moment", "count", "cursor"
LONGEST = 200
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_CURSOR = re.compile(r"[\x21-\x7e]{1,100}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter. `choices` closes it; a `needed` one must be given."""

    about: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    needed: bool = False

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        if self.kind == COUNT:
            return {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        formats = {DAY: "date", MOMENT: "date-time"}
        found: dict[str, Any] = {"type": "string"}
        if self.kind in formats:
            found["format"] = formats[self.kind]
        if self.choices:
            found["enum"] = list(self.choices)
        return found


Parameters = Mapping[str, Parameter]
PAGED: dict[str, Parameter] = {
    "cursor": Parameter("`next` of the page before.", CURSOR),
    "limit": Parameter(f"1–{MOST} entries a page.", COUNT),
}


def read(declared: Parameters, given: Mapping[str, str]) -> dict[str, Any]:
    """The declared parameters as values (date, datetime, int, str); absent and empty ones are left out, but `limit`
    is always there. Raises Invalid for an unknown name or a wrong value."""
    for name in given:
        if name not in declared:
            raise Invalid("unknown_field", name[:80], name=name[:80])
    found = {name: _value(name, declared[name], text) for name, text in given.items() if text}
    for name, parameter in declared.items():
        if parameter.needed and name not in found:
            raise Invalid("missing", name)
    if "limit" in declared:
        found.setdefault("limit", USUAL)
    return found


def _value(name: str, parameter: Parameter, text: str) -> Any:
    if parameter.kind == CURSOR and not _CURSOR.fullmatch(text):
        raise Invalid("cursor", name)
    if len(text) > LONGEST:
        raise Invalid("too_long", name, most=LONGEST)
    if any(c < " " or c == "\x7f" for c in text):
        raise Invalid("control_character", name)
    if parameter.choices and text not in parameter.choices:
        raise Invalid("unknown_choice", name, value=text, choices=", ".join(parameter.choices))
    readers = {DAY: _day, MOMENT: _moment, COUNT: lambda _name, value: limit_of(value)}
    return readers[parameter.kind](name, text) if parameter.kind in readers else text


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise Invalid("wrong_type", name, expected=_l("日期，例如 2026-11-22"))
    if not EARLIEST <= found < LATEST:
        raise Invalid("time_out_of_range", name)
    return found


def _moment(name: str, text: str) -> datetime:
    """A `+` that arrived as a space (not percent-encoded) is taken as meant."""
    try:
        found = parse_rfc3339(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise Invalid("naive_time", name) from None
    except OverflowError:
        found = datetime.min.replace(tzinfo=UTC)
    if not EARLIEST <= found.date() < LATEST:
        raise Invalid("time_out_of_range", name)
    return found
