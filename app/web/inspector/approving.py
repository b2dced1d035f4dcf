"""The head on the phone: what waits, with what the rules say on one line each; several at once; and deputies."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.actors import HEAD
from app.domain.errors import Declined, DomainError, Invalid
from app.domain.flags.advise import Advisory
from app.domain.flags.findings import RED
from app.domain.times import shanghai_day
from app.queries import applying as filling
from app.queries import inspections as inspection_queries
from app.queries import joint as joint_queries
from app.security import roles
from app.services.applying import batches, decisions, deputies
from app.services.flagging.flags import advice_on
from app.web.inspector.blueprint import blueprint, messages

MOST = 50


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row that was selected: `problem` is a sentence, empty where it went well."""

    inspection_id: str
    problem: str
    rejected: bool = False


@blueprint.get("/approvals")
@roles(HEAD)
def approvals() -> str:
    return _approvals_page({}, [])


@blueprint.post("/approvals")
@roles(HEAD)
def decide() -> tuple[str, int]:
    """Approves what is selected, or rejects one; each in a transaction of its own, each with its answer."""
    if request.form.get("reject"):
        one = request.form["reject"]
        results = [_decided(decisions.reject, one, request.form.get(f"reject.{one}", "").strip()[:2000], rejected=True)]
    else:
        results = [_decided(decisions.approve, one, _reason(one)) for one in request.form.getlist("id")[:MOST]]
    failed = {r.inspection_id: r.problem for r in results if r.problem}
    return _approvals_page(failed, results), 422 if failed else 200


@blueprint.get("/deputies")
@roles(HEAD)
def deputies_page() -> str:
    return _deputies_page({}, {})


@blueprint.post("/deputies")
@roles(HEAD)
def name_deputy() -> BaseResponse | tuple[str, int]:
    form = request.form
    try:
        first, last = _day(form.get("from", "")), _day(form.get("until", ""))
        if first is None or last is None:
            raise Invalid("missing", "from" if first is None else "until")
        perform(deputies.name, actor(), form.get("deputy", ""), first, last)
    except DomainError as error:
        return _deputies_page(form, messages(error)), 422
    return redirect(url_for("inspector.deputies_page"), 303)


@blueprint.post("/deputies/<deputy_id>/end")
@roles(HEAD)
def end_deputy(deputy_id: str) -> BaseResponse | tuple[str, int]:
    try:
        perform(deputies.end, actor(), deputy_id)
    except Declined as error:
        return _deputies_page({}, {"form": messages(error).popitem()[1]}), 409
    return redirect(url_for("inspector.deputies_page"), 303)


def _decided(use_case: Any, inspection_id: str, reason: str, rejected: bool = False) -> Result:
    try:
        perform(use_case, actor(), inspection_id, reason)
    except DomainError as error:
        return Result(inspection_id, messages(error).popitem()[1], rejected)
    return Result(inspection_id, "", rejected)


def _reason(inspection_id: str) -> str:
    typed = request.form.get(f"reason.{inspection_id}", "").strip()
    return (typed or request.form.get(f"chosen.{inspection_id}", "").strip())[:2000]


def _approvals_page(failed: dict[str, str], results: list[Result]) -> str:
    unit, batch = str(actor().unit), request.args.get("batch", "")[:64]
    with reading() as session:
        of_batch = batches.waiting_of(session, batches.of_unit(session, actor(), batch).id) if batch else None
        found, total = filling.waiting(session, unit, of_batch, MOST)
        done = filling.of_unit(session, unit, [r.inspection_id for r in results if not r.problem])
        shown = inspection_queries.shown(session, actor(), [*found, *done], installation().config.public_url)
        advice = {i.id: advice_on(session, now(), i) for i in found}
        partners = joint_queries.of_visits(session, [i for i in found if i.lead_unit == unit], now())
    by_id = {s.inspection.id: s for s in shown}
    return render_template(
        "inspector/approvals.html",
        found=[by_id[i.id] for i in found],
        done=[by_id[r.inspection_id] for r in results if r.inspection_id in by_id and not r.problem],
        gone=[r.problem for r in results if r.problem and r.inspection_id not in advice],
        failed=failed,
        total=total,
        advice=advice,
        partners=partners,
        signs={i: _sign(lines) for i, lines in advice.items()},
        typed=request.form,
        selected=request.form.getlist("id"),
        batch=batch,
    )


def _sign(lines: tuple[Advisory, ...]) -> str:
    """The traffic sign of an application: good, care, red (grave, but nobody is stopped), or bad where the head must give
    a reason."""
    if any(a.blocking for a in lines):
        return "bad"
    if any(a.severity == RED for a in lines):
        return "red"
    return "care" if lines else "good"


def _deputies_page(values: Any, errors: dict[str, str]) -> str:
    unit, today = str(actor().unit), shanghai_day(now())
    with reading() as session:
        named = deputies.of_unit(session, unit, today)
        candidates = deputies.candidates(session, unit, today)
    return render_template(
        "inspector/deputies.html", named=named, candidates=candidates, values=values, errors=errors, today=today
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
