"""The list of call-backs by lot, and the sheet on which one is asked."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain import callbacks as domain
from app.domain.callbacks import Answer
from app.domain.errors import DomainError, Invalid, NotFound
from app.domain.times import shanghai_day
from app.domain.unseen import estimate
from app.errors import field_sentences
from app.queries import callbacks as queries
from app.queries import registry
from app.queries.paging import USUAL
from app.services import callbacks
from app.web.supervisor import callback_words
from app.web.supervisor.blueprint import blueprint, supervisors

DRAWS_SHOWN = 12  # of the last four weeks


@blueprint.get("/callbacks")
@supervisors
def callback_list() -> str:
    view = request.args.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    with reading() as session:
        found, following = queries.listed(session, actor(), view, request.args.get("cursor"), USUAL, now())
        counts = queries.counts(session, actor(), now())
        progress = queries.progress(session, actor().regions, DRAWS_SHOWN)
        asked = queries.asked(session, actor().regions, shanghai_day(now()).year)
    return render_template(
        "supervisor/callbacks.html",
        found=found, following=following, view=view, counts=counts, progress=progress, estimate=estimate(asked),
        year=shanghai_day(now()).year, views=queries.VIEWS, cw=callback_words,
    )  # fmt: skip


@blueprint.get("/callbacks/<callback_id>")
@supervisors
def callback(callback_id: str) -> str:
    return _one(callback_id, {})


@blueprint.post("/callbacks/<callback_id>/<any(claim,release,attempt,answer):step>")
@supervisors
def callback_step(callback_id: str, step: str) -> Response | tuple[str, int]:
    """Each answers with the sheet again; a step back to the list where this one is over or given back."""
    form = request.form
    try:
        if step == "claim":
            perform(callbacks.claim, actor(), callback_id)
        elif step == "release":
            perform(callbacks.release, actor(), callback_id)
        elif step == "attempt":
            perform(callbacks.attempt, actor(), callback_id, form.get("way", ""), form.get("why", ""))
        else:
            perform(callbacks.answer, actor(), callback_id, _answer(form))
    except NotFound:
        raise
    except DomainError as error:
        return _one(callback_id, field_sentences(error)), 422 if isinstance(error, Invalid) else 409
    if step in ("release", "attempt"):
        return redirect(url_for("supervisor.callback_list"), 303)
    return redirect(url_for("supervisor.callback", callback_id=callback_id), 303)


def _answer(form: Any) -> Answer:
    """Raises Invalid("callback_day_wrong", "visited_on") for a day that is none."""
    typed = form.get("visited_on", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid("callback_day_wrong", "visited_on") from None
    return Answer(
        way=form.get("way", ""),
        came=form.get("came", ""),
        code=form.get("code") or None,
        went=form.get("went") or None,
        visited_on=day,
        unit=form.get("unit") or None,
        note=form.get("note", ""),
    )


def _one(callback_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.one(session, installation().vault, actor(), callback_id, now())
        units = registry.inspecting_units(session)
    left = domain.ATTEMPTS - found.of.row.attempts
    return render_template(
        "supervisor/callback.html",
        s=found, c=found.of.row, errors=errors, typed=request.form, units=units, cw=callback_words, left=left,
        today=shanghai_day(now()), domain=domain,
    )  # fmt: skip
