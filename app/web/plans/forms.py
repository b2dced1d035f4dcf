"""The forms of plans: what was typed in, the domain's content out. Nothing typed is lost."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from app.domain import plan_text
from app.domain.errors import Invalid, Problem
from app.domain.plans import YEARLY, Content, Line

HEAD_FIELDS = ("code", "title", "kind", "starts_on", "ends_on", "note")
LINE_FIELDS = tuple(f.name for f in fields(Line) if f.name not in ("starts_on", "ends_on"))
_NUMBERS = ("wanted", "cap")


def typed(form: Mapping[str, str], names: tuple[str, ...]) -> dict[str, Any]:
    """Everything that was typed, to show it again."""
    return {name: form.get(name, "").strip() for name in names}


def fresh(year: int) -> dict[str, Any]:
    """An empty plan: this year's."""
    return {
        **dict.fromkeys(HEAD_FIELDS, ""),
        "kind": YEARLY,
        "title": f"{year} 年度行政检查计划",
        "starts_on": f"{year}-01-01",
        "ends_on": f"{year}-12-31",
    }


def of_content(content: Content, code: str) -> dict[str, Any]:
    """The head of a plan as typed."""
    return {
        "code": code,
        "title": content.title,
        "kind": content.kind,
        "starts_on": content.starts_on.isoformat(),
        "ends_on": content.ends_on.isoformat(),
        "note": content.note or "",
    }


def of_line(line: Line) -> dict[str, Any]:
    """A row as typed; a share as percent."""
    values = {name: "" if (v := getattr(line, name)) is None else str(v) for name in LINE_FIELDS}
    return values | {"share": f"{line.share / 100:g}%" if line.share else ""}


def head(values: Mapping[str, Any], before: Content | None) -> Content:
    """The content with its head as typed and the rows as before. Raises Invalid."""
    problems: list[Problem] = []
    days = {}
    for name in ("starts_on", "ends_on"):
        days[name] = plan_text.read_date(values[name])
        if days[name] is None:
            missing = (
                (name, "missing", {}) if not values[name] else (name, "plan_import_date", {"value": values[name][:40]})
            )
            problems.append(missing)
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    first, last = days["starts_on"], days["ends_on"]
    assert isinstance(first, date) and isinstance(last, date)
    lines, keys = (before.lines, before.keys) if before else ((), ())
    return Content(values["title"], values["kind"], first, last, lines, keys, values["note"] or None)


def line(values: Mapping[str, Any], content: Content) -> Line:
    """A row as typed. Raises Invalid with every field that cannot be read."""
    problems: list[Problem] = []
    numbers: dict[str, Any] = {}
    if not values["item"]:
        problems.append(("item", "missing", {}))
    for name in _NUMBERS:
        text = plan_text.folded(values[name])
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
        if text and not numbers[name]:
            problems.append((name, "plan_import_number", {"value": values[name][:40]}))
    share = plan_text.read_objects(values["share"] + ("%" if values["share"] and "%" not in values["share"] else ""))[1]
    if values["share"] and share is None:
        problems.append(("share", "plan_share", {"value": values["share"][:40]}))
    period = plan_text.read_period(values["timing"], content.starts_on.year) if values["timing"] else None
    if values["timing"] and period is None:
        problems.append(("timing", "plan_timing", {"value": values["timing"][:40]}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    texts: dict[str, Any] = {
        name: values[name] or None for name in LINE_FIELDS if name not in (*_NUMBERS, "share", "item")
    }
    made = Line(item=values["item"], share=share, **numbers, **texts)
    return replace(made, starts_on=period[0], ends_on=period[1]) if period else made


def with_line(content: Content, position: int, made: Line) -> Content:
    """The content with row `position` (from 1) replaced, or added where it is the next one."""
    lines = list(content.lines)
    lines[position - 1 : position] = [made]
    return replace(content, lines=tuple(lines))


def without_line(content: Content, position: int) -> Content:
    return replace(content, lines=content.lines[: position - 1] + content.lines[position:])


def own_fields(error: Invalid, position: int) -> Invalid:
    """An error whose fields `lines.3.timing` are called as in the form of row 3."""
    prefix = f"lines.{position}."
    problems = [(name.removeprefix(prefix), code, data) for name, code, data in error.problems]
    field, code, data = problems[0]
    return Invalid(code, field, problems=problems, **data)
