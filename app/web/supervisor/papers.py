"""Papers of supervision: those that wait, one of a flag and its steps, its form; the bureau's letters in numbers."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, NotFound
from app.domain.flags.catalogue import CATALOGUE
from app.domain.papers.kinds import OF_BUREAU, PaperKind
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.i18n import language
from app.queries import papers as queries
from app.services.paperwork import supervision_papers
from app.services.supervising import flag_actions
from app.store import papers as store
from app.store.models import FindingRow
from app.store.unit_of_work import history
from app.web.paper_steps import numbering_page, take_step, typed
from app.web.supervisor.blueprint import blueprint, supervisors
from app.web.words import PAPER_FIELDS


@blueprint.get("/papers")
@supervisors
def papers_waiting() -> str:
    """What the bureau has drafted and not signed, and signed and the unit has not signed for."""
    with reading() as session:
        found = queries.waiting(session, str(actor().unit))
    return render_template("supervisor/papers.html", found=found, catalogue=CATALOGUE)


@blueprint.route("/papers/settings", methods=["GET", "POST"])
@supervisors
def paper_settings() -> Response | str | tuple[str, int]:
    """The bureau's 机关代字 and whether its papers are reviewed by another person."""
    return numbering_page("supervisor/paper_settings.html", "/supervise/papers", OF_BUREAU)


@blueprint.get("/flags/<flag_id>/papers/new/<kind>")
@supervisors
def new_paper(flag_id: str, kind: str) -> str:
    """The form of a new draft, begun from what was written at the steps."""
    found = supervision_papers.of_unit(kind)
    with reading() as session:
        row = _flag(session, flag_id)
        values = supervision_papers.proposed(session, row, actor(), kind, shanghai_day(now()))
    return _form(flag_id, found, values, {})


@blueprint.post("/flags/<flag_id>/papers/new/<kind>")
@supervisors
def draft_paper(flag_id: str, kind: str) -> Response | tuple[str, int]:
    found = supervision_papers.of_unit(kind)
    try:
        paper = perform(supervision_papers.start, actor(), flag_id, kind, typed(found))
    except Declined as error:
        return _form(flag_id, found, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/flags/{flag_id}/papers/{paper.id}", 303)


@blueprint.get("/flags/<flag_id>/papers/<paper_id>")
@supervisors
def paper(flag_id: str, paper_id: str) -> str:
    return _page(flag_id, paper_id, {})


@blueprint.get("/flags/<flag_id>/papers/<paper_id>/edit")
@supervisors
def edit_paper(flag_id: str, paper_id: str) -> str:
    found, kind = _found(flag_id, paper_id)
    return _form(flag_id, kind, found.typed, {})


@blueprint.post("/flags/<flag_id>/papers/<paper_id>/edit")
@supervisors
def change_paper(flag_id: str, paper_id: str) -> Response | tuple[str, int]:
    _, kind = _found(flag_id, paper_id)
    try:
        perform(supervision_papers.change, actor(), paper_id, typed(kind))
    except Declined as error:
        return _form(flag_id, kind, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/flags/{flag_id}/papers/{paper_id}", 303)


@blueprint.post("/flags/<flag_id>/papers/<paper_id>/<step>")
@supervisors
def paper_step(flag_id: str, paper_id: str, step: str) -> Response | tuple[str, int]:
    """Review, sign off, return, withdraw: which address was posted to says which."""
    _found(flag_id, paper_id)
    errors = take_step(paper_id, step, supervision_papers.sign_off)
    if errors:
        return _page(flag_id, paper_id, errors), 422
    return redirect(f"/supervise/flags/{flag_id}/papers/{paper_id}", 303)


def _flag(session: Any, flag_id: str) -> FindingRow:
    row: FindingRow | None = session.get(FindingRow, flag_id)
    if row is None or not flag_actions.may_see(actor(), row):
        raise NotFound("no_such_flag", flag=flag_id)
    return row


def _about(row: FindingRow) -> dict[str, str]:
    """The way back: to the flag, by its rule."""
    rule = CATALOGUE[row.rule]
    return {"path": f"/supervise/flags/{row.id}", "word": rule.name if language() == "zh" else rule.name_en}


def _found(flag_id: str, paper_id: str) -> tuple[Paper, PaperKind]:
    """A paper about this flag. Raises NotFound."""
    with reading() as session:
        _flag(session, flag_id)
        found = queries.seen(session, actor(), paper_id)
    if (found.subject_kind, found.subject_id) != (supervision_papers.SUBJECT, flag_id):
        raise NotFound("no_such_paper")
    return found, supervision_papers.of_unit(found.kind)


def _page(flag_id: str, paper_id: str, errors: dict[str, str]) -> str:
    found, kind = _found(flag_id, paper_id)
    with reading() as session:
        row = _flag(session, flag_id)
        listed = next(p for p in queries.about_flag(session, flag_id) if p.row.id == paper_id)
        unit = store.unit_name(session, row.unit)
        setting = store.setting(session, found.unit)
        facts = history(session, "paper", paper_id)
        who = queries.who_did(session, facts)
    return render_template(
        "supervisor/paper.html",
        p=listed,
        base=f"/supervise/flags/{flag_id}/papers/{paper_id}",
        paper=found,
        kind=kind,
        about=_about(row),
        unit=unit,
        facts=facts,
        who=who,
        errors=errors,
        actor=actor(),
        fields=PAPER_FIELDS,
        must_review=setting is not None and setting.reviewed,
    )


def _form(flag_id: str, kind: PaperKind, values: Mapping[str, str], errors: dict[str, str]) -> str:
    with reading() as session:
        row = _flag(session, flag_id)
        unit = store.unit_name(session, row.unit) if row.unit else ""
    return render_template(
        "supervisor/paper_form.html",
        about=_about(row),
        unit=unit,
        kind=kind,
        values=values,
        errors=errors,
        fields=PAPER_FIELDS,
    )
