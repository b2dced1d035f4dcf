"""The application form (申领): what fills it, search, check against the rules, send, or heed the advice."""

import json
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.applications import Application
from app.domain.enterprises import normalise_uscc
from app.domain.errors import DomainError, Invalid, NotFound
from app.domain.inspections import REJECTED
from app.domain.matters import WISH
from app.domain.times import shanghai_day
from app.i18n import clock_time, day
from app.queries import applying as filling
from app.queries import inspector as queries
from app.queries import joint as joint_queries
from app.queries import registry
from app.queries import space as space_queries
from app.services.applying import applications, drafts, templates
from app.store import registry as register
from app.web.inspector import forms, rechecks
from app.web.inspector.blueprint import blueprint, issued_elsewhere, messages, over, shown_or_404, staff
from app.web.plans.prefill import from_plan_row

FIRST_INSPECT = ("emergency", "evidence_risk", "system_failure")


@blueprint.get("/apply")
@staff
def apply_form() -> BaseResponse | str:
    """A form to fill in; where codes are applied for in another system, a page that says so instead."""
    with reading() as session:
        elsewhere = issued_elsewhere(session)
    return render_template("inspector/elsewhere.html", issuing=elsewhere) if elsewhere else _begun_form()


def _begun_form() -> BaseResponse | str:
    """A new form, or one that begins with a draft, a template, an earlier inspection or an emergency."""
    who, args = actor(), request.args
    form = "new"
    with reading() as session:
        values = _filled(session)
        if args.get("again"):
            s = shown_or_404(session, args["again"])
            begin = forms.corrected if s.inspection.state == REJECTED else forms.again
            values = begin(s.inspection, who.unit, s.enterprise.uscc, s.enterprise.name, now())
            form = f"again:{args['again']}"
        elif args.get("recheck"):
            s = shown_or_404(session, args["recheck"])
            values = rechecks.again(
                s.inspection, who.unit, s.enterprise.uscc, s.enterprise.name, s.inspection.number, now()
            )
            form = f"recheck:{args['recheck']}"
        elif args.get("template"):
            template = templates.of_actor(session, who, args["template"])
            values = forms.kept(values, json.loads(template.typed))
            form = f"template:{template.id}"
        elif args.get("draft"):
            draft = drafts.of_unit(session, who, args["draft"])
            if draft.inspection:
                return redirect(url_for("inspector.detail", inspection_id=draft.inspection), 303)
            values = forms.kept(values, json.loads(draft.typed))
            values |= {"client_key": draft.client_key, "draft_revision": str(draft.revision)}
            form = f"draft:{draft.id}"
        elif args.get("wish"):
            values |= _of_wish(session, args["wish"])
            form = f"wish:{args['wish']}"
        elif args.get("enterprise"):
            form = _at(session, values, args["enterprise"][:64])
        elif args.get("plan"):
            values |= from_plan_row(session, args)
            form = f"plan:{args['plan'][:64]}:{args.get('item', '')[:64]}:{args.get('uscc', '')[:40]}"
        elif args.get("first") in FIRST_INSPECT:
            values |= forms.first_inspect(now(), args["first"]) | {"officers": values["officers"]}
            form = f"first:{args['first']}"
    return _apply_page(values, {}, form=form)


def _of_wish(session: Any, matter_id: str) -> dict[str, Any]:
    """What an enterprise's own request (企业申请) fills in: its number is the clue. Raises NotFound for another unit's."""
    found = space_queries.before_unit(session, installation().vault, str(actor().unit))
    wish = next((w.row for w in found if w.row.id == matter_id and w.row.kind == WISH), None)
    if wish is None:
        raise NotFound("no_such_matter")
    enterprise = space_queries.enterprises(session, [wish.enterprise])[0]
    return {
        "enterprise.uscc": enterprise.uscc or "",
        "enterprise.name": enterprise.name,
        "enterprise.address": enterprise.address or "",
        "kind": "triggered",
        "cause": "enterprise_request",
        "clue_no": wish.number or "",
        "reason": wish.text or "",
        "items": [wish.item] if wish.item else [],
    }


