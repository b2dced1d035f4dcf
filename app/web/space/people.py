"""Who belongs to an enterprise's space; and one's own address, entry code and sessions."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import cookies
from app.context import installation, now, perform, reading, take
from app.domain.errors import Declined, Invalid
from app.domain.space import address
from app.errors import field_sentences
from app.queries import space as queries
from app.security import SPACE_COOKIE, device, of_enterprise
from app.services.space import entry, members, persons
from app.store.models import SpacePerson
from app.web.space.blueprint import blueprint, person
from app.web.space.door import ASK_FOR, way_to


@blueprint.get("/people")
@of_enterprise
def members_page() -> str:
    return _people_page({}, {})


@blueprint.post("/people")
@of_enterprise
def invite() -> str | tuple[str, int]:
    """Invites somebody: the code goes to them, or is shown to be told in person."""
    form = request.form
    try:
        contact = address(form.get("contact", ""))
        take(f"space-ask-for:{contact.value}", ASK_FOR)
        by = "sent" if way_to(contact) == "sent" else "told"
        told = perform(
            entry.invite, person(), form.get("enterprise", ""), form.get("name", "").strip(), contact,
            form.get("role", ""), form.get("manages") == "1", by,
        )  # fmt: skip
    except Declined as error:
        return _people_page(form, field_sentences(error)), 422
    return render_template("space/invited.html", told=told, contact=form["contact"], name=form.get("name", ""))


@blueprint.post("/people/<member_id>/remove")
@of_enterprise
def remove(member_id: str) -> BaseResponse:
    """Removes a member at once, or leaves."""
    own = perform(members.remove, person(), member_id)
    return redirect(url_for("space.door" if own else "space.members_page"), 303)


@blueprint.get("/me")
@of_enterprise
def me() -> str:
    return _me_page({})


@blueprint.post("/me/entry-code")
@of_enterprise
def new_entry_code() -> str:
    """A new entry code, shown once."""
    return _me_page({}, entry_code=perform(persons.new_entry_code, person().id))


@blueprint.post("/me/contact")
@of_enterprise
def prove_contact() -> str | tuple[str, int]:
    """Sends a code to the address, so that it can be used to come back."""
    try:
        contact = address(request.form.get("contact", ""))
        by = way_to(contact)
        if by is None:
            raise Invalid("no_gateway", "contact")
        take(f"space-ask-for:{contact.value}", ASK_FOR)
    except Invalid as error:
        return _me_page(field_sentences(error)), 422
    told = perform(entry.send_code, contact, device(), by, person())
    return render_template(
        "space/digits.html", values={"contact": request.form["contact"]}, errors={}, by=by, told=told
    )


@blueprint.post("/me/sessions/<session_id>/end")
@of_enterprise
def end_session(session_id: str) -> BaseResponse:
    own = session_id == g.space_session.id
    perform(persons.end_session, person().id, session_id)
    response = redirect(url_for("space.door" if own else "space.me"), 303)
    if own:
        cookies.drop(response, SPACE_COOKIE)
    return response


def _people_page(values: object, errors: dict[str, str]) -> str:
    with reading() as session:
        found = {
            e: queries.people(session, installation().vault, e.id)
            for e in queries.enterprises(session, person().enterprises)
        }
    return render_template("space/people.html", found=found, values=values, errors=errors, now=now())


def _me_page(errors: dict[str, str], entry_code: str | None = None) -> str:
    with reading() as session:
        row = session.get(SpacePerson, person().id)
        details = persons.details(installation().vault, row) if row else None
        sessions = persons.open_sessions(session, person().id, now())
    contact = details.address if details else None
    return render_template(
        "space/me.html", details=details, sessions=sessions, this=g.space_session.id, errors=errors,
        entry_code=entry_code, new=request.args.get("new"), can_prove=contact is not None and way_to(contact) is not None,
        has_entry_code=bool(row and row.return_hash), contact=contact,
    )  # fmt: skip
