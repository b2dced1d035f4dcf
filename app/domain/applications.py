"""What an inspector applies for, and what makes an application malformed.

Only what cannot be understood is refused here; whatever else is wrong becomes an advisory of the rules (api.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import inspections as i
from app.domain.enterprises import is_early_pilot, uscc_problem
from app.domain.errors import Invalid, Problem

LONGEST_WINDOW = timedelta(days=366)
LONGEST_CERTIFICATE = 40
LONGEST_KEY = 64
MOST_ITEMS, MOST_OFFICERS, MOST_UNITS, MOST_SLOTS = 30, 30, 12, 3
MOST_PERSONS = 200


@dataclass(frozen=True, slots=True)
class EnterpriseRef:
    """How an applicant names an enterprise: by a normalised USCC, else by name with the reason for having none."""

    uscc: str | None = None
    name: str | None = None
    address: str | None = None
    no_uscc_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """POST /api/v1/inspections as a command. Times are aware; texts are trimmed, empty ones are None.

    `begun_at` is the device's time of what was written without a network. `client_key` is the applicant's own name of
    this application: sent twice, it makes one. `slots` are offered to the enterprise (检查预告).
    """

    enterprise: EnterpriseRef
    kind: str
    items: tuple[str, ...]
    officers: tuple[str, ...]
    window_start: datetime
    window_end: datetime
    plan_code: str | None = None
    cause: str | None = None
    clue_no: str | None = None
    clue_at: datetime | None = None
    reason: str | None = None
    recheck_of: str | None = None
    place_kind: str = "premises"
    place_address: str | None = None
    place_region: str | None = None
    way: str = "on_site"
    joint_units: tuple[str, ...] = ()  # agreed elsewhere: on the visit from the start
    invite: tuple[str, ...] = ()  # asked with the application, each answers for itself
    surprise: bool = False
    started_at: datetime | None = None
    exception: str | None = None
    exception_reason: str | None = None
    low_yield_reason: str | None = None
    external_system: str | None = None
    external_number: str | None = None
    external_qr: str | None = None
    begun_at: datetime | None = None
    client_key: str | None = None
    slots: tuple[i.Slot, ...] = ()
    contact_kind: str | None = None
    assisting: int | None = None  # persons who assist, fixed beforehand


def check(a: Application) -> None:
    """Raises Invalid with every problem found; the field names are those of api.md."""
    problems = [*_enterprise(a.enterprise), *_choices(a), *_window(a), *_lists(a), *_lengths(a), *_announced(a)]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _enterprise(e: EnterpriseRef) -> list[Problem]:
    if e.uscc is None:
        return [] if e.name else [("enterprise.name", "enterprise_missing", {})]
    problem = uscc_problem(e.uscc)
    if problem is None or (problem == "uscc_check_digit" and is_early_pilot(e.uscc)):
        return []
    return [("enterprise.uscc", problem, {"uscc": e.uscc, "length": len(e.uscc)})]


def _choices(a: Application) -> list[Problem]:
    checked = (
        ("kind", a.kind, i.KINDS),
        ("cause", a.cause, i.CAUSES),
        ("place.kind", a.place_kind, i.PLACES),
        ("way", a.way, i.WAYS),
        ("exception", a.exception, i.EXCEPTIONS),
        ("contact_kind", a.contact_kind, i.CONTACT_KINDS),
    )
    return [
        (field, "unknown_choice", {"value": value, "choices": ", ".join(choices)})
        for field, value, choices in checked
        if value is not None and value not in choices
    ]


def _window(a: Application) -> list[Problem]:
    if a.window_end <= a.window_start:
        return [("window.end", "window_ends_before_start", {})]
    if a.window_end - a.window_start > LONGEST_WINDOW:
        return [("window.end", "window_too_long", {"days": LONGEST_WINDOW.days})]
    return []


def _lengths(a: Application) -> list[Problem]:
    e = a.enterprise
    measured = (
        ("enterprise.name", e.name, 200),
        ("enterprise.address", e.address, 400),
        ("enterprise.no_uscc_reason", e.no_uscc_reason, 200),
        ("plan_code", a.plan_code, 64),
        ("clue_no", a.clue_no, 100),
        ("place.address", a.place_address, 400),
        ("place.region", a.place_region, 64),
        ("external.system", a.external_system, 100),
        ("external.number", a.external_number, 100),
        ("client_key", a.client_key, LONGEST_KEY),
        *(("officers", certificate, LONGEST_CERTIFICATE) for certificate in a.officers),
    )
    return [(field, "too_long", {"most": most}) for field, text, most in measured if text and len(text) > most]


def _announced(a: Application) -> list[Problem]:
    if a.slots and a.surprise:
        return [("slots", "surprise_not_announced", {})]
    if a.slots and a.kind == i.CONTACT:
        return [("slots", "contact_not_announced", {})]
    return slot_problems(a.slots)


def slot_problems(slots: tuple[i.Slot, ...]) -> list[Problem]:
    """What is wrong with the slots of an advance notice: at most three, each a window of its own."""
    if len(slots) > MOST_SLOTS:
        return [("slots", "too_many_entries", {"most": MOST_SLOTS})]
    if any(s.end <= s.start for s in slots):
        return [("slots", "window_ends_before_start", {})]
    if any(s.end - s.start > LONGEST_WINDOW for s in slots):
        return [("slots", "window_too_long", {"days": LONGEST_WINDOW.days})]
    return [("slots", "named_twice", {})] if len(set(slots)) != len(slots) else []


def _lists(a: Application) -> list[Problem]:
    problems: list[Problem] = []
    if a.kind != i.CONTACT:
        if not a.officers:
            problems.append(("officers", "officers_missing", {}))
        if not a.items:
            problems.append(("items", "items_missing", {}))
    if a.assisting is not None and not 0 <= a.assisting <= MOST_PERSONS:
        problems.append(("assisting", "out_of_range", {"range": f"0–{MOST_PERSONS}"}))
    for field, values, most in (
        ("items", a.items, MOST_ITEMS),
        ("officers", a.officers, MOST_OFFICERS),
        ("joint_units", a.joint_units, MOST_UNITS),
        ("invite", a.invite, MOST_UNITS - 1),
    ):
        if len(values) > most:
            problems.append((field, "too_many_entries", {"most": most}))
        if len(set(values)) != len(values):
            problems.append((field, "named_twice", {}))
    return problems
