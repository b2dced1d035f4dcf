"""The real site's pages about practising: begin, end, and what somebody sees who is not in a room."""

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.context import installation, now, reading, take
from app.domain.actors import ROLES
from app.domain.errors import Refused
from app.domain.times import shanghai_day
from app.errors import sentence
from app.practice.door import COOKIE, Door
from app.practice.rooms import LIFETIME, PATH
from app.queries import enterprise
from app.security import public, roles
from app.store.limits import Limit

blueprint = Blueprint("practice", __name__)
LIMIT = Limit(burst=6, per_minute=1)


@blueprint.get(PATH)
@roles(*ROLES)
def about() -> str:
    """What practising is, and the button that begins it."""
    return _about()


@blueprint.post(PATH)
@roles(*ROLES)
def begin() -> BaseResponse | tuple[str, int]:
    """A room of one's own for a day; a second one takes the place of the first."""
    take(f"practice:{g.actor.id}", LIMIT)
    door = _door()
    door.rooms.end(request.cookies.get(COOKIE, ""))
    if request.form.get("go") == "end":
        response = redirect(PATH, 303)
        response.delete_cookie(COOKIE, path=PATH)
        return response
    try:
        secret = door.rooms.begin()
    except Refused as error:
        return _about(sentence(error.code, error.data)), 409
    response = redirect(f"{PATH}/guide", 303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LIFETIME.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


@blueprint.get(f"{PATH}/")
@blueprint.get(f"{PATH}/<path:rest>")
@public
def not_in_a_room(rest: str = "") -> Response:
    """A page of a room, without its cookie: the code of somebody who practises, or a room that is over. Says that nothing
    of it is real, and whom to call where somebody showed it in earnest."""
    today = shanghai_day(now())
    with reading() as session:
        settings = enterprise.settings(session, installation().config.jurisdiction, today)
    page = render_template("practice/not_real.html", settings=settings, is_code=rest.startswith("q/"))
    return Response(page, 404)


def _about(problem: str | None = None) -> str:
    """A way on is shown to who has a living room only."""
    practises = _door().rooms.find(request.cookies.get(COOKIE, "")) is not None
    return render_template("practice/about.html", problem=problem, practises=practises)


def _door() -> Door:
    door: Door = current_app.extensions["jcm_practice"]
    return door
