"""Discipline inspection (纪检监察): its leads, and its own looks. What it reads of the units are the supervisor's pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, installation, perform, reading
from app.domain.actors import DISCIPLINE
from app.domain.errors import Declined, Invalid, NotFound
from app.domain.leads import STATES
from app.errors import field_sentences
from app.queries import watching as queries
from app.queries.paging import MOST, USUAL
from app.security import roles
from app.services.speaking import voice
from app.services.supervising import leads
from app.web.discipline import words
from app.web.files import as_sound
from app.web.listed import Listed, Rows, sent
from app.web.sending import FORMS

blueprint = Blueprint("discipline", __name__, url_prefix="/discipline")
inspection_of_discipline = roles(DISCIPLINE)
STEPS = {"take_up": leads.take_up, "note": leads.note}


@blueprint.get("/")
@inspection_of_discipline
def home() -> str:
    """The leads, those of one state where it is asked for."""
    state = request.args.get("state", "")
    with reading() as session:
        counts = queries.counts(session, actor())
        found = queries.leads(session, actor(), installation().vault, state)
    return render_template(
        "discipline/leads.html", counts=counts, found=found, state=state, states=STATES, dw=words, most=MOST
    )


@blueprint.get("/leads/<lead_id>")
@inspection_of_discipline
def lead(lead_id: str) -> str:
    return _page(lead_id, {})


@blueprint.get("/leads/<lead_id>/voice")
@inspection_of_discipline
def lead_voice(lead_id: str) -> Response:
    """What was said aloud; that it was heard is a look."""
    vault = installation().vault
    with reading() as session:
        return as_sound(voice.opened(session, vault, queries.lead(session, actor(), vault, lead_id).said))


@blueprint.post("/leads/<lead_id>")
@inspection_of_discipline
def act(lead_id: str) -> Response | tuple[str, int]:
    """One step of a lead."""
    note, go = request.form.get("note", ""), request.form.get("go", "")
    try:
        if go == "close":
            perform(leads.close, actor(), lead_id, note, request.form.get("answer", ""))
        elif go in STEPS:
            perform(STEPS[go], actor(), lead_id, note)
        else:
            raise Invalid("unknown_choice", "form", value=go[:20], choices="take_up, note, close")
    except Declined as error:
        return _page(lead_id, field_sentences(error)), 422
    return redirect(f"/discipline/leads/{lead_id}", 303)


@blueprint.get("/looks")
@inspection_of_discipline
def looks() -> str:
    """What discipline inspection itself looked at, and its accounts."""
    with reading() as session:
        found, following = queries.looks(session, actor(), installation().vault, request.args.get("cursor"), USUAL)
        people = queries.colleagues(session, actor())
    return render_template("discipline/looks.html", found=found, following=following, people=people)


@blueprint.get("/export/<what>.<form>")
@inspection_of_discipline
def export(what: str, form: str) -> Response:
    """The leads or the looks as a file. That they were taken out is a look (`security.py`), and nothing elsewhere."""
    if what not in LISTS or form not in FORMS:
        raise NotFound("no_such_table")
    return sent(LISTS[what](), form, what)


def _leads() -> Listed:
    who, vault, state = actor(), installation().vault, request.args.get("state", "")

    def rows(session: Any) -> Rows:
        for row in queries.exported_leads(session, who, vault, state):
            yield tuple(_joined(cell) if isinstance(cell, tuple) else cell for cell in row)

    said = {"way": words.WAYS, "lead_state": words.LEAD_STATES}
    return Listed(queries.LEAD_COLUMNS, rows, {"state": state}, said=said)


def _joined(concerns: tuple[str, ...]) -> str:
    return "；".join(str(words.CONCERNS.get(c, c)) for c in concerns)


def _looks() -> Listed:
    who, vault = actor(), installation().vault
    return Listed(queries.LOOK_COLUMNS, lambda session: queries.exported_looks(session, who, vault), {})


LISTS: dict[str, Callable[[], Listed]] = {"leads": _leads, "looks": _looks}


def _page(lead_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.lead(session, actor(), installation().vault, lead_id)
    return render_template("discipline/lead.html", lead=found, errors=errors, typed=request.form, dw=words)
