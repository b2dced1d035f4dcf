"""Discipline inspection (纪检监察): its leads, and its own looks. What it reads of the units are the supervisor's pages."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, installation, perform, reading
from app.domain.actors import DISCIPLINE
from app.domain.errors import DomainError, Invalid, NotFound
from app.domain.leads import STATES
from app.errors import field_sentences
from app.queries import watching as queries
from app.queries.paging import MOST, USUAL
from app.security import roles
from app.services import leads
from app.web.discipline import words

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
    except NotFound:
        raise
    except DomainError as error:
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


def _page(lead_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.lead(session, actor(), installation().vault, lead_id)
    return render_template("discipline/lead.html", lead=found, errors=errors, typed=request.form, dw=words)
