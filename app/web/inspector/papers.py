"""The papers of an inspection: what there is, drafting, reviewing, signing off, withdrawing; and the unit's numbering."""

import json
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.actors import HEAD
from app.domain.errors import Declined, NotFound
from app.domain.papers.kinds import KINDS, OF_BUREAU, PaperKind
from app.domain.times import shanghai_day
from app.queries import papers as queries
from app.security import roles
from app.services.paperwork import papers, visit_papers
from app.store import papers as store
from app.store.unit_of_work import history
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff
from app.web.paper_steps import numbering_page, take_step, typed
from app.web.words import PAPER_FIELDS

Page = BaseResponse | str | tuple[str, int]


@blueprint.get("/papers")
@staff
def papers_waiting() -> str:
    """What the unit has drafted and not signed, and signed and not served."""
    with reading() as session:
        found = queries.waiting(session, str(actor().unit))
    return render_template("inspector/papers_waiting.html", found=found)


@blueprint.route("/papers/settings", methods=["GET", "POST"])
@roles(HEAD)
def paper_settings() -> Page:
    """The unit's 机关代字 and whether its papers are reviewed by another person."""
    return numbering_page(
        "inspector/paper_settings.html", "/inspect/papers", [k for k in KINDS.values() if k not in OF_BUREAU]
    )


@blueprint.get("/<inspection_id>/papers")
@staff
def visit_papers_list(inspection_id: str) -> str:
    return _list_page(inspection_id, {})


@blueprint.get("/<inspection_id>/papers/new/<kind>")
@staff
def new_paper(inspection_id: str, kind: str) -> str:
    """The form of a new draft, begun from the recorded results."""
    found = visit_papers.draftable(kind)
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        url, today = installation().config.public_url, shanghai_day(now())
        values = visit_papers.proposed(session, s.inspection, kind, url, today)
    return _form_page(s, found, values, {}, f"/inspect/{inspection_id}/papers/new/{kind}")


@blueprint.post("/<inspection_id>/papers/new/<kind>")
@staff
def draft_paper(inspection_id: str, kind: str) -> Page:
    found = visit_papers.draftable(kind)
    try:
        paper = perform(visit_papers.start, actor(), inspection_id, kind, typed(found))
    except Declined as error:
        return _form_again(inspection_id, found, messages(error), f"/inspect/{inspection_id}/papers/new/{kind}")
    return redirect(f"/inspect/{inspection_id}/papers/{paper.id}", 303)


@blueprint.get("/<inspection_id>/papers/<paper_id>")
@staff
def paper(inspection_id: str, paper_id: str) -> str:
    return _paper_page(inspection_id, paper_id, {})


@blueprint.get("/<inspection_id>/papers/<paper_id>/edit")
@staff
def edit_paper(inspection_id: str, paper_id: str) -> str:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        found = queries.seen(session, actor(), paper_id)
    kind = visit_papers.draftable(found.kind)
    return _form_page(s, kind, found.typed, {}, f"/inspect/{inspection_id}/papers/{paper_id}/edit")


@blueprint.post("/<inspection_id>/papers/<paper_id>/edit")
@staff
def change_paper(inspection_id: str, paper_id: str) -> Page:
    with reading() as session:
        kind = visit_papers.draftable(queries.seen(session, actor(), paper_id).kind)
    try:
        perform(visit_papers.change, actor(), paper_id, typed(kind))
    except Declined as error:
        return _form_again(inspection_id, kind, messages(error), f"/inspect/{inspection_id}/papers/{paper_id}/edit")
    return redirect(f"/inspect/{inspection_id}/papers/{paper_id}", 303)


@blueprint.post("/<inspection_id>/papers/<paper_id>/<step>")
@staff
def paper_step(inspection_id: str, paper_id: str, step: str) -> Page:
    """Review, sign off, return, withdraw: which address was posted to says which."""
    errors = take_step(paper_id, step, papers.sign_off)
    if errors:
        return _paper_page(inspection_id, paper_id, errors), 422
    return redirect(f"/inspect/{inspection_id}/papers/{paper_id}", 303)


def _list_page(inspection_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        found = queries.of_subject(session, ("inspection", inspection_id))
    possible = [
        kind
        for kind in KINDS.values()
        if kind not in OF_BUREAU
        and s.inspection.state in kind.states
        and s.inspection.lead_unit == actor().unit
        and (kind.code != "correction" or s.inspection.outcome == "problem_found")
    ]
    return render_template("inspector/papers.html", s=s, found=found, possible=possible, errors=errors)


def _paper_page(inspection_id: str, paper_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        found = [p for p in queries.of_subject(session, ("inspection", inspection_id)) if p.row.id == paper_id]
        setting = store.setting(session, s.inspection.lead_unit)
        if not found:
            raise NotFound("no_such_paper")
        facts = history(session, "paper", paper_id)
    kind = KINDS[found[0].row.kind]
    refused = next((json.loads(f.body)["refused"] for f in facts if f.kind == "paper.refused"), None)
    return render_template(
        "inspector/paper.html",
        s=s,
        p=found[0],
        kind=kind,
        facts=facts,
        refused=refused,
        errors=errors,
        actor=actor(),
        must_review=kind.reviewed and setting is not None and setting.reviewed,
    )


def _form_again(inspection_id: str, kind: PaperKind, errors: dict[str, str], action: str) -> tuple[str, int]:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
    return _form_page(s, kind, request.form, errors, action), 422


def _form_page(s: Any, kind: PaperKind, values: Any, errors: dict[str, str], action: str) -> str:
    return render_template(
        "inspector/paper_form.html", s=s, kind=kind, values=values, errors=errors, action=action, fields=PAPER_FIELDS
    )
