"""What enterprises lay before the unit: statements to answer, recusals to decide, wishes; and digits for a person at a visit."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading, take
from app.domain.actors import HEAD
from app.domain.errors import Declined, DomainError, NotFound
from app.domain.space import address
from app.queries import space as queries
from app.security import roles
from app.services.space import entry
from app.services.visiting import matters
from app.store.limits import Limit
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff

HAND_OVER = Limit(burst=20, per_minute=2)  # an officer


@blueprint.get("/heard")
@staff
def heard() -> str:
    """What waits for the unit's word."""
    return _heard_page({})


@blueprint.post("/heard/<matter_id>/answer")
@staff
def answer_statement(matter_id: str) -> BaseResponse | tuple[str, int]:
    return _said(matters.answer_statement, matter_id, request.form.get("answer", ""))


@blueprint.post("/heard/<matter_id>/decide")
@roles(HEAD)
def decide_recusal(matter_id: str) -> BaseResponse | tuple[str, int]:
    accepted = request.form.get("go") == "accept"
    return _said(matters.decide_recusal, matter_id, accepted, request.form.get("answer", ""))


@blueprint.post("/heard/<matter_id>/decline")
@staff
def decline_wish(matter_id: str) -> BaseResponse | tuple[str, int]:
    return _said(matters.decline_wish, matter_id, request.form.get("answer", ""))


@blueprint.get("/<inspection_id>/space")
@staff
def space_requests(inspection_id: str) -> str:
    """People of the enterprise who wait for their six digits; and a form for who has no phone at hand."""
    return _requests_page(inspection_id, {}, {})


@blueprint.post("/<inspection_id>/space")
@staff
def space_request(inspection_id: str) -> str | tuple[str, int]:
    """Hands digits over: for a request that waits, or for what the person typed on this page."""
    take(f"hand-over:{actor().id}", HAND_OVER)
    form = request.form
    try:
        if form.get("request"):
            told = perform(entry.hand_over, actor(), inspection_id, form["request"])
        else:
            contact = address(form.get("contact", ""))
            name, role = form.get("name", "").strip(), form.get("role", "")
            told = perform(entry.ask_on_officers_page, actor(), inspection_id, name, contact, role)
    except NotFound as error:
        if error.code != "no_such_request":
            raise
        return _requests_page(inspection_id, {}, messages(error)), 404
    except DomainError as error:
        return _requests_page(inspection_id, form, messages(error)), 422
    return _requests_page(inspection_id, {}, {}, told)


def _said(use_case: Any, matter_id: str, *args: Any) -> BaseResponse | tuple[str, int]:
    try:
        perform(use_case, actor(), matter_id, *args)
    except Declined as error:
        return _heard_page({matter_id: " ".join(messages(error).values())}), 422
    back = request.form.get("inspection", "")
    if back:
        return redirect(url_for("inspector.detail", inspection_id=back[:26]), 303)
    return redirect(url_for("inspector.heard"), 303)


def _heard_page(errors: dict[str, str]) -> str:
    with reading() as session:
        found = queries.before_unit(session, installation().vault, str(actor().unit))
    return render_template(
        "inspector/heard.html", matters=found, errors=errors, typed=request.form, is_head=actor().role == HEAD
    )


def _requests_page(inspection_id: str, values: Any, errors: dict[str, str], told: str | None = None) -> str:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        waiting = entry.requests(session, installation().vault, inspection_id, now())
    return render_template("inspector/space.html", s=s, waiting=waiting, values=values, errors=errors, told=told)
