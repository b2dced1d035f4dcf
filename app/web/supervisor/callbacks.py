"""The list of call-backs by lot, and the sheet on which one is asked."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain import callbacks as domain
from app.domain.errors import Declined, Invalid
from app.domain.times import shanghai_day
from app.domain.unseen import estimate
from app.errors import field_sentences
from app.queries import callbacks as queries
from app.queries import overseeing, registry
from app.queries.paging import USUAL
from app.services.supervising import callbacks, observers
from app.web.callback_steps import take
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


@blueprint.post("/callbacks/<callback_id>/<any(claim,release,attempt,answer,give,phone):step>")
@supervisors
def callback_step(callback_id: str, step: str) -> Response | tuple[str, int] | str:
    """Each answers with the sheet again; a step back to the list where this one is over or given back."""
    try:
        if step == "claim":
            perform(callbacks.claim, actor(), callback_id)
        elif step == "give":
            perform(observers.give_callback, actor(), callback_id, request.form.get("observer", ""))
        else:
            phone = take(step, callback_id, request.form)
            if phone:
                return _one(callback_id, {}, phone)
    except Declined as error:
        return _one(callback_id, field_sentences(error)), 422 if isinstance(error, Invalid) else 409
    if step in ("release", "attempt"):
        return redirect(url_for("supervisor.callback_list"), 303)
    return redirect(url_for("supervisor.callback", callback_id=callback_id), 303)


def _one(callback_id: str, errors: dict[str, str], phone: str = "") -> str:
    with reading() as session:
        found = queries.one(session, installation().vault, actor(), callback_id, now())
        units = registry.inspecting_units(session)
        people = overseeing.observers(session, actor())
    left = domain.ATTEMPTS - found.of.row.attempts
    return render_template(
        "supervisor/callback.html",
        s=found, c=found.of.row, phone=phone, observers=people, errors=errors, typed=request.form, units=units,
        cw=callback_words, left=left, today=shanghai_day(now()), domain=domain,
    )  # fmt: skip
