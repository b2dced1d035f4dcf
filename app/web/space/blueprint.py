"""What the pages of the enterprise's space share: the blueprint, who is asking, the cookie, what every page shows."""

from typing import Any

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from app import cookies
from app.context import installation, now, reading
from app.domain.errors import Refused
from app.domain.space import LONGEST_SESSION, Person
from app.domain.times import shanghai_day
from app.queries import enterprise as enterprise_queries
from app.queries import space as queries
from app.security import SPACE_COOKIE, is_staff_device, space_person
from app.web.space import words

blueprint = Blueprint("space", __name__, url_prefix="/my")
blueprint.record_once(
    lambda state: state.app.jinja_env.globals.update(space_words=words)
)  # staff pages show matters too


def person() -> Person:
    """Who is in the space; routes of `of_enterprise` have somebody."""
    found = space_person()
    assert found is not None
    return found


def chosen() -> tuple[str, ...]:
    """The enterprises that this page is about: the one of `?e=`, or all of the person's. Raises NotFound for another's."""
    one = request.values.get("e", "")
    return (person().member_of(one).enterprise,) if one else person().enterprises


def refuse_staff_device() -> None:
    """A phone that signs in as staff does not open an enterprise's space (docs/decisions). In the demonstration one
    person plays all parts. Raises Refused("staff_device")."""
    if is_staff_device() and installation().config.environment != "demo":
        raise Refused("staff_device")


def browser() -> str:
    """What to call this browser in the list of sessions: 微信 · Android. No more of what it tells is kept."""
    agent = str(request.user_agent)
    apps = (
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
        ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((word for sign, word in known if sign in agent), "") for known in (apps, systems)]
    return " · ".join(word for word in found if word)


def with_cookie(response: Response, secret: str) -> Response:
    """The space's own cookie; the server ends the session earlier when it idles."""
    cookies.put(response, SPACE_COOKIE, secret, int(LONGEST_SESSION.total_seconds()))
    return response


@blueprint.context_processor
def _around() -> dict[str, Any]:
    """What every page of the space shows: the texts of the place (what may be refused, whom to call), the enterprises."""
    who = g.get("person")
    with reading() as session:
        settings = enterprise_queries.settings(session, installation().config.jurisdiction, shanghai_day(now()))
        own = queries.enterprises(session, who.enterprises) if who else []
    return {"place": settings, "person": who, "own_enterprises": own, "chosen_one": request.values.get("e", "")}
