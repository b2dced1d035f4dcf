"""Key enterprises of a plan, drawing by lot for one of its rows, and declared conflicts of interest: pages of the unit."""

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Declined, Invalid, NotFound
from app.domain.plans import DRAFT
from app.domain.times import shanghai_day
from app.errors import sentence
from app.queries import lots as lot_queries
from app.queries import plans as queries
from app.queries import registry
from app.security import sent_files, takes_files
from app.services import conflicts
from app.services.imports.sheets import read_grid
from app.services.planning import lot_pools, lots, plans
from app.services.planning.lot_pools import Choice
from app.store import plans as plan_store
from app.store import registry as register
from app.store.unit_of_work import UnitOfWork
from app.web.inspector.blueprint import messages
from app.web.plans import forms, pages, words
from app.web.plans.staff import staff
from app.web.sending import CSV, table

blueprint = Blueprint("drawing", __name__, url_prefix="/inspect/plans")
CHOICE = ("region", "industry", "risk", "wanted", "each", "list")
MOST_LISTED = 20_000


@blueprint.get("/<plan_id>/keys")
@staff
def keys_form(plan_id: str) -> str:
    with reading() as session:
        found = queries.keys(session, _own(session, plan_id))
    return _keys_page(plan_id, {"keys": "\n".join(e.uscc or e.name for e, _, _ in found), "reason": ""}, {})


@blueprint.post("/<plan_id>/keys")
@takes_files
@staff
def keys(plan_id: str) -> Response | tuple[str, int]:
    """Sets the key enterprises: by USCC or name, one a line, or the list in a file."""
    values = forms.typed(request.form, ("keys", "reason"))
    try:
        perform(_set_keys, plan_id, _listed(values["keys"]), values["reason"])
    except Declined as error:
        return _keys_page(plan_id, values, messages(error)), 422
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _set_keys(work: UnitOfWork, plan_id: str, texts: list[str], reason: str) -> Any:
    found, unknown = [], []
    for text in texts:
        e = register.enterprise_by_uscc(work.session, normalise_uscc(text)) or register.enterprise_by_name(
            work.session, text
        )
        found += [e.id] if e else []
        unknown += [] if e else [text]
    if unknown:
        raise Invalid("plan_import_key", "keys", value=unknown[0][:40])
    ids = tuple(dict.fromkeys(found))
    plan = plans.own(work, actor(), plan_id, *plans.WRITERS)
    if plan.state == DRAFT:
        return plans.revise(work, actor(), plan_id, plan.revision, replace(plan.content, keys=ids))
    return plans.change_keys(work, actor(), plan_id, ids, reason)


@blueprint.get("/<plan_id>/rows/<int:position>/draw")
@staff
def draw_form(plan_id: str, position: int) -> str:
    with reading() as session:
        plan = _own(session, plan_id)
    line = plan.lines[position - 1] if 1 <= position <= len(plan.lines) else None
    values = dict.fromkeys(CHOICE, "") | {"each": "2", "wanted": str(line.wanted or "") if line else ""}
    return _draw_page(plan_id, position, values, [], {})


@blueprint.post("/<plan_id>/rows/<int:position>/draw")
@takes_files
@staff
def draw(plan_id: str, position: int) -> Response | str | tuple[str, int]:
    """Shows the pool, or commits to the drawing."""
    values, officers = forms.typed(request.form, CHOICE), request.form.getlist("officers")
    try:
        listed = _listed(values["list"])
        values["list"] = "\n".join(listed)
        choice = _choice(values, officers, listed)
        if request.form.get("go") == "commit":
            lot = perform(lot_pools.commit_visits, actor(), plan_id, position, choice)
            return redirect(url_for("drawing.lot", lot_id=lot.id), 303)
        with reading() as session:
            plan = _own(session, plan_id)
            prepared = lot_pools.prepare(session, actor(), plan, position, choice, shanghai_day(now()))
            names = lot_queries.names_of(session, prepared.left_out)
    except Declined as error:
        return _draw_page(plan_id, position, values, officers, messages(error)), 422
    return _draw_page(plan_id, position, values, officers, {}, prepared=prepared, names=names)


@blueprint.get("/lots/<lot_id>")
@staff
def lot(lot_id: str) -> str:
    return pages.lot_page("inspect", lot_id)


@blueprint.get("/lots/<lot_id>.csv")
@staff
def pairs(lot_id: str) -> Response:
    """The drawn pairs as the table that a batch of applications takes."""
    with reading() as session:
        lot = pages.lot_or_404(session, lot_id)
        plan = plan_store.get(session, lot.plan) if lot.plan else None
        drawn = lot_queries.drawn_pairs(session, lot)
    item = plan.lines[lot.plan_row - 1].item if plan and lot.plan_row else ""
    columns = ("统一社会信用代码", "企业名称", "检查事项", "执法人员", "检查日期", "开始时间", "结束时间", "计划编码")
    code = plan.code if plan else ""
    rows = [
        (pair.uscc or "", pair.name, item, ";".join(number for number, _ in pair.officers), "", "", "", code)
        for pair in drawn
    ]
    return table(columns, rows, CSV, f"lot-{lot_id}")


