"""The rules' settings: what holds, proposing a version, testing it on the past, confirming somebody else's."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.actors import SUPERVISOR
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.flags import settings as domain
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.policy import DEFAULTS, PRESETS
from app.domain.inspections import CAUSES
from app.domain.times import shanghai_day
from app.queries import policies as queries
from app.queries import registry
from app.security import roles
from app.services.flagging import backtest_jobs, policies
from app.store.registry import jurisdiction_of
from app.web.inspector.blueprint import messages
from app.web.words import POLICY_STATES, PRESET_NAMES, SETTINGS

blueprint = Blueprint("policy", __name__, url_prefix="/supervise/policy")
supervisors = roles(SUPERVISOR)


@blueprint.get("/")
@supervisors
def home() -> str:
    today = shanghai_day(now())
    with reading() as session:
        region = _region(session)
        found = queries.versions(session, region, today)
        in_force = queries.in_force(session, region, today)
    return render_template("supervisor/policy.html", versions=found, in_force=in_force, **_words())


@blueprint.get("/new")
@supervisors
def new() -> str:
    """The form, filled with what holds now, a preset or an earlier version."""
    today = shanghai_day(now())
    with reading() as session:
        region = _region(session)
        settings: Any = queries.in_force(session, region, today)
        source = request.args.get("from", "")
        if source in PRESETS:
            settings = domain.preset(source)
        elif source:
            settings = policies.settings_of(_version(queries.versions(session, region, today), source).row)
    first = today + timedelta(days=7)
    period = {"first": (today - timedelta(days=365)).isoformat(), "last": today.isoformat()}
    return _form(settings, {"valid_from": first.isoformat(), "note": "", **period}, {})


@blueprint.post("/new")
@supervisors
def propose() -> Response | tuple[str, int]:
    """Propose, or test on the past first: which button was pressed says which."""
    typed = {name: request.form.get(name, "").strip()[:600] for name in ("valid_from", "note", "first", "last")}
    settings = _settings(request.form)
    try:
        if request.form.get("go") == "backtest":
            first, last = (_day(typed[name], name) for name in ("first", "last"))
            job = perform(backtest_jobs.ask, actor(), settings, first, last)
            return redirect(url_for("jobs.page", job_id=job), 303)
        perform(policies.propose, actor(), settings, _day(typed["valid_from"], "valid_from"), typed["note"])
    except Invalid as error:
        return _form(settings, typed, messages(error)), 422
    return redirect(url_for("policy.home"), 303)


@blueprint.post("/<policy_id>/<step>")
@supervisors
def decide(policy_id: str, step: str) -> Response | tuple[str, int]:
    """confirm or withdraw a draft."""
    use_case = {"confirm": policies.confirm, "withdraw": policies.withdraw}.get(step)
    if use_case is None:
        raise NotFound("no_such_policy")
    try:
        perform(use_case, actor(), policy_id)
    except (Forbidden, Refused) as error:
        return _home_with(error), 409
    return redirect(url_for("policy.home"), 303)


@blueprint.get("/backtest/<job_id>")
@supervisors
def backtest(job_id: str) -> str:
    """What the draft would have flagged, by rule, unit and month, with samples to open."""
    with reading() as session:
        report = backtest_jobs.report(session, actor(), job_id)
        units = registry.names(session, [line["unit"] for line in report["lines"]])
    return render_template("supervisor/backtest.html", report=report, units=units, **_sums(report))


def _home_with(error: DomainError) -> str:
    today = shanghai_day(now())
    with reading() as session:
        region = _region(session)
        found = queries.versions(session, region, today)
        in_force = queries.in_force(session, region, today)
    return render_template(
        "supervisor/policy.html", versions=found, in_force=in_force, errors=messages(error), **_words()
    )


def _form(settings: Any, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("supervisor/policy_form.html", settings=settings, typed=typed, errors=errors, **_words())


def _words() -> dict[str, Any]:
    return {
        "catalogue": CATALOGUE,
        "fields": domain.fields,
        "value": domain.value,
        "defaults": DEFAULTS,
        "presets": PRESET_NAMES,
        "setting_words": SETTINGS,
        "policy_states": POLICY_STATES,
        "causes": CAUSES,
        "me": actor(),
    }


def _settings(form: MultiDict[str, str]) -> dict[str, dict[str, Any]]:
    """The form's fields `rule|setting` as settings; what is no whole number stays text and is refused with a sentence."""
    found: dict[str, dict[str, Any]] = {}
    for rule in CATALOGUE:
        own: dict[str, Any] = {}
        for name in domain.fields(rule):
            key, before = f"{rule}|{name}", domain.value({}, rule, name)
            if name == "exempt":
                own[name] = sorted(form.getlist(key))
            elif isinstance(before, bool):
                own[name] = form.get(key) == "1"
            else:
                text = form.get(key, "").strip()
                own[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text
        found[rule] = own
    return found


def _sums(report: dict[str, Any]) -> dict[str, Any]:
    """Lines added up by rule, by unit and by month: {key: (today, draft)}."""
    sums: dict[str, dict[str, list[int]]] = {"rule": {}, "unit": {}, "month": {}}
    for line in report["lines"]:
        for by, totals in sums.items():
            total = totals.setdefault(line[by], [0, 0])
            total[0] += line["today"]
            total[1] += line["draft"]
    return {f"by_{by}": dict(sorted(totals.items())) for by, totals in sums.items()}


def _region(session: Any) -> str:
    return jurisdiction_of(session, actor().region, None, installation().config.jurisdiction)


def _version(found: list[queries.Version], policy_id: str) -> queries.Version:
    for version in found:
        if version.row.id == policy_id:
            return version
    raise NotFound("no_such_policy")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("missing", field) from None
