"""Reconciliation (比对): what the units' own systems say beside the register; a person decides what is in doubt."""

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.domain.actors import SUPERVISOR
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.reconciliation import STATES
from app.queries import case_records as queries
from app.queries.paging import USUAL
from app.security import roles
from app.services.supervising import case_records
from app.store.models import CaseRecord
from app.web.inspector.blueprint import messages

blueprint = Blueprint("reconcile", __name__, url_prefix="/supervise/reconcile")
supervisors = roles(SUPERVISOR)
FILTERS = ("state", "kind", "unit", "source", "q")
CASE_KINDS: dict[str, Any] = {
    "case": _l("案件"),
    "penalty": _l("处罚决定"),
    "visit": _l("检查记录"),
    "complaint": _l("12345 投诉"),
    "self_report": _l("企业自报"),
}
CASE_STATES: dict[str, Any] = {"matched": _l("已对上"), "doubtful": _l("待认定"), "unmatched": _l("没有对应的检查")}
CASE_REASONS: dict[str, Any] = {
    "certain": _l("企业、单位和日期都对得上"),
    "officer": _l("几次检查中，执法人员对得上的只有一次"),
    "same_day": _l("几次检查中，当天的只有一次"),
    "decided": _l("经人工认定"),
    "not_in_registry": _l("登记簿中找不到这家企业"),
    "several_enterprises": _l("有几家同名企业"),
    "other_address": _l("名称相同，地址不同"),
    "unit_unknown": _l("单位没有写明或不认识"),
    "several_inspections": _l("有几次检查都可能是"),
    "no_inspection": _l("前后几天内没有本单位的检查"),
}
WORDS = {"kinds": CASE_KINDS, "states": CASE_STATES, "reasons": CASE_REASONS}


@blueprint.get("")
@supervisors
def home() -> str:
    """Figures by source and unit, and the records behind them. Filters live in the URL."""
    filters = {name: request.args.get(name, "").strip()[:100] for name in FILTERS}
    with reading() as session:
        lines = queries.figures(session, actor(), filters)
        found, following = queries.listed(session, actor(), filters, request.args.get("cursor"), USUAL)
        units = queries.unit_names(session)
    sums = {state: sum(line.counts[state] for line in lines) for state in STATES}
    return render_template(
        "supervisor/reconcile.html",
        lines=lines, sums=sums, found=found, following=following, filters=filters, units=units, **WORDS,
    )  # fmt: skip


@blueprint.get("/<record_id>")
@supervisors
def record(record_id: str) -> str:
    return _page(record_id, {})


@blueprint.post("/<record_id>")
@supervisors
def decide(record_id: str) -> Response | tuple[str, int]:
    """This one, another number, or none of these: with a reason."""
    form = request.form
    verdict = form.get("verdict", "")
    choice = case_records.Choice(
        verdict="this" if verdict.startswith("this:") or verdict == "number" else verdict,
        reason=form.get("reason", ""),
        seen=int(form["seen"]) if form.get("seen", "").isdecimal() and len(form["seen"]) < 9 else -1,
        inspection=verdict.removeprefix("this:")[:26] if verdict.startswith("this:") else None,
        number=form.get("number", "")[:64],
        uscc=form.get("uscc", "")[:64] or None,
        rejected=tuple(form.getlist("beside"))[: queries.BESIDE],
    )
    try:
        perform(case_records.decide, actor(), record_id, choice)
    except Invalid as error:
        return _page(record_id, messages(error)), 422
    except Refused as error:
        return _page(record_id, messages(error)), 409
    return redirect(url_for("reconcile.record", record_id=record_id), 303)


def _page(record_id: str, errors: dict[str, Any]) -> str:
    with reading() as session:
        row = session.get(CaseRecord, record_id)
        if row is None or row.jurisdiction not in actor().regions:
            raise NotFound("no_such_case_record")
        found = queries.shown(session, row)
        units = queries.unit_names(session)
    return render_template(
        "supervisor/case_record.html",
        s=found, r=row, units=units, errors=errors, typed=request.form,
        officers=json.loads(row.officers), items=json.loads(row.items), **WORDS,
    )  # fmt: skip