@blueprint.post("/apply")
@staff
def apply() -> BaseResponse | str | tuple[str, int]:
    """Search, check, send, keep or heed the advice: which button was pressed says which."""
    values = forms.typed(request.form)
    pressed = request.form.get("go", "check")
    if pressed in ("edit", "search"):
        return _apply_page(values, {}, search=request.form.get("search", "") if pressed == "search" else "")
    try:
        if pressed == "draft":
            return over(redirect(url_for("inspector.home"), 303), _keep(values).client_key)
        if pressed == "template":
            return _keep_template(values)
        application = forms.application(values, now())
        if pressed == "send":
            applied = perform(drafts.apply, actor(), application)
            made = redirect(url_for("inspector.detail", inspection_id=applied.inspection.id), 303)
            return over(made, application.client_key)
        if pressed == "heed":
            perform(applications.heed_advice, actor(), application, request.form.get("note", "").strip()[:500])
            perform(drafts.put_away, actor(), application.client_key)
            return over(redirect(url_for("inspector.home"), 303), application.client_key)
        return _check_page(values, application)
    except Invalid as error:
        return _apply_page(values, messages(error)), 422
    except DomainError as error:
        return _apply_page(values, {"form": messages(error).popitem()[1]}), 409


@blueprint.get("/apply/hints")
@staff
def hints() -> Response:
    """What is known of a chosen enterprise: its address, and what the own unit did there last."""
    uscc = normalise_uscc(request.args.get("uscc", "")[:40])
    with reading() as session:
        enterprise = register.enterprise_by_uscc(session, uscc)
        last = filling.last_at(session, str(actor().unit), enterprise.id) if enterprise else None
    if enterprise is None:
        return jsonify(None)
    known: dict[str, Any] = {"address": enterprise.address or "", "last": None}
    if last is not None:
        known["last"] = {
            "day": day(last.visit_start or last.window_start),
            "items": list(last.items),
            "place_address": last.place_address or "",
        }
    return jsonify(known)


@blueprint.post("/apply/later")
@staff
def apply_later() -> tuple[Response, int]:
    """What a browser kept while there was no network, sent when it is back: made once for one key, both times kept."""
    values = forms.typed(request.form)
    try:
        applied = perform(drafts.apply, actor(), forms.application(values, now()))
    except DomainError as error:
        return jsonify(errors=messages(error)), 422
    url = url_for("inspector.detail", inspection_id=applied.inspection.id)
    return jsonify(url=url, number=applied.inspection.number), 201


@blueprint.post("/drafts")
@staff
def keep_draft() -> tuple[Response, int]:
    """The form saves itself."""
    try:
        draft = _keep(forms.typed(request.form))
    except DomainError as error:
        return jsonify(message=messages(error).popitem()[1]), 409
    return jsonify(id=draft.id, revision=draft.revision, saved=clock_time(draft.saved_at)), 200


def _at(session: Any, values: dict[str, Any], enterprise_id: str) -> str:
    """Fills in an enterprise whose permanent code was scanned; the name of the form."""
    enterprise = register.enterprise(session, enterprise_id)
    if enterprise is None:
        return "new"
    values |= {"enterprise.uscc": enterprise.uscc or "", "enterprise.name": enterprise.name}
    return f"at:{enterprise.id}"


def _filled(session: Any) -> dict[str, Any]:
    """A fresh form with what is known of its applicant: whom one goes with, and the plan where there is only one."""
    values = forms.fresh(now())
    plans = filling.plans_in_force(session, str(actor().unit), shanghai_day(now()))
    values["officers"] = filling.usual_officers(session, actor())
    if len(plans) == 1:
        values["plan_code"] = plans[0].code
    return values


