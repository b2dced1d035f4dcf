"""Questions to units that name nobody, and the calendar of deadlines."""

from calendar import Calendar
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import deadlines as deadline_queries
from app.queries import questions as queries
from app.queries import registry
from app.services.supervising import unit_questions
from app.web.files import as_download
from app.web.supervisor.blueprint import blueprint, supervisors


@blueprint.get("/questions")
@supervisors
def asked() -> str:
    return _list({})


@blueprint.post("/questions")
@supervisors
def ask() -> Response | tuple[str, int]:
    form, days = request.form, request.form.get("working_days", "").strip()
    count = int(days) if days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= 250 else None
    flag = form.get("flag", "")[:26] or None
    try:
        row = perform(unit_questions.send, actor(), form.get("unit", ""), form.get("text", ""), count, flag)
    except Declined as error:
        return _list(field_sentences(error)), 422
    return redirect(url_for("supervisor.asked_one", question_id=row.id), 303)


@blueprint.get("/questions/<question_id>")
@supervisors
def asked_one(question_id: str) -> str:
    return _one(question_id, {})


@blueprint.post("/questions/<question_id>")
@supervisors
def close_question(question_id: str) -> Response | tuple[str, int]:
    try:
        perform(unit_questions.close, actor(), question_id, request.form.get("note", "")[:2000])
    except Declined as error:
        return _one(question_id, field_sentences(error)), 422
    return redirect(url_for("supervisor.asked_one", question_id=question_id), 303)


@blueprint.get("/questions/<question_id>/files/<file_id>")
@supervisors
def asked_file(question_id: str, file_id: str) -> Response:
    with reading() as session:
        kept = queries.kept_file(session, installation().vault, actor(), question_id, file_id)
    return as_download(kept)


@blueprint.get("/calendar")
@supervisors
def calendar() -> str:
    """A month of deadlines: of flags, objections and questions."""
    today = shanghai_day(now())
    month = _month(request.args.get("month", "")) or today.replace(day=1)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    with reading() as session:
        found = deadline_queries.between(session, actor(), weeks[0][0], weeks[-1][-1], today)
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    after = date(month.year + (month.month == 12), month.month % 12 + 1, 1)
    return render_template(
        "supervisor/calendar.html",
        month=month,
        weeks=weeks,
        found=found,
        today=today,
        before=before,
        after=after,
    )


def _list(errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    with reading() as session:
        found = queries.listed(session, actor(), today)
        units = registry.inspecting_units(session)
        flag = request.values.get("flag", "")[:26]
        few = queries.visited_lately(session, request.values.get("unit", "")[:64], today)
    return render_template(
        "supervisor/questions.html", found=found, units=units, errors=errors, typed=request.values, flag=flag, few=few
    )


def _one(question_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.one(session, actor(), question_id, shanghai_day(now()))
    return render_template("supervisor/question.html", q=found, errors=errors, typed=request.form)


def _month(text: Any) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
