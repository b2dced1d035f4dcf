"""The inspector's forms: what was typed in, commands out. Field names are those of api.md, with dots as they are."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain.applications import Application, EnterpriseRef
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, Problem
from app.domain.inspections import CONTACT, Inspection, Slot
from app.domain.times import SHANGHAI

SWITCHES = ("surprise", "announce")
OF_THE_FORM = ("client_key", "begun_at", "draft_revision")  # what no draft and no template keeps
LISTS = ("items", "officers", "invite")
TEXTS = (
    "enterprise.uscc", "enterprise.name", "enterprise.address", "enterprise.no_uscc_reason", "kind", "plan_code", "cause",
    "clue_no", "reason", "window.start", "window.end", "place.kind", "place.address", "way", "exception",
    "exception_reason", "external.system", "external.number", "external.qr", "more_officers", "recheck_of", "started_at",
    "assisting",
    "slots.1.start", "slots.1.end", "slots.2.start", "slots.2.end", "client_key", "begun_at", "draft_revision",
)  # fmt: skip
CLOCKS_DIFFER = timedelta(minutes=5)
MOST = {"reason": 2000, "exception_reason": 2000, "external.qr": 2000, "place.address": 400, "enterprise.address": 400}


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """Everything that was typed, to show it again."""
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    values |= {name: form.getlist(name) for name in LISTS}
    values |= {name: form.get(name) == "1" for name in SWITCHES}
    return values


def key() -> str:
    """A new form's own key: sent twice, it makes one inspection."""
    return secrets.token_urlsafe(16)


def fresh(now: datetime) -> dict[str, Any]:
    """An empty form: planned, premises, on site, from the next quarter of an hour for two hours."""
    start = now.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    start += timedelta(minutes=-start.minute % 15)
    values = typed(MultiDict())
    return values | {
        "kind": "planned",
        "place.kind": "premises",
        "way": "on_site",
        "window.start": start.strftime("%Y-%m-%dT%H:%M"),
        "window.end": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "client_key": key(),
    }


def first_inspect(now: datetime, exception: str) -> dict[str, Any]:
    """「先检查后补办」: an emergency that is on, or a visit whose registration failed."""
    values = fresh(now) | {"exception": exception}
    if exception == "emergency":  # it is on: the quarter that comes would be refused as not yet
        start = now.astimezone(SHANGHAI)
        window = {
            "window.start": f"{start:%Y-%m-%dT%H:%M}",
            "window.end": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        }
        return values | window | {"kind": "triggered", "cause": "emergency", "started_at": window["window.start"]}
    return values | {"window.start": "", "window.end": ""}


def kept(values: Mapping[str, Any], typed_before: Mapping[str, Any]) -> dict[str, Any]:
    """A form's values with those of a draft or template over them; what it does not know is left out."""
    return {**values} | {name: value for name, value in typed_before.items() if name in values}


def again(i: Inspection, unit: str | None, uscc: str | None, name: str, now: datetime) -> dict[str, Any]:
    """「再来一次」: the same enterprise, items and officers of `unit` (partners of a joint visit name their own), a new time."""
    return fresh(now) | {
        "enterprise.uscc": uscc or "",
        "enterprise.name": name,
        "kind": i.kind,
        "plan_code": i.plan_code or "",
        "items": list(i.items),
        "officers": [o.certificate_no for o in i.officers_of(unit)],
        "place.kind": i.place_kind,
        "place.address": i.place_address or "",
        "way": i.way,
    }


def corrected(i: Inspection, unit: str | None, uscc: str | None, name: str, now: datetime) -> dict[str, Any]:
    """「修改后重新申请」: everything of what the head turned down; a time that went by is a new one, unless the visit had begun."""
    kept = {
        "cause": i.cause,
        "clue_no": i.clue_no,
        "reason": i.reason,
        "exception": i.exception,
        "exception_reason": i.exception_reason,
        "started_at": _local(i.started_at),
        "external.system": i.external_system,
        "external.number": i.external_number,
        "external.qr": i.external_qr,
        "recheck_of": i.recheck_of,
        "assisting": i.assisting,
    }
    if i.window_start > now or i.started_at is not None:
        kept |= {"window.start": _local(i.window_start), "window.end": _local(i.window_end)}
    values = {name: str(value) for name, value in kept.items() if value is not None}
    return again(i, unit, uscc, name, now) | values | {"surprise": i.surprise}


