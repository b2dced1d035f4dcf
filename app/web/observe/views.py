"""The observer's small pages (社会监督员、监督联系点), for a phone: say something, answers, invitations, recusal, the year."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, DomainError
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import overseeing as queries
from app.queries import registry
from app.services.supervising import observers
from app.web import watching_words as words
from app.web.observe import callbacks
from app.web.observe.blueprint import blueprint, observing

__all__ = ["blueprint", "callbacks"]


@blueprint.get("/")
@observing
def home() -> str:
    return _home({})


@blueprint.post("/")
@observing
def say() -> Response | tuple[str, int]:
    form = request.form
    said = observers.Said(
        kind=form.get("kind", ""),
        text=form.get("text", ""),
        unit=form.get("unit") or None,
        item=form.get("item", "").strip() or None,
        number=form.get("number", "").strip() or None,
        enterprise_name=form.get("enterprise_name", "").strip() or None,
    )
    try:
        perform(observers.observe, actor(), said)
    except DomainError as error:
        return _home(field_sentences(error)), 422
    return redirect("/observe/?sent=1#mine", 303)


@blueprint.post("/invitations/<accompanying_id>")
@observing
def reply(accompanying_id: str) -> Response | tuple[str, int]:
    go, note = request.form.get("go", ""), request.form.get("note", "")
    try:
        perform(observers.reply, actor(), accompanying_id, go, note)
    except Declined as error:
        return _home({"form": next(iter(field_sentences(error).values()))}), 422
    return redirect("/observe/", 303)


@blueprint.get("/recusals")
@observing
def recusals() -> str:
    return _recusals({})


@blueprint.post("/recusals")
@observing
def recuse() -> Response | tuple[str, int]:
    form = request.form
    try:
        if form.get("end"):
            perform(observers.end_recusal, actor(), form["end"])
        else:
            perform(observers.recuse, actor(), form.get("enterprise", ""), form.get("reason", ""))
    except Declined as error:
        return _recusals(field_sentences(error)), 422
    return redirect("/observe/recusals", 303)


@blueprint.get("/year")
@observing
def year() -> str:
    """The yearly record (履职记录)."""
    this = shanghai_day(now()).year
    with reading() as session:
        years = [(y, queries.year_of(session, actor().id, y)) for y in (this, this - 1)]
    return render_template("observe/year.html", years=years)


def _home(errors: dict[str, str]) -> str:
    with reading() as session:
        mine = queries.observations(session, actor())
        invited = queries.invitations(session, actor().id)
        units = registry.inspecting_units(session) + registry.supervising_units(session)
    return render_template(
        "observe/home.html",
        mine=mine, invited=invited, units=[u for u in units if u.region in actor().regions],
        errors=errors, values=request.form, ow=words, sent=request.args.get("sent"),
    )  # fmt: skip


def _recusals(errors: dict[str, str]) -> str:
    text = request.values.get("q", "").strip()[:100]
    with reading() as session:
        found = registry.enterprises(session, text, limit=10) if len(text) >= 2 else []
        mine = queries.recusals(session, actor().id)
    return render_template(
        "observe/recusals.html", found=found, mine=mine, text=text, errors=errors, values=request.form
    )
