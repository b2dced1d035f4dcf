"""The request's JSON as a schema; what does not fit becomes a problem at its field, with a code and a sentence."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import UnsupportedMediaType

from app.domain.errors import Invalid, Problem

MOST_PROBLEMS = 50
WHOLE = "body"  # the field of a problem that belongs to no field

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "json_invalid": "not_json",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "literal_error": "unknown_choice",
    "timezone_aware": "naive_time",
    "control_character": "control_character",
    "time_out_of_range": "time_out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "too_long": "too_many_entries",
}
_EXPECTED: dict[str, Any] = {
    "string_type": _l("应为文字"),
    "int_type": _l("应为整数"),
    "bool_type": _l("应为 true 或 false"),
    "list_type": _l("应为列表"),
    "model_type": _l("应为对象"),
    "date_type": _l("应为日期，例如 2026-11-22"),
    "date_parsing": _l("应为日期，例如 2026-11-22"),
    "date_from_datetime_parsing": _l("应为日期，例如 2026-11-22"),
    "datetime_type": _l("应为带时区的时间，例如 2026-11-22T09:00:00+08:00"),
    "datetime_parsing": _l("应为带时区的时间，例如 2026-11-22T09:00:00+08:00"),
}
_OTHER = _l("请对照接口文档")


def parse(schema: type[BaseModel]) -> Any:
    """The request's body as `schema`; no body is an empty object.

    Raises Invalid with every wrong field, UnsupportedMediaType, RequestEntityTooLarge.
    """
    raw = request.get_data()
    if raw and request.mimetype != "application/json":
        raise UnsupportedMediaType()
    try:
        return schema.model_validate_json(raw or b"{}")
    except ValidationError as error:
        problems = [problem_of(e) for e in error.errors(include_url=False)[:MOST_PROBLEMS]]
    name, code, data = problems[0]
    raise Invalid(code, name, problems=problems, **data)


def problem_of(error: ErrorDetails) -> Problem:
    """A pydantic error as (field, code, data): `window.start`, `results.0.outcome`."""
    name = ".".join(str(part) for part in error["loc"])[:200] or WHOLE
    context = error.get("ctx", {})
    code = _CODES.get(error["type"], "wrong_type")
    if code == "unknown_field":
        return name, code, {"name": str(error["loc"][-1])[:80]}
    if code in ("too_long", "too_many_entries"):
        return name, code, {"most": context["max_length"]}
    if code == "unknown_choice":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return name, code, {"value": str(error["input"])[:80], "choices": choices}
    if code == "out_of_range":
        signs = {"ge": "≥", "le": "≤"}
        return name, code, {"range": ", ".join(f"{signs[k]} {v}" for k, v in context.items())}
    if code == "wrong_type":
        return name, code, {"expected": _EXPECTED.get(error["type"], _OTHER)}
    return name, code, {}
