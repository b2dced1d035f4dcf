"""Changing a visit whose code is issued: more time, more items, other officers, only by a new approval.

The inspection stays the same one; the approval issues its next code, and the code before it is replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.applications import LONGEST_CERTIFICATE, LONGEST_WINDOW, MOST_ITEMS, MOST_OFFICERS
from app.domain.errors import Invalid, Problem
from app.domain.inspections import Inspection, OfficerOnVisit
from app.domain.times import parse_rfc3339

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """POST …/amend as a command. What is None or empty stays as it is; `officers` is the whole new list (`keeping`).

    `add_units` are those whose heads confirmed that they come along (综合查一次): only joining asks for them.
    """

    reason: str
    window_end: datetime | None = None
    add_items: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    add_units: tuple[str, ...] = ()


def keeping(inspection: Inspection, a: Amendment, unit: str) -> Amendment:
    """The amendment with the officers of the visit's other units in its list: each unit changes its own officers only."""
    if not a.officers:
        return a
    kept = [o.certificate_no for o in inspection.officers if brought_by_others(inspection, o, unit)]
    named = (*a.officers, *(c for c in kept if c not in a.officers))
    return replace(a, officers=named)


def brought_by_others(inspection: Inspection, officer: OfficerOnVisit, unit: str) -> bool:
    """Whether another unit of the visit answers for an officer: it is theirs, or came with their offer."""
    others = set(inspection.units) - {unit}
    if officer.unit is not None:
        return officer.unit in others
    offers = (i.officers for i in inspection.invitations if i.unit in others)
    return any(officer.certificate_no == o.certificate_no for offer in offers for o in offer)


def check(inspection: Inspection, a: Amendment, now: datetime) -> None:
    """Raises Invalid with every problem found; the field names are those of the API."""
    problems = [*_reason(a), *_window(inspection, a, now), *_items(inspection, a), *_officers(a)]
    if not problems and _is_empty(inspection, a):
        problems = [("window_end", "nothing_to_amend", {})]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def apply(inspection: Inspection, changes: Mapping[str, Any]) -> Inspection:
    """The inspection as it is once `changes` (of a fact's body) are approved; its code is still the old one."""
    end, officers, joining = changes.get("window_end"), changes.get("officers"), changes.get("add_units", ())
    return replace(
        inspection,
        window_end=parse_rfc3339(end) if end else inspection.window_end,
        items=(*inspection.items, *changes.get("add_items", ())),
        officers=tuple(OfficerOnVisit(o["certificate_no"], o.get("name"), o.get("unit")) for o in officers)
        if officers
        else inspection.officers,
        units=(*inspection.units, *joining),
        invitations=tuple(replace(i, state="joined") if i.unit in joining else i for i in inspection.invitations),
    )


def _reason(a: Amendment) -> list[Problem]:
    if not a.reason.strip():
        return [("reason", "reason_missing", {})]
    return [("reason", "too_long", {"most": LONGEST_REASON})] if len(a.reason) > LONGEST_REASON else []


def _window(i: Inspection, a: Amendment, now: datetime) -> list[Problem]:
    if a.window_end is None:
        return []
    if a.window_end <= i.window_end or a.window_end <= now:
        return [("window_end", "window_not_longer", {})]
    if a.window_end - i.window_start > LONGEST_WINDOW:
        return [("window_end", "window_too_long", {"days": LONGEST_WINDOW.days})]
    return []


def _items(i: Inspection, a: Amendment) -> list[Problem]:
    if set(a.add_items) & set(i.items) or len(set(a.add_items)) != len(a.add_items):
        return [("add_items", "named_twice", {})]
    if len(i.items) + len(a.add_items) > MOST_ITEMS:
        return [("add_items", "too_many_entries", {"most": MOST_ITEMS})]
    return []


def _officers(a: Amendment) -> list[Problem]:
    if len(set(a.officers)) != len(a.officers):
        return [("officers", "named_twice", {})]
    if len(a.officers) > MOST_OFFICERS:
        return [("officers", "too_many_entries", {"most": MOST_OFFICERS})]
    if any(len(c) > LONGEST_CERTIFICATE for c in a.officers):
        return [("officers", "too_long", {"most": LONGEST_CERTIFICATE})]
    return []


def _is_empty(i: Inspection, a: Amendment) -> bool:
    same_officers = not a.officers or a.officers == tuple(o.certificate_no for o in i.officers)
    return a.window_end is None and not a.add_items and not a.add_units and same_officers
