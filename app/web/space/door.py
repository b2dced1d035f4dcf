"""Coming in: at a visit, by invitation, by a code sent to a proved address, by the entry code; and going out."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import cookies
from app.context import installation, perform, reading, take
from app.domain.errors import Declined, Invalid, NotFound
from app.domain.space import Address, address, typed_digits
from app.errors import field_sentences, sentence
from app.queries import enterprise as enterprise_queries
from app.security import SPACE_COOKIE, device, of_enterprise, public, space_person
from app.services.sending import senders
from app.services.space import entry, persons
from app.services.trust.verification import look
from app.store.limits import Limit
from app.web.home.views import safe_path
from app.web.space.blueprint import blueprint, browser, person, refuse_staff_device, with_cookie

ASK_FROM = Limit(burst=30, per_minute=6)  # an address of the network: a business park goes out through one
ASK_FOR = Limit(burst=3, per_minute=0.05)  # a contact: three at once, then one every twenty minutes
TRY_FROM = Limit(burst=60, per_minute=20)


def way_to(contact: Address) -> str | None:
    """How a code reaches an address: `sent` by a gateway, `told` on this page in the demonstration, or None: not at all."""
    config = installation().config
    if ("sms" if contact.channel == "phone" else "mail") in senders.from_config(config.outside):
        return "sent"
    return "told" if config.environment == "demo" else None


@blueprint.get("/")
@public
def door() -> BaseResponse | str:
    """The way in; who is in already goes on to the visits."""
    if space_person() is not None:
        return redirect(url_for("space.home"), 303)
    return _door({}, {})


@blueprint.post("/code")
@public
def send_code() -> BaseResponse | str | tuple[str, int]:
    """Sends a code to a proved address. Whether the address is known here is not told."""
    refuse_staff_device()
    take(f"space-ask:{request.remote_addr}", ASK_FROM)
    try:
        contact = address(request.form.get("contact", ""))
    except Invalid as error:
        return _door(request.form, field_sentences(error)), 422
    take(f"space-ask-for:{contact.value}", ASK_FOR)
    by = way_to(contact)
    told = perform(entry.send_code, contact, device(), by) if by else None
    return _digits_page({"contact": request.form["contact"]}, {}, by=by, told=told)


@blueprint.get("/enter")
@public
def enter_form() -> str:
    """For the six digits that were told in person."""
    return _digits_page({}, {}, by=None)


@blueprint.post("/enter")
@public
def enter() -> BaseResponse | tuple[str, int]:
    """Six digits with the address that they belong to."""
    refuse_staff_device()
    take(f"space-try:{request.remote_addr}", TRY_FROM)
    digits = typed_digits(request.form.get("digits", ""))
    try:
        contact = address(request.form.get("contact", ""))
        entered = perform(entry.enter, contact, digits, device(), browser(), space_person())
    except Invalid as error:
        return _digits_page(request.form, field_sentences(error), by=None), 422
    if entered is None:
        return _digits_page(request.form, {"digits": sentence("digits_wrong", {})}, by=None), 422
    return _in(entered)


@blueprint.post("/back")
@public
def come_back() -> BaseResponse | tuple[str, int]:
    """Address and entry code: the way back without a gateway."""
    refuse_staff_device()
    take(f"space-try:{request.remote_addr}", TRY_FROM)
    try:
        contact = address(request.form.get("contact", ""))
        text = request.form.get("entry_code", "")[:60]
        entered = perform(entry.enter_with_entry_code, contact, text, browser())
    except Invalid as error:
        return _door(request.form, field_sentences(error)), 422
    if entered is None:
        return _door(request.form, {"entry_code": sentence("entry_code_wrong", {})}), 422
    return _in(entered)


@blueprint.get("/join/<presented>")
@public
def join_form(presented: str) -> str:
    """At a visit: who are you, how are you reached, what do you do here?"""
    return _join_page(presented, {}, {})


@blueprint.post("/join/<presented>")
@public
def join(presented: str) -> str | tuple[str, int]:
    refuse_staff_device()
    take(f"space-ask:{request.remote_addr}", ASK_FROM)
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        contact = address(request.form.get("contact", ""))
        take(f"space-ask-for:{contact.value}", ASK_FOR)
        perform(entry.ask_at_visit, presented, name, contact, role, device())
    except Declined as error:
        return _join_page(presented, request.form, field_sentences(error)), 422
    return _digits_page({"contact": request.form["contact"]}, {}, by="officer")


@blueprint.post("/out")
@of_enterprise
def out() -> BaseResponse:
    perform(persons.end_session, person().id, g.space_session.id)
    response = redirect(url_for("space.door"), 303)
    cookies.drop(response, SPACE_COOKIE)
    return response


def _in(entered: entry.Entered) -> BaseResponse:
    """The first time leads to the entry code, which has to be kept; later, to where one wanted to go."""
    target = safe_path(request.form.get("next", ""))
    home = url_for("space.me", new="1") if entered.new else url_for("space.home")
    return with_cookie(redirect(home if target == "/" or entered.new else target, 303), entered.secret)


def _door(values: object, errors: dict[str, str]) -> str:
    outside = installation().config.outside
    return render_template(
        "space/door.html",
        values=values,
        errors=errors,
        next=safe_path(request.values.get("next") or ""),
        city=bool(outside.space_issuer),
        can_send=bool(outside.smtp_url or outside.sms_webhook) or installation().config.environment == "demo",
    )


def _digits_page(values: object, errors: dict[str, str], *, by: str | None, told: str | None = None) -> str:
    return render_template("space/digits.html", values=values, errors=errors, by=by, told=told)


def _join_page(presented: str, values: object, errors: dict[str, str]) -> str:
    with reading() as session:
        seen = look(session, presented, installation().clock())
        around = enterprise_queries.around(session, seen.inspection, seen.holder)
    if around is None:
        raise NotFound("no_such_code")
    return render_template("space/join.html", presented=presented, values=values, errors=errors, around=around)
