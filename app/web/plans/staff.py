"""The unit's plans: list, one with its progress, drafting row by row, import, the steps of the unit."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.actors import HEAD, INSPECTOR
from app.domain.errors import Declined, Invalid, NotFound
from app.domain.plans import DRAFT, KINDS
from app.domain.times import shanghai_day
from app.errors import sentence
from app.queries import plans as queries
from app.queries import registry
from app.queries.paging import USUAL
from app.security import roles, sent_files, takes_files
from app.services.imports import plan_uploads
from app.services.imports import plans as imports
from app.services.imports.running import run
from app.services.planning import plans
from app.web.inspector.blueprint import messages
from app.web.plans import forms, pages, words

blueprint = Blueprint("plans", __name__, url_prefix="/inspect/plans")
staff = roles(INSPECTOR, HEAD)


@blueprint.get("/")
@staff
def listing() -> str:
    filters = {name: request.args.get(name, "").strip()[:64] for name in ("state", "kind")}
    with reading() as session:
        found, following = queries.listed(session, actor(), request.args.get("cursor"), USUAL, **filters)
        shown = queries.shown(session, found)
    return render_template("plans/list.html", shown=shown, following=following, filters=filters, pw=words)


@blueprint.get("/<plan_id>")
@staff
def plan(plan_id: str) -> str:
    return pages.plan_page("inspect", plan_id)


@blueprint.get("/<plan_id>/visits")
@staff
def visits(plan_id: str) -> str:
    return pages.visits_page("inspect", plan_id, request.args.get("item", "")[:64], request.args.get("which", "done"))


@blueprint.post("/<plan_id>/<any(submit,approve,publish,return,withdraw):step>")
@staff
def act(plan_id: str, step: str) -> Response | tuple[str, int]:
    return pages.step("inspect", plan_id, step)


@blueprint.get("/new")
@staff
def new_form() -> str:
    return _head_page(None, forms.fresh(shanghai_day(now()).year), {})


@blueprint.post("/new")
@staff
def new() -> Response | tuple[str, int]:
    values = forms.typed(request.form, forms.HEAD_FIELDS)
    try:
        made = perform(plans.draft, actor(), values["code"], forms.head(values, None))
    except Invalid as error:
        return _head_page(None, values, messages(error)), 422
    return redirect(url_for("plans.row_form", plan_id=made.id, position=1), 303)


@blueprint.get("/<plan_id>/edit")
@staff
def edit_form(plan_id: str) -> str:
    own = _own_draft(plan_id)
    return _head_page(own, forms.of_content(own.content, own.code), {})


@blueprint.post("/<plan_id>/edit")
@staff
def edit(plan_id: str) -> Response | tuple[str, int]:
    own = _own_draft(plan_id)
    values = forms.typed(request.form, forms.HEAD_FIELDS) | {"code": own.code}
    try:
        perform(plans.revise, actor(), plan_id, _revision(), forms.head(values, own.content))
    except Declined as error:
        return _head_page(own, values, messages(error)), 422
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@blueprint.get("/<plan_id>/rows/<int:position>")
@staff
def row_form(plan_id: str, position: int) -> str:
    own = _own_draft(plan_id, position)
    lines = own.content.lines
    values = forms.of_line(lines[position - 1]) if position <= len(lines) else dict.fromkeys(forms.LINE_FIELDS, "")
    return _row_page(own, position, values, {})


@blueprint.post("/<plan_id>/rows/<int:position>")
@staff
def row(plan_id: str, position: int) -> Response | tuple[str, int]:
    """Saves a row, or removes it; then the next one or the plan."""
    own = _own_draft(plan_id, position)
    values = forms.typed(request.form, forms.LINE_FIELDS)
    go = request.form.get("go", "save")
    try:
        if go == "remove":
            content = forms.without_line(own.content, position)
        else:
            content = forms.with_line(own.content, position, forms.line(values, own.content))
        perform(plans.revise, actor(), plan_id, _revision(), content)
    except Invalid as error:
        return _row_page(own, position, values, messages(forms.own_fields(error, position))), 422
    except Declined as error:
        return _row_page(own, position, values, messages(error)), 422
    if go == "more":
        return redirect(url_for("plans.row_form", plan_id=plan_id, position=len(content.lines) + 1), 303)
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@blueprint.get("/import")
@staff
def import_form() -> str:
    """The empty form, or what a job in the background found in a file."""
    if "job" not in request.args:
        return _import_page({"kind": ""}, {})
    with reading() as session:
        kind, result = plan_uploads.seen(session, actor(), request.args["job"][:64])
    waits = kind == plan_uploads.CHECK and not result["bad"] and result["stored"]
    problems = [(p, sentence(p["reason"], p["data"])) for p in result["problems"]]
    return _import_page(
        {"kind": ""}, {}, result=result, problems=problems, waiting=request.args["job"] if waits else ""
    )


@blueprint.post("/import")
@takes_files
@staff
def import_file() -> Response | str | tuple[str, int]:
    """Drafts what the file says; with 核对, only says what it would do. A long file is done in the background."""
    values = forms.typed(request.form, ("code", "title", "kind"))
    files = sent_files("file")
    if not files:
        return _import_page(values, messages(Invalid("missing", "file"))), 422
    kind = values["kind"] if values["kind"] in KINDS else ""
    given = imports.Given(str(actor().unit), values["code"], values["title"][:200], kind)
    dry_run = request.form.get("go") == "check"
    try:
        sheet = imports.read(files[0].data)
        if len(sheet.rows) > plan_uploads.AT_ONCE:
            job = perform(plan_uploads.send, actor(), files[0], given, dry_run=dry_run)
            return redirect(url_for("jobs.page", job_id=job), 303)
        kind_of_table = replace(imports.PLANS, use_case=partial(imports.import_plans, given=given))
        outcome, kept = run(kind_of_table, installation().perform, sheet, lambda n: None, actor(), dry_run=dry_run)
    except Invalid as error:
        return _import_page(values, messages(error)), 422
    result = {"stored": outcome.stored, "unchanged": outcome.unchanged, "bad": len(outcome.errors), "kept": kept}
    problems = [(p, sentence(p.reason, dict(p.data))) for p in outcome.problems]
    return _import_page(values, {}, result=result, problems=problems)


@blueprint.post("/import/<job_id>/store")
@staff
def import_store(job_id: str) -> Response:
    """Stores a file that a job looked at."""
    return redirect(url_for("jobs.page", job_id=perform(plan_uploads.confirm, actor(), job_id)), 303)


def _import_page(values: dict[str, Any], errors: dict[str, str], **more: Any) -> str:
    return render_template("plans/import.html", values=values, errors=errors, pw=words, **more)


def _own_draft(plan_id: str, position: int = 1) -> Any:
    """A draft of the unit; `position` is one of its rows or the next one. Raises NotFound."""
    with reading() as session:
        own = pages.plan_or_404(session, plan_id)
    if own.unit != actor().unit or own.state != DRAFT:
        raise NotFound("no_such_plan")
    if not 1 <= position <= len(own.lines) + 1:
        raise NotFound("plan_row_missing")
    return own


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _head_page(own: Any, values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template("plans/head.html", plan=own, values=values, errors=errors, pw=words)


def _row_page(own: Any, position: int, values: dict[str, Any], errors: dict[str, str]) -> str:
    with reading() as session:
        mine, _ = registry.items(session, shanghai_day(now()), actor().unit, None, 200)
    return render_template(
        "plans/row.html",
        plan=own,
        position=position,
        values=values,
        errors=errors,
        items=[i for i in reversed(mine) if i.published or i.code == values["item"]],
        pw=words,
    )