def _keep(values: dict[str, Any]) -> Any:
    """Saves a draft. A revision that is no number is none."""
    typed = {name: value for name, value in values.items() if name not in forms.OF_THE_FORM and value}
    title = values["enterprise.name"] or values["enterprise.uscc"]
    text = values["draft_revision"]
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
    return perform(drafts.save, actor(), values["client_key"] or forms.key(), typed, title, revision)


def _keep_template(values: dict[str, Any]) -> str:
    case = ("enterprise.", "window.", "slots.", "clue_no", "external.", "started_at", "recheck_of")
    typed = {n: v for n, v in values.items() if v and n not in forms.OF_THE_FORM and not n.startswith(case)}
    for_unit = request.form.get("template_for") == "unit"
    perform(templates.save, actor(), typed, request.form.get("template_name", ""), for_unit=for_unit)
    return _apply_page(values, {})


def _apply_page(values: dict[str, Any], errors: dict[str, str], search: str = "", form: str = "typed") -> str:
    today, unit = shanghai_day(now()), str(actor().unit)
    with reading() as session:
        items, _ = registry.items(session, today, unit, None, 200)
        officers = registry.officers(session, unit, today)
        found = registry.enterprises(session, search, limit=8) if search else []
        units = registry.inspecting_units(session)
        plans = filling.plans_in_force(session, unit, today)
        usable = templates.usable(session, actor())
    known = {o.certificate_no for o in officers}
    items = [i for i in reversed(items) if i.published]
    only = plans[0].items if len(plans) == 1 else [i.code for i in items]
    if form == "new" and len(only) == 1:
        values |= {"items": list(only)}  # where there is nothing to choose, nothing is left to forget
    return render_template(
        "inspector/apply.html",
        values=values | {"more_officers": _strangers(values, known)},
        errors=errors,
        items=items,
        officers=officers,
        found=found,
        search=search,
        units=[u for u in units if u.code != unit],
        plans=plans,
        templates=usable,
        form=form,
        rendered=int(now().timestamp()),
    )


def _strangers(values: dict[str, Any], known: set[str]) -> str:
    """Officers of other units that a draft or an earlier visit names stand in the free field."""
    typed = values["more_officers"]
    return " ".join(
        [*(o for o in values["officers"] if o not in known and o not in typed), *([typed] if typed else [])]
    )


def _check_page(values: dict[str, Any], application: Application) -> str:
    """What the rules say before anything is sent; recorded is nothing."""
    with installation().unit_of_work() as work:
        enterprise, advisories = applications.preview(work, actor(), application)
        recent = queries.recent(work.session, enterprise.id) if enterprise else []
        tasks = queries.open_tasks(work.session, enterprise.id, now()) if enterprise else []
        partners = _partners(work, enterprise, application) if enterprise else []
        units = registry.names(work.session, [i.lead_unit for i in [*recent, *tasks]])
        year, unit = shanghai_day(application.window_start).year, str(actor().unit)
        planned = queries.planned_this_year(work.session, enterprise.id, unit, year) if enterprise else 0
        terms = registry.items(work.session, shanghai_day(now()), unit, None, 200)[0]
        caps = [t.yearly_cap for t in terms if t.code in application.items and t.yearly_cap is not None]
        work.session.expunge_all()
        work.session.rollback()
    return render_template(
        "inspector/check.html",
        values=values,
        enterprise=enterprise,
        advisories=advisories,
        recent=recent,
        units=units,
        tasks=tasks,
        partners=partners,
        planned=planned,
        cap=min(caps, default=None),
    )


def _partners(work: Any, enterprise: Any, application: Any) -> Any:
    region = work.default_jurisdiction
    start, address = application.window_start, application.place_address
    found = joint_queries.before_applying(work.session, str(actor().unit), enterprise.id, address, start, region, now())
    return [p for p in found if p.unit not in application.invite]
