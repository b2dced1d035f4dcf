"""Signing in, in one step or two, and out."""

import logging

from flask import Blueprint, render_template, request, url_for
from flask import redirect as to
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app import cookies
from app.context import installation, perform, reading, take
from app.domain.actors import ADMIN, DISCIPLINE, HEAD, INSPECTOR, OBSERVER, ROLES, SUPERVISOR, Actor
from app.domain.errors import Refused
from app.domain.sign_in import CODE, FACTOR, PASSWORD
from app.errors import sentence
from app.security import STAFF_COOKIE, SignedIn, public, roles, settles
from app.services.people import account_notices, accounts, second_factors, sessions
from app.services.people.sessions import Whence
from app.web.auth import known
from app.web.home.views import safe_path

blueprint = Blueprint("auth", __name__)
told = logging.getLogger("jcm.sign_in")


@blueprint.get("/login")
@public
def login() -> str:
    target, unsent = safe_path(request.args.get("next", "")), "unsent" in request.args
    return render_template("auth/login.html", next=target, problem=None, unsent=unsent)


@blueprint.post("/login")
@public
def sign_in() -> Response | tuple[str, int]:
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    target = safe_path(request.form.get("next", ""))
    _take_limits(username)
    try:
        rules = installation().config.sign_in
        actor, secret, needs_code = perform(accounts.sign_in, username, password, whence(username), rules)
    except Refused as error:
        told.warning("refused: wrong user name or password")
        perform(accounts.note_failure, username)
        text = sentence(error.code, error.data)
        return render_template("auth/login.html", next=target, problem=text, username=username), 409
    if needs_code:
        login_user(SignedIn(secret, actor, CODE))
        return to(url_for("auth.code", next=target), 303)
    return signed_in(actor, secret, target)


@blueprint.get("/login/code")
@roles(*ROLES)
@settles(CODE)
def code() -> str | Response:
    if current_user.owes != CODE:
        return to(home_of(current_user.actor))
    return code_page(safe_path(request.args.get("next", "")))


@blueprint.post("/login/code")
@roles(*ROLES)
@settles(CODE)
def check_code() -> Response | tuple[str, int]:
    """The second step. Whoever gets here knows the password, so attempts are few; those of a thief do not use up those of
    a browser on which the owner was signed in before."""
    target = safe_path(request.form.get("next", ""))
    if current_user.owes != CODE:
        return to(home_of(current_user.actor), 303)
    username = username_of(current_user.actor)
    browser = known.browser(username)
    take(
        f"second-factor-known:{browser}" if browser else f"second-factor:{current_user.actor.id}",
        second_factors.CODE_LIMIT,
    )
    typed, rules, here = request.form.get("code", ""), installation().config.sign_in, whence(username)
    found = perform(second_factors.pass_code, current_user.get_id(), typed[:64], here, rules)
    if found is None:
        told.warning("refused: wrong second factor of %s", current_user.actor.id)
        perform(account_notices.failed, current_user.actor.id)
        return code_page(target, wrong=True), 409
    return signed_in(*found, target)


def code_page(target: str, problem: str | None = None, *, wrong: bool = False) -> str:
    """The second step, in the words of what this account has: an authenticator app, passkeys, or both."""
    actor_id = current_user.actor.id
    with reading() as session:
        has_app, has_passkey = second_factors.has_app(session, actor_id), second_factors.has_passkey(session, actor_id)
    if wrong:
        problem = sentence("wrong_code" if has_app else "wrong_recovery_code", {})
    return render_template("auth/code.html", next=target, problem=problem, has_app=has_app, has_passkey=has_passkey)


@blueprint.post("/logout")
@roles(*ROLES)
@settles(CODE, PASSWORD, FACTOR)
def logout() -> Response:
    perform(sessions.end, current_user.get_id())
    logout_user()
    return to(url_for("home.index"), 303)


def whence(username: str | None) -> Whence:
    """Where a sign-in comes from; `username`: to know whether the account was signed in on this browser before."""
    is_new = not (username and known.browser(username))
    return Whence(str(request.user_agent), request.remote_addr, is_new)


def username_of(actor: Actor) -> str:
    """The user name of who signs in."""
    with reading() as session:
        return accounts.username_of(session, actor.id)


def _take_limits(username: str) -> None:
    """Slows guessing without locking anybody out: a browser on which the account was signed in before has a limit of
    its own, so that somebody who guesses elsewhere does not use it up."""
    take(f"sign-in-from:{request.remote_addr}", accounts.SIGN_IN_FROM_LIMIT)
    browser = known.browser(username)
    if browser:
        take(f"sign-in-known:{browser}", accounts.SIGN_IN_LIMIT)
        return
    take(f"sign-in:{username}:{request.remote_addr}", accounts.SIGN_IN_LIMIT)
    take(f"sign-in:{username}", accounts.SIGN_IN_ANYWHERE_LIMIT)


def signed_in(actor: Actor, secret: str, target: str) -> Response:
    """The answer to a sign-in that is whole: where they wanted to go, or their own door."""
    login_user(SignedIn(secret, actor))
    told.info("signed in: %s", actor.id)
    response = to(target if target != "/" else home_of(actor), 303)
    cookies.put(response, STAFF_COOKIE, "1", 180 * 86400)
    known.remember(response, username_of(actor))
    return response


def home_of(actor: Actor) -> str:
    """Where somebody starts: each role has one door."""
    doors = {
        INSPECTOR: "/inspect/", HEAD: "/inspect/", SUPERVISOR: "/supervise/", ADMIN: "/admin/",
        DISCIPLINE: "/discipline/", OBSERVER: "/observe/",
    }  # fmt: skip
    return doors.get(actor.role or "", "/")
