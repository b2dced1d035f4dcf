"""Reconciliation (比对): what the units' own systems say beside the register; a person decides what is in doubt."""

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.domain.actors import SUPERVISOR
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.reconciliation import STATES
from app.queries import case_records as queries
from app.queries.paging import USUAL
from app.security import roles
from app.services import case_records
from app.store.models import CaseRecord
from app.web.inspector.blueprint import messages
from app.web.words import CASE_KINDS, CASE_REASONS, CASE_STATES

blueprint = Blueprint("reconcile", __name__, url_prefix="/supervise/reconcile")
supervisors = roles(SUPERVISOR)
FILTERS = ("state", "kind", "unit", "source", "q")
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
