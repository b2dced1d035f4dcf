"""The inspector's forms: what was typed in, commands out. Field names are those of api.md, with dots as they are."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain.applications import Application, EnterpriseRef
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, Problem
from app.domain.inspections import CONTACT, Inspection, Result
from app.domain.times import SHANGHAI
from app.services.visits import Completion

LISTS = ("items", "officers", "invite")
TEXTS = (
    "enterprise.uscc", "enterprise.name", "enterprise.address", "enterprise.no_uscc_reason", "kind", "plan_code", "cause",
    "clue_no", "reason", "window.start", "window.end", "place.kind", "place.address", "way", "exception",
    "exception_reason", "external.system", "external.number", "external.qr", "more_officers", "recheck_of",
)  # fmt: skip
MOST = {"reason": 2000, "exception_reason": 2000, "external.qr": 2000, "place.address": 400, "enterprise.address": 400}


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """Everything that was typed, to show it again."""
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    values |= {name: form.getlist(name) for name in LISTS}
    values["surprise"] = form.get("surprise") == "1"
    return values


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
    }


def again(i: Inspection, uscc: str | None, name: str, now: datetime) -> dict[str, Any]:
    """「再来一次」: the same enterprise, items and officers, a new time."""
    return fresh(now) | {
        "enterprise.uscc": uscc or "",
        "enterprise.name": name,
        "kind": i.kind,
        "plan_code": i.plan_code or "",
        "items": list(i.items),
        "officers": [o.certificate_no for o in i.officers],
        "place.kind": i.place_kind,
        "place.address": i.place_address or "",
        "way": i.way,
    }


def application(values: Mapping[str, Any]) -> Application:
    """The command. Raises Invalid with every field that is wrong or too long."""
    problems = [
        (name, "too_long", {"most": MOST.get(name, 200)}) for name in TEXTS if len(values[name]) > MOST.get(name, 200)
    ]
    window = {name: _moment(values[name], name, problems) for name in ("window.start", "window.end")}
    if values["kind"] == "triggered":
        problems += [(name, "missing", {}) for name in ("cause", "reason") if not values[name]]
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
    )


def completion(form: Mapping[str, str], i: Inspection, own: Collection[str]) -> Completion:
    """The result item by item: of the `own` items all that have none yet, of others what was filled in. Raises Invalid."""
    problems: list[Problem] = []
    ended = _moment(form.get("ended_at", ""), "ended_at", problems)
    known = {r.item for r in i.results}
    for item in i.items:
        if item in own and item not in known and not form.get(f"outcome.{item}"):
            problems.append((f"outcome.{item}", "missing", {}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    results = tuple(
        Result(item, form[f"outcome.{item}"], form.get(f"note.{item}", "").strip()[:2000] or None)
        for item in i.items
        if form.get(f"outcome.{item}")
    )
    return Completion(results, ended)


def _moment(text: str, name: str, problems: list[Problem]) -> Any:
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
