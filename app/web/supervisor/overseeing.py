"""Dismissed flags reviewed by another person, file review (案卷评查), and what observers sent."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain import file_review as sheets
from app.domain.actors import DISCIPLINE, SUPERVISOR
from app.domain.errors import Declined, DomainError, Invalid, NotFound
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import overseeing as queries
from app.security import roles
from app.services.supervising import file_review, flag_reviews, observers
from app.web.supervisor.blueprint import blueprint, readers, supervisors
from app.web.watching_words import OUTCOMES, PARTS

USUAL_FILES = 30


@blueprint.get("/reviews")
@readers
def reviews() -> str:
    return _reviews({})


@blueprint.post("/reviews/<review_id>")
@roles(SUPERVISOR, DISCIPLINE)
def decide_review(review_id: str) -> Response | tuple[str, int]:
    agree = request.form.get("go") == "agree"
    try:
        perform(flag_reviews.decide, actor(), review_id, agree, request.form.get("note", ""))
    except Declined as error:
        return _reviews({review_id: next(iter(field_sentences(error).values()))}), 422
    return redirect("/supervise/reviews", 303)


def _reviews(errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.reviews(session, actor())
        drawn = queries.review_lots(session, actor())
        who = queries.names(session, [p for r in found for p in (r.row.reviewer, r.row.dismisser)])
    return render_template(
        "supervisor/reviews.html", found=found, drawn=drawn, who=who, errors=errors, typed=request.form, me=actor().id
    )


@blueprint.get("/files")
@supervisors
def campaigns() -> str:
    return _campaigns({})


@blueprint.post("/files")
@supervisors
def open_campaign() -> Response | tuple[str, int]:
    try:
        made = perform(file_review.open_campaign, actor(), _plan(request.form))
    except DomainError as error:
        return _campaigns(field_sentences(error)), 422
    return redirect(f"/supervise/files/{made.id}", 303)


def _plan(form: Any) -> file_review.Plan:
    wanted = form.get("wanted", "").strip()
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 5):
        raise Invalid("out_of_range", "wanted", range=f"1–{file_review.MOST_FILES}")
    days = {}
    for name in ("first", "last"):
        try:
            days[name] = date.fromisoformat(form.get(name, ""))
        except ValueError as error:
            raise Invalid("missing", name) from error
    return file_review.Plan(
        title=form.get("title", ""), way=form.get("way", ""), wanted=int(wanted), sheet=form.get("sheet", "")[:20000], **days
    )  # fmt: skip


def _campaigns(errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    values = dict(request.form) or {
        "way": "lot", "wanted": str(USUAL_FILES), "sheet": sheets.USUAL_SHEET,
        "first": today.replace(month=1, day=1).isoformat(), "last": today.isoformat(),
    }  # fmt: skip
    with reading() as session:
        found = queries.campaigns(session, actor())
    return render_template("supervisor/campaigns.html", found=found, values=values, errors=errors)


@blueprint.get("/files/<campaign_id>")
@supervisors
def campaign(campaign_id: str) -> str:
    return _campaign(campaign_id, {})


@blueprint.post("/files/<campaign_id>")
@supervisors
def step_campaign(campaign_id: str) -> Response | tuple[str, int]:
    """Draws, or closes."""
    try:
        if request.form.get("go") == "draw":
            perform(file_review.draw, actor(), campaign_id, request.form.get("word", ""))
        else:
            perform(file_review.close, actor(), campaign_id)
    except Declined as error:
        return _campaign(campaign_id, field_sentences(error)), 422
    return redirect(f"/supervise/files/{campaign_id}", 303)


def _campaign(campaign_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        row, files = queries.campaign(session, actor(), campaign_id)
        who = queries.names(session, [p for f in files for p in (f.row.reviewer_a, f.row.reviewer_b)])
    return render_template(
        "supervisor/campaign.html",
        c=row, files=files, r=queries.report(row, files), who=who, parts=PARTS, errors=errors, me=actor().id,
    )  # fmt: skip


@blueprint.get("/files/<campaign_id>/<file_id>")
@supervisors
def case_file(campaign_id: str, file_id: str) -> str:
    return _file(campaign_id, file_id, {})


@blueprint.post("/files/<campaign_id>/<file_id>")
@supervisors
def score_file(campaign_id: str, file_id: str) -> Response | tuple[str, int]:
    try:
        if request.form.get("go") == "settle":
            perform(file_review.settle, actor(), file_id, request.form, request.form.get("faults", ""))
        else:
            perform(file_review.score, actor(), file_id, request.form)
    except Declined as error:
        return _file(campaign_id, file_id, field_sentences(error)), 422
    return redirect(f"/supervise/files/{campaign_id}/{file_id}", 303)


def _file(campaign_id: str, file_id: str, errors: dict[str, str]) -> str:
    """The sheet. What the other reviewer gave is shown once both have scored."""
    with reading() as session:
        row, files = queries.campaign(session, actor(), campaign_id)
        who = queries.names(session, [p for f in files for p in (f.row.reviewer_a, f.row.reviewer_b)])
    found = next((f for f in files if f.row.id == file_id), None)
    if found is None:
        raise NotFound("no_such_campaign")
    both = found.row.state in ("scored", "settled")
    mine = {found.row.reviewer_b: found.row.scores_b, found.row.reviewer_a: found.row.scores_a}.get(actor().id)
    return render_template(
        "supervisor/case_file.html",
        c=row, f=found, sheet=sheets.from_text(row.sheet), who=who, parts=PARTS, errors=errors, typed=request.form,
        both=both, a=file_review.points_of(found.row.scores_a) if both else None,
        b=file_review.points_of(found.row.scores_b) if both else None,
        own=file_review.points_of(mine), settled=file_review.points_of(found.row.settled),
        is_mine=actor().id in (found.row.reviewer_a, found.row.reviewer_b),
    )  # fmt: skip


@blueprint.get("/observers")
@supervisors
def observations() -> str:
    return _observations({})


@blueprint.post("/observers/<observation_id>")
@supervisors
def answer_observation(observation_id: str) -> Response | tuple[str, int]:
    text, outcome = request.form.get("answer", ""), request.form.get("outcome", "")
    try:
        perform(observers.answer, actor(), observation_id, text, outcome)
    except Declined as error:
        return _observations({observation_id: next(iter(field_sentences(error).values()))}), 422
    return redirect("/supervise/observers", 303)


def _observations(errors: dict[str, str]) -> str:
    year = shanghai_day(now()).year
    with reading() as session:
        found = queries.observations(session, actor(), request.args.get("state", ""))
        people = [(name, queries.year_of(session, who, year)) for who, name in queries.observers(session, actor())]
    return render_template(
        "supervisor/observers.html",
        found=found, people=people, year=year, errors=errors, typed=request.form, outcomes=OUTCOMES,
    )  # fmt: skip


@blueprint.post("/inspections/<inspection_id>/invite")
@supervisors
def invite_observer(inspection_id: str) -> Response:
    perform(observers.invite, actor(), inspection_id, request.form.get("observer", ""))
    return redirect(f"/supervise/inspections/{inspection_id}#accompany", 303)