def _local(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" if moment is not None else None


def application(values: Mapping[str, Any], now: datetime) -> Application:
    """The command. Raises Invalid with every field that is wrong or too long."""
    problems: list[Problem] = [
        (name, "too_long", {"most": MOST.get(name, 200)}) for name in TEXTS if len(values[name]) > MOST.get(name, 200)
    ]
    window = {name: moment_of(values[name], name, problems) for name in ("window.start", "window.end")}
    started = moment_of(values["started_at"], "started_at", problems) if values["started_at"] else None
    problems += _left_out(values)
    if started and started > now + CLOCKS_DIFFER:
        problems.append(("started_at", "in_the_future", {}))
    assisting = whole(values, "assisting", problems)
    more_slots = _slots(values, (1, 2), problems) if values["announce"] else ()
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    optional = {name: values[name] or None for name in TEXTS}
    more = re.split(r"[\s,，、;；]+", values["more_officers"].strip()) if values["more_officers"].strip() else []
    uscc = values["enterprise.uscc"]
    return Application(
        enterprise=EnterpriseRef(
            normalise_uscc(uscc) if uscc else None,
            optional["enterprise.name"],
            optional["enterprise.address"],
            optional["enterprise.no_uscc_reason"],
        ),
        kind=values["kind"],
        items=tuple(values["items"]) if values["kind"] != CONTACT else (),
        officers=tuple(dict.fromkeys([*values["officers"], *more])),
        window_start=window["window.start"],
        window_end=window["window.end"],
        plan_code=optional["plan_code"] if values["kind"] == "planned" else None,
        cause=optional["cause"] if values["kind"] == "triggered" else None,
        clue_no=optional["clue_no"] if values["kind"] == "triggered" else None,
        reason=optional["reason"],
        recheck_of=optional["recheck_of"],
        place_kind=values["place.kind"] or "premises",
        place_address=optional["place.address"],
        way=values["way"] or "on_site",
        invite=tuple(dict.fromkeys(values["invite"])),
        surprise=values["surprise"],
        exception=optional["exception"],
        exception_reason=optional["exception_reason"],
        external_system=optional["external.system"],
        external_number=optional["external.number"],
        external_qr=optional["external.qr"],
        started_at=started if values["exception"] else None,
        begun_at=_device_time(values["begun_at"]),
        client_key=optional["client_key"],
        assisting=assisting,
        slots=(Slot(window["window.start"], window["window.end"]), *more_slots) if values["announce"] else (),
    )


def _left_out(values: Mapping[str, Any]) -> list[Problem]:
    """What this page asks for beyond the contract: reasons where the law wants one."""
    needed: list[str] = []
    if values["kind"] == "triggered":
        needed += ["cause", "reason"]
    if values["exception"]:
        needed += ["exception_reason", *(["started_at"] if values["exception"] == "system_failure" else [])]
    return [(name, "missing", {}) for name in needed if not values[name]]


def slots(form: Mapping[str, str]) -> tuple[Slot, ...]:
    """The times of an advance notice. Raises Invalid."""
    problems: list[Problem] = []
    found = _slots(form, (1, 2, 3), problems)
    if problems or not found:
        field, code, data = (problems or [("slots.1.start", "missing", {})])[0]
        raise Invalid(code, field, problems=problems or None, **data)
    return found


def _slots(form: Mapping[str, str], numbers: tuple[int, ...], problems: list[Problem]) -> tuple[Slot, ...]:
    found = []
    for number in numbers:
        names = (f"slots.{number}.start", f"slots.{number}.end")
        if any(form.get(name) for name in names):
            found.append([moment_of(form.get(name, ""), name, problems) for name in names])
    return tuple(Slot(start, end) for start, end in found if start and end)


def whole(form: Mapping[str, str], name: str, problems: list[Problem]) -> int | None:
    """A whole number, None where nothing was typed; a problem where it is none."""
    text = form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        problems.append((name, "whole_number", {}))
        return None
    return int(text)


def _device_time(text: str) -> datetime | None:
    """When the device says that the form was first written; what cannot be read is not said at all."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo and 2000 <= value.year < 2100 else None


def moment_of(text: str, name: str, problems: list[Problem]) -> Any:
    """A datetime-local input as Asia/Shanghai; a problem where it is none."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        problems.append((name, "missing", {}) if not text else (name, "wrong_type", {"expected": "2026-11-24 09:00"}))
        return None
    if not 2000 <= value.year < 2100:
        problems.append((name, "time_out_of_range", {}))
        return None
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
