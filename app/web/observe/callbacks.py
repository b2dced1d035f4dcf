"""Call-backs by lot that the bureau gave to an observer: whom to ask, the three questions, and nothing else."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, reading
from app.domain import callbacks as domain
from app.domain.errors import Declined, Invalid
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import callbacks as queries
from app.queries import registry
from app.web.callback_steps import take
from app.web.observe.blueprint import blueprint, observing
from app.web.supervisor import callback_words


@blueprint.get("/callbacks")
@observing
def callbacks() -> str:
    with reading() as session:
        found = queries.given(session, actor())
    return render_template("observe/callbacks.html", found=found, done=request.args.get("done"))


@blueprint.get("/callbacks/<callback_id>")
@observing
def callback(callback_id: str) -> str:
    return _one(callback_id, {})


@blueprint.post("/callbacks/<callback_id>/<any(attempt,answer,release,phone):step>")
@observing
def callback_step(callback_id: str, step: str) -> Response | tuple[str, int] | str:
    try:
        phone = take(step, callback_id, request.form)
    except Declined as error:
        return _one(callback_id, field_sentences(error)), 422 if isinstance(error, Invalid) else 409
    return _one(callback_id, {}, phone) if phone else redirect("/observe/callbacks?done=1", 303)


def _one(callback_id: str, errors: dict[str, str], phone: str = "") -> str:
    with reading() as session:
        found = queries.given_one(session, actor(), callback_id)
        units = registry.inspecting_units(session)
    return render_template(
        "observe/callback.html",
        c=found, errors=errors, typed=request.form, units=units, phone=phone, cw=callback_words,
        left=domain.ATTEMPTS - found.attempts, today=shanghai_day(now()),
    )  # fmt: skip
