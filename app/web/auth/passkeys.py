"""Signing in with a passkey: instead of password and code, or as the second step."""

import logging

from flask import Blueprint, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.context import installation, perform, take
from app.domain.actors import ROLES
from app.domain.errors import DomainError
from app.domain.sign_in import CODE
from app.errors import field_sentences
from app.security import public, roles, settles
from app.services.people import passkeys
from app.services.people.passkeys import Question
from app.web.auth.views import code_page, signed_in, username_of, whence
from app.web.home.views import safe_path

blueprint = Blueprint("passkeys", __name__)
told = logging.getLogger("jcm.sign_in")


@blueprint.post("/login/passkey/options")
@public
def options() -> dict[str, object]:
    limit()
    return said_of(perform(passkeys.ask))


@blueprint.post("/login/passkey")
@public
def sign_in() -> Response | tuple[str, int]:
    return _signed()


@blueprint.post("/login/code/passkey/options")
@roles(*ROLES)
@settles(CODE)
def second_options() -> dict[str, object]:
    limit()
    return said_of(perform(passkeys.ask, current_user.get_id()))


@blueprint.post("/login/code/passkey")
@roles(*ROLES)
@settles(CODE)
def second() -> Response | tuple[str, int]:
    return _signed(current_user.get_id())


def _signed(half: str = "") -> Response | tuple[str, int]:
    limit()
    target, form = safe_path(request.form.get("next", "")), request.form
    rules = installation().config.sign_in
    here = whence(username_of(current_user.actor) if half else None)
    try:
        found = perform(passkeys.sign_in, form.get("answer", ""), form.get("state", ""), here, rules, half)
    except DomainError as error:
        told.warning("refused: passkey")
        problem = field_sentences(error).popitem()[1]
        page = code_page(target, problem) if half else render_template("auth/login.html", next=target, problem=problem)
        return page, 409
    return signed_in(*found, target)


def limit() -> None:
    """Questions and answers, an address."""
    take(f"passkey:{request.remote_addr}", passkeys.LIMIT)


def said_of(question: Question) -> dict[str, object]:
    """A question as JSON, for passkeys.js."""
    return {"options": question.options, "state": question.state}
