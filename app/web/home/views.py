"""The three doors, the reader's choices of language and letter size, and whether the server lives."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.context import installation
from app.domain.figures import Rate
from app.i18n import ELDER_COOKIE, LANGUAGE_COOKIE, LANGUAGES
from app.operating import checks
from app.operating import metrics as figures
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
        response.set_cookie(
            LANGUAGE_COOKIE, request.form["lang"], max_age=YEAR, samesite="Lax", secure=request.is_secure
        )
    if request.form.get("elder") in ("0", "1"):
        response.set_cookie(ELDER_COOKIE, request.form["elder"], max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return response


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Alive: the process answers. Says nothing about the database."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Ready: the database answers and its schema is current, keys open, the log goes on, there is space. 503 where not."""
    parts = checks.ready(installation())
    fine = all(parts.values())
    return jsonify(status="ok" if fine else "failing", checks=parts), 200 if fine else 503


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Figures for Prometheus, for whom the configuration lets; 404 for everybody else."""
    bearer = request.authorization.token if request.authorization and request.authorization.type == "bearer" else None
    if not figures.may_read(installation().config, request.remote_addr, bearer):
        abort(404)
    return Response(figures.exposition(installation()), content_type=figures.CONTENT_TYPE)


@blueprint.get("/design")
@public
def design() -> str:
    """Every piece that pages are built of, in each state, for whoever builds pages; not there in production."""
    if installation().config.is_production:
        abort(404)
    return render_template("home/design.html", long=_LONG_NAME, share=Rate(17, 120))


_LONG_NAME = "云汀示例超长名称精密机械制造与自动化设备技术服务（集团）股份有限公司第一分公司仓储中心 " * 2


def safe_path(text: str) -> str:
    """A path on this site, or `/`: never another host, never a scheme (no open redirect)."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if is_path and text.isprintable() else "/"
