"""报请上级: the paper about visits of bodies above the district, from the enterprise's page; drafted, signed, recorded as sent."""

from collections.abc import Mapping

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, NotFound
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import papers as queries
from app.queries import registry
from app.services.paperwork import paper_service, papers, upward_papers
from app.services.paperwork.paper_service import Service
from app.store import papers as store
from app.store.unit_of_work import history
from app.web.paper_steps import take_step, typed
from app.web.supervisor.blueprint import blueprint, supervisors
from app.web.words import PAPER_FIELDS

KIND = upward_papers.KIND


@blueprint.get("/enterprises/<enterprise_id>/papers/new")
@supervisors
def new_upward(enterprise_id: str) -> str:
    """The form of a draft, begun from what the register holds."""
    with reading() as session:
        values = upward_papers.proposed(session, enterprise_id, actor(), shanghai_day(now()))
    return _form(enterprise_id, values, {})


@blueprint.post("/enterprises/<enterprise_id>/papers/new")
@supervisors
def draft_upward(enterprise_id: str) -> Response | tuple[str, int]:
    try:
        made = perform(upward_papers.start, actor(), enterprise_id, typed(KIND))
    except Declined as error:
        return _form(enterprise_id, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/enterprises/{enterprise_id}/papers/{made.id}", 303)


@blueprint.get("/enterprises/<enterprise_id>/papers/<paper_id>")
@supervisors
def upward_paper(enterprise_id: str, paper_id: str) -> str:
    return _page(enterprise_id, paper_id, {})


@blueprint.get("/enterprises/<enterprise_id>/papers/<paper_id>/edit")
@supervisors
def edit_upward(enterprise_id: str, paper_id: str) -> str:
    return _form(enterprise_id, _found(enterprise_id, paper_id).typed, {})


@blueprint.post("/enterprises/<enterprise_id>/papers/<paper_id>/edit")
@supervisors
def change_upward(enterprise_id: str, paper_id: str) -> Response | tuple[str, int]:
    _found(enterprise_id, paper_id)
    try:
        perform(upward_papers.change, actor(), paper_id, typed(KIND))
    except Declined as error:
        return _form(enterprise_id, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/enterprises/{enterprise_id}/papers/{paper_id}", 303)


@blueprint.post("/enterprises/<enterprise_id>/papers/<paper_id>/<step>")
@supervisors
def upward_step(enterprise_id: str, paper_id: str, step: str) -> Response | tuple[str, int]:
    """Review, sign off, return, withdraw; `served`: it was sent, and who took it."""
    _found(enterprise_id, paper_id)
    errors = _served(paper_id) if step == "served" else take_step(paper_id, step, papers.sign_off)
    if errors:
        return _page(enterprise_id, paper_id, errors), 422
    return redirect(f"/supervise/enterprises/{enterprise_id}/papers/{paper_id}", 303)


def _served(paper_id: str) -> dict[str, str]:
    """The sentences of a refusal by field; empty where it was recorded."""
    name = request.form.get("name", "")
    service = Service(request.form.get("how", ""), name, "", now(), typed=name)
    try:
        perform(paper_service.serve, actor(), paper_id, service)
    except Declined as error:
        return field_sentences(error)
    return {}


def _found(enterprise_id: str, paper_id: str) -> Paper:
    """A paper of this kind about this enterprise, of the own region. Raises NotFound."""
    with reading() as session:
        found = queries.seen(session, actor(), paper_id)
    if (found.kind, found.subject_kind, found.subject_id) != (KIND.code, upward_papers.SUBJECT, enterprise_id):
        raise NotFound("no_such_paper")
    return found


def _about(enterprise_id: str) -> dict[str, str]:
    with reading() as session:
        name = registry.enterprise_names(session, [enterprise_id]).get(enterprise_id)
    if name is None:
        raise NotFound("no_such_enterprise")
    return {"path": f"/supervise/enterprises/{enterprise_id}", "word": name}


def _page(enterprise_id: str, paper_id: str, errors: dict[str, str]) -> str:
    found = _found(enterprise_id, paper_id)
    with reading() as session:
        about = queries.of_subject(session, (upward_papers.SUBJECT, enterprise_id))
        setting = store.setting(session, found.unit)
        facts = history(session, "paper", paper_id)
        who = queries.who_did(session, facts)
    return render_template(
        "supervisor/paper.html",
        p=next(p for p in about if p.row.id == paper_id), paper=found, kind=KIND, about=_about(enterprise_id),
        base=f"/supervise/enterprises/{enterprise_id}/papers/{paper_id}", unit=found.content["addressee"],
        facts=facts, who=who, errors=errors, actor=actor(), fields=PAPER_FIELDS,
        must_review=setting is not None and setting.reviewed,
    )  # fmt: skip


def _form(enterprise_id: str, values: Mapping[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "supervisor/paper_form.html",
        about=_about(enterprise_id), unit="", kind=KIND, values=values, errors=errors, fields=PAPER_FIELDS,
    )  # fmt: skip
