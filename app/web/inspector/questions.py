"""督办 at the unit: what the bureau asked or ordered, signing for it, answering with papers, objecting, correcting."""

from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, NotFound
from app.domain.flags.advise import sentence as flag_sentence
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import LONGEST_NOTE, UNIT_ACTIONS, FlagAction, possible
from app.domain.times import shanghai_day
from app.i18n import language
from app.queries import flags as flag_queries
from app.queries import followup
from app.queries import papers as paper_queries
from app.queries import questions as plain
from app.security import sent_files, takes_files
from app.services.paperwork import supervision_papers
from app.services.supervising import flag_actions, unit_questions
from app.store.models import FindingRow
from app.web.files import as_download
from app.web.inspector.blueprint import blueprint, messages, staff


@blueprint.get("/questions")
@staff
def questions() -> str:
    """The unit's inbox."""
    with reading() as session:
        waiting, over = followup.inbox(session, actor(), shanghai_day(now()))
        asked = plain.listed(session, actor(), shanghai_day(now()))
        papers = paper_queries.to_sign_for(session, actor())
    return render_template(
        "inspector/questions.html",
        waiting=waiting,
        over=over,
        asked=asked,
        papers=papers,
        say=_say,
    )


@blueprint.get("/questions/<flag_id>")
@staff
def question(flag_id: str) -> str:
    return _page(flag_id, {})


@blueprint.post("/questions/<flag_id>")
@staff
@takes_files
def answer_question(flag_id: str) -> Response | tuple[str, int]:
    """One step of the unit."""
    action = FlagAction(
        action=request.form.get("action", ""),
        note=request.form.get("note", "").strip()[:LONGEST_NOTE],
        files=tuple(sent_files("file")),
    )
    try:
        perform(flag_actions.act, actor(), flag_id, action)
    except Declined as error:
        return _page(flag_id, messages(error)), 422
    return redirect(url_for("inspector.question", flag_id=flag_id), 303)


@blueprint.post("/questions/<flag_id>/papers/<paper_id>")
@staff
def sign_for_paper(flag_id: str, paper_id: str) -> Response | tuple[str, int]:
    """Signs for a paper of the bureau about this flag."""
    try:
        perform(supervision_papers.sign_for, actor(), paper_id)
    except Declined as error:
        return _page(flag_id, messages(error)), 422
    return redirect(url_for("inspector.question", flag_id=flag_id), 303)


@blueprint.get("/questions/<flag_id>/files/<file_id>")
@staff
def question_file(flag_id: str, file_id: str) -> Response:
    """A paper that the unit itself sent, or that came with a step it reads."""
    with reading() as session:
        _own(session, flag_id)
        kept = followup.kept_file(session, installation().vault, flag_id, file_id, for_unit=True)
    return as_download(kept)


@blueprint.get("/asked/<question_id>")
@staff
def asked(question_id: str) -> str:
    return _asked_page(question_id, {})


@blueprint.post("/asked/<question_id>")
@staff
@takes_files
def answer_asked(question_id: str) -> Response | tuple[str, int]:
    """Signs for a plain question, or answers it."""
    try:
        if request.form.get("action") == "sign_for":
            perform(unit_questions.sign_for, actor(), question_id)
        else:
            note = request.form.get("note", "")[:LONGEST_NOTE]
            perform(unit_questions.answer, actor(), question_id, note, tuple(sent_files("file")))
    except Declined as error:
        return _asked_page(question_id, messages(error)), 422
    return redirect(url_for("inspector.asked", question_id=question_id), 303)


@blueprint.get("/asked/<question_id>/files/<file_id>")
@staff
def own_asked_file(question_id: str, file_id: str) -> Response:
    with reading() as session:
        kept = plain.kept_file(session, installation().vault, actor(), question_id, file_id)
    return as_download(kept)


def _asked_page(question_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = plain.one(session, actor(), question_id, shanghai_day(now()))
    return render_template("inspector/asked.html", q=found, errors=errors, typed=request.form)


def _own(session: Any, flag_id: str) -> FindingRow:
    row = session.get(FindingRow, flag_id)
    if row is None or not flag_actions.may_see(actor(), row):
        raise NotFound("no_such_flag", flag=flag_id)
    found: FindingRow = row
    return found


def _page(flag_id: str, errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    with reading() as session:
        row = _own(session, flag_id)
        shown = flag_queries.shown(session, [row])[0]
        steps = followup.steps(session, flag_id, for_unit=True)
        lit = followup.lights(session, [row], today).get(row.id)
        papers = paper_queries.about_flag(session, flag_id, for_unit=True)
    actions = [a for a in possible(row.state, actor().role) if a in UNIT_ACTIONS]
    if row.signed_at is not None:
        actions = [a for a in actions if a != "sign_for"]
    if row.object_until is not None and today > row.object_until:
        actions = [a for a in actions if a != "object"]
    return render_template(
        "inspector/question.html",
        f=shown,
        said=_say(shown),
        rule=CATALOGUE[row.rule],
        steps=steps,
        lit=lit,
        papers=papers,
        actions=actions,
        errors=errors,
        typed=request.form,
    )


def _say(f: flag_queries.ShownFlag) -> str:
    return flag_sentence(f.row.rule, f.evidence, language())


def waiting() -> int:
    """How much waits at the unit of whoever is signed in; asked once a request."""
    if "questions_waiting" not in g:
        with reading() as session:
            unit = actor().unit or ""
            g.questions_waiting = (
                followup.waiting_at(session, unit)
                + plain.waiting_at(session, unit)
                + paper_queries.waiting_to_be_signed_for(session, actor())
            )
    found: int = g.questions_waiting
    return found


@blueprint.app_context_processor
def _around() -> dict[str, Any]:
    return {"questions_waiting": waiting}
