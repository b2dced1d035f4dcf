"""我的账号: the own password, second factor and sessions, for everybody who signs in."""

from flask import Blueprint, render_template, request
from flask import redirect as to
from flask_login import current_user
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading, take
from app.domain.actors import PUBLIC, ROLES, Actor
from app.domain.codes.draw import code_matrix, svg
from app.domain.errors import Declined
from app.domain.sign_in import FACTOR, PASSWORD, needs_factor
from app.errors import field_sentences
from app.queries import accounts as queries
from app.security import roles, settles
from app.services.people import accounts, passwords, second_factors, sessions
from app.web.account import words
from app.web.auth.views import home_of

blueprint = Blueprint("account", __name__, url_prefix="/account")
everybody = roles(*ROLES)
Answer = str | Response | tuple[str, int]


@blueprint.context_processor
def _own_words() -> dict[str, object]:
    return {"aw": words, "home_path": home_of(_who()), "owes": getattr(current_user, "owes", "")}


@blueprint.get("/")
@everybody
def home() -> str:
    return account_page({})


@blueprint.post("/sessions/others")
@everybody
def end_others() -> Response:
    perform(sessions.end_all, actor().id, but=current_user.get_id())
    return to("/account/?done=others#sessions", 303)


@blueprint.post("/sessions/<session_id>")
@everybody
def end_session(session_id: str) -> Response:
    perform(sessions.end_one, actor(), session_id)
    return to("/account/?done=session#sessions", 303)


@blueprint.get("/password")
@everybody
@settles(PASSWORD)
def password() -> str:
    return render_template("account/password.html", errors={})


@blueprint.post("/password")
@everybody
@settles(PASSWORD)
def change_password() -> Answer:
    take(f"own-password:{actor().id}", passwords.OWN_LIMIT)
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        perform(accounts.change_password, actor(), old, new, current_user.get_id(), installation().config.sign_in)
    except Declined as error:
        return render_template("account/password.html", errors=field_sentences(error)), 422
    return to("/account/?done=password", 303)


@blueprint.get("/factor")
@everybody
@settles(FACTOR)
def enrolment() -> Answer:
    return _enrolment({})


@blueprint.post("/factor")
@everybody
@settles(FACTOR)
def confirm() -> Answer:
    """The recovery codes stand on the answer and nowhere else."""
    take(f"second-factor:{actor().id}", second_factors.CODE_LIMIT)
    password = None if current_user.owes == FACTOR else request.form.get("password", "")
    try:
        codes = perform(second_factors.confirm, actor(), _code(), current_user.get_id(), password)
    except Declined as error:
        return _enrolment(field_sentences(error))
    return render_template("account/recovery.html", codes=codes)


@blueprint.post("/factor/codes")
@everybody
def renew_codes() -> Answer:
    take(f"second-factor:{actor().id}", second_factors.CODE_LIMIT)
    try:
        codes = perform(second_factors.renew_codes, actor(), _code())
    except Declined as error:
        return account_page(field_sentences(error)), 422
    return render_template("account/recovery.html", codes=codes)


@blueprint.post("/factor/replace")
@everybody
def replace() -> Answer:
    take(f"second-factor:{actor().id}", second_factors.CODE_LIMIT)
    try:
        perform(second_factors.replace, actor(), _code())
    except Declined as error:
        return account_page(field_sentences(error)), 422
    return to("/account/factor", 303)


def _who() -> Actor:
    """Who is signed in, or nobody: an error page is drawn as well for who is not, or may not be, here."""
    found: Actor = getattr(current_user, "actor", PUBLIC)
    return found


def _code() -> str:
    return request.form.get("code", "")[:64]


def _enrolment(errors: dict[str, str]) -> Answer:
    with reading() as session:
        if second_factors.has_app(session, actor().id):
            return to("/account/", 303)
    shown = enrolment_page(errors)
    return (shown, 422) if errors else shown


def enrolment_page(errors: dict[str, str]) -> str:
    """The page that begins a second factor: an app, or a passkey."""
    begun = perform(second_factors.begin, actor())
    text = " ".join(begun.text[i : i + 4] for i in range(0, len(begun.text), 4))
    drawing = svg(code_matrix(begun.address))
    return render_template("account/factor.html", secret=text, drawing=drawing, errors=errors)


def account_page(errors: dict[str, str]) -> str:
    rules = installation().config.sign_in
    with reading() as session:
        me = queries.account(session, actor())
        listed = sessions.own(session, actor(), current_user.get_id(), now(), rules)
    return render_template(
        "account/home.html",
        me=me,
        sessions=listed,
        errors=errors,
        rules=rules,
        obliged=needs_factor(actor().role, rules),
        done=words.DONE.get(request.args.get("done", "")),
    )
