"""The three doors, the reader's choices of language and letter size, and whether the server lives."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.context import installation
from app.i18n import ELDER_COOKIE, LANGUAGE_COOKIE, LANGUAGES
from app.security import public

blueprint = Blueprint("home", __name__)
YEAR = 365 * 86400


@blueprint.get("/")
@public
def index() -> str:
    return render_template("home/index.html")


@blueprint.post("/preferences")
@public
def preferences() -> BaseResponse:
    """Language and elder mode: one tap, remembered. Returns to the page it came from, by path only."""
    response = redirect(safe_path(request.form.get("back", "/")), 303)
    if request.form.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, request.form["lang"], max_age=YEAR, samesite="Lax")
    if request.form.get("elder") in ("0", "1"):
        response.set_cookie(ELDER_COOKIE, request.form["elder"], max_age=YEAR, samesite="Lax")
    return response


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Alive: the process answers. Says nothing about the database."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Ready: the database answers and its schema is current."""
    from app.store.migrate import is_current

    database = installation().database
    try:
        checks = {"database": database.is_alive(), "migrations": is_current(database.engine)}
    except Exception:
        checks = {"database": False, "migrations": False}
    return jsonify(status="ok" if all(checks.values()) else "failing", checks=checks), (
        200 if all(checks.values()) else 503
    )


def safe_path(text: str) -> str:
    """A path on this site, or `/`: never another host, never a scheme (no open redirect)."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if is_path and text.isprintable() else "/"