@blueprint.post("/lots/<lot_id>/<any(draw,abandon):step>")
@staff
def act(lot_id: str, step: str) -> Response | tuple[str, int]:
    """Draws, or gives the drawing up with a reason."""
    try:
        if step == "draw":
            perform(lots.draw, actor(), lot_id, request.form.get("word", ""))
        else:
            perform(lots.abandon, actor(), lot_id, request.form.get("reason", ""))
    except Declined as error:
        return pages.lot_page("inspect", lot_id, sentence(error.code, error.data), request.form), 422
    return redirect(url_for("drawing.lot", lot_id=lot_id), 303)


@blueprint.post("/lots/<lot_id>/again")
@staff
def draw_again(lot_id: str) -> Response | tuple[str, int]:
    """Another drawing from the pool of one that was given up: a new seed, promised before it is drawn."""
    try:
        fresh = perform(lot_pools.again, actor(), lot_id, request.form.get("again", ""))
    except Declined as error:
        return pages.lot_page("inspect", lot_id, sentence(error.code, error.data), request.form), 422
    return redirect(url_for("drawing.lot", lot_id=fresh.id), 303)


@blueprint.get("/conflicts")
@staff
def conflicts_form() -> str:
    return _conflicts_page(dict.fromkeys(("certificate_no", "uscc", "reason"), ""), {})


@blueprint.post("/conflicts")
@staff
def declare() -> Response | tuple[str, int]:
    values = forms.typed(request.form, ("certificate_no", "uscc", "reason"))
    try:
        perform(conflicts.declare, actor(), values["certificate_no"], values["uscc"], values["reason"])
    except Invalid as error:
        return _conflicts_page(values, messages(error)), 422
    return redirect(url_for("drawing.conflicts_form"), 303)


@blueprint.post("/conflicts/<int(max=9007199254740991):conflict_id>/end")
@staff
def end_conflict(conflict_id: int) -> Response:
    perform(conflicts.end, actor(), conflict_id)
    return redirect(url_for("drawing.conflicts_form"), 303)


def _own(session: Any, plan_id: str) -> Any:
    plan = pages.plan_or_404(session, plan_id)
    if plan.unit != actor().unit:
        raise NotFound("no_such_plan")
    return plan


def _listed(text: str) -> list[str]:
    """USCCs (or names) as typed, and those of a file's first column that says one. Raises Invalid."""
    texts = [t for t in re.split(r"[\s;；,，、]+", text) if t]
    for upload in sent_files("file"):
        for cells in read_grid(upload.data):
            texts += [c for c in cells if re.fullmatch(r"[0-9A-Z]{18}", normalise_uscc(c))][:1]
    if len(texts) > MOST_LISTED:
        raise Invalid("too_many_entries", "list", most=MOST_LISTED)
    return list(dict.fromkeys(texts))


def _choice(values: dict[str, Any], officers: list[str], listed: list[str]) -> Choice:
    numbers: dict[str, int | None] = {}
    for name in ("wanted", "each"):
        text = values[name]
        if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
            raise Invalid("plan_import_number", name, value=text[:40])
        numbers[name] = int(text) if text else None
    return Choice(
        region=values["region"] or None,
        industry=values["industry"].upper() or None,
        risk=values["risk"] or None,
        usccs=tuple(normalise_uscc(t) for t in listed),
        wanted=numbers["wanted"],
        each=numbers["each"] or lot_pools.FEWEST_OFFICERS,
        officers=tuple(officers),
    )


def _keys_page(plan_id: str, values: dict[str, Any], errors: dict[str, str]) -> str:
    with reading() as session:
        plan = _own(session, plan_id)
    return render_template("plans/keys.html", plan=plan, values=values, errors=errors)


def _draw_page(
    plan_id: str, position: int, values: dict[str, Any], officers: list[str], errors: dict[str, str], **more: Any
) -> str:
    with reading() as session:
        plan = _own(session, plan_id)
        if not 1 <= position <= len(plan.lines):
            raise NotFound("plan_row_missing")
        s = queries.shown(session, [plan])[0]
        able = registry.officers(session, plan.unit, shanghai_day(now()))
        regions = lot_queries.towns(session, plan.jurisdiction)
    return render_template(
        "plans/draw.html",
        s=s,
        position=position,
        line=plan.lines[position - 1],
        values=values,
        chosen=officers,
        officers=able,
        regions=regions,
        errors=errors,
        pw=words,
        **more,
    )


def _conflicts_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    with reading() as session:
        found = lot_queries.conflicts(session, str(actor().unit))
        officers = registry.officers(session, actor().unit, shanghai_day(now()))
    return render_template("plans/conflicts.html", found=found, officers=officers, values=values, errors=errors)
