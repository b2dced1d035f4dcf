"""Signing in and out."""

from flask import Blueprint, render_template, request, url_for
from flask import redirect as to
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.context import perform, take
from app.domain.actors import ADMIN, DISCIPLINE, HEAD, INSPECTOR, OBSERVER, ROLES, SUPERVISOR, Actor
from app.domain.errors import Refused
from app.errors import sentence
from app.security import STAFF_COOKIE, SignedIn, public, roles
from app.services import accounts
from app.web.home.views import safe_path

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@public
def login() -> str:
    return render_template("auth/login.html", next=safe_path(request.args.get("next", "")), problem=None)


@blueprint.post("/login")
@public
def sign_in() -> Response | tuple[str, int]:
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    target = safe_path(request.form.get("next", ""))
    take(f"sign-in-from:{request.remote_addr}", accounts.SIGN_IN_FROM_LIMIT)
    take(f"sign-in:{username}", accounts.SIGN_IN_LIMIT)
    try:
        actor, secret = perform(accounts.sign_in, username, password, str(request.user_agent))
    except Refused as error:
        text = sentence(error.code, error.data)
        return render_template("auth/login.html", next=target, problem=text, username=username), 409
    login_user(SignedIn(secret, actor))
    response = to(target if target != "/" else home_of(actor), 303)
    response.set_cookie(STAFF_COOKIE, "1", max_age=180 * 86400, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@blueprint.post("/logout")
@roles(*ROLES)
def logout() -> Response:
    perform(accounts.sign_out, current_user.get_id())
    logout_user()
    return to(url_for("home.index"), 303)


def home_of(actor: Actor) -> str:
    """Where somebody starts: each role has one door."""
    doors = {
        INSPECTOR: "/inspect/", HEAD: "/inspect/", SUPERVISOR: "/supervise/", ADMIN: "/admin/",
        DISCIPLINE: "/discipline/", OBSERVER: "/observe/",
    }  # fmt: skip
    return doors.get(actor.role or "", "/")
