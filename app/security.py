"""What every request passes: who it is, whether the route lets them in, where it was sent from; and the headers.

A route without a declared access is closed. Public routes see no signed-in session. Cross-site posts are refused by
Sec-Fetch-Site and Origin (docs/decisions/0003), so forms carry no token of their own.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, ServiceUnavailable, Unauthorized
from werkzeug.exceptions import Forbidden as HttpForbidden

from app import cookies, zones
from app.domain.actors import DISCIPLINE, PUBLIC, Actor
from app.domain.errors import Forbidden, NotFound
from app.domain.sign_in import CODE, FACTOR, PASSWORD, TOUCHED_EVERY
from app.domain.space import Person
from app.domain.times import shanghai_day
from app.domain.tokens import allows
from app.domain.uploads import LARGEST_BODY, Upload
from app.services.people import sessions, tokens
from app.services.space import persons
from app.services.supervising import looks
from app.store import actors

View = TypeVar("View", bound=Callable[..., Any])
DEVICE_COOKIE, STAFF_COOKIE, SPACE_COOKIE = "jcm_device", "jcm_staff", "jcm_space"
WHERE_SETTLED = {CODE: "auth.code", PASSWORD: "account.password", FACTOR: "account.enrolment"}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {  # of every answer that has none of its own
    "Content-Security-Policy": CSP,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in: everybody (public), a signed-in person or token in one of `roles`, or (`space`) somebody of an
    enterprise, whom a staff session does not stand for and who stands for no staff."""

    public: bool = False
    roles: tuple[str, ...] = ()
    space: bool = False


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the session's secret as id, the actor beside it."""

    def __init__(self, secret: str, actor: Actor, owes: str = "") -> None:
        self.id = secret
        self.actor = actor
        self.owes = owes


def public(view: View) -> View:
    """Declares a route open to everybody; it sees no signed-in session."""
    view.access = Access(public=True)  # type: ignore[attr-defined]
    return view


def roles(*allowed: str) -> Callable[[View], View]:
    """Declares a route open to signed-in actors in one of `allowed`."""

    def declare(view: View) -> View:
        view.access = Access(roles=allowed)  # type: ignore[attr-defined]
        return view

    return declare


def settles(*debts: str) -> Callable[[View], View]:
    """Declares a route that opens while a session still owes one of `debts` (domain/sign_in.py): where it is settled."""

    def declare(view: View) -> View:
        view.settles = debts  # type: ignore[attr-defined]
        return view

    return declare


def of_enterprise(view: View) -> View:
    """Declares a route open to persons in an enterprise's space (/my/); `g.person` says who."""
    view.access = Access(space=True)  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What a route declares, or None. Static files are public."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access(public=True)
    return getattr(app.view_functions[endpoint], "access", None)


def init_app(app: Flask) -> None:
    manager = LoginManager(app, add_context_processor=False)
    manager.user_loader(_load_session)
    app.before_request(_want_whole_bodies)
    app.before_request(_allow_larger)
    app.before_request(_refuse_nul)
    app.before_request(_require_installation)
    app.before_request(_require_zone)
    app.before_request(_refuse_cross_site)
    app.before_request(_require_access)
    app.after_request(_add_headers)
    app.jinja_env.globals["is_public_zone"] = lambda: current_app.extensions["jcm_config"].zone == zones.PUBLIC
    app.after_request(_keep_device)


def _load_session(secret: str) -> SignedIn | None:
    installation = current_app.extensions["jcm"]
    now = installation.clock()
    with installation.reading() as session:
        found = sessions.of(session, secret, now, installation.config.sign_in)
    if found is not None and found.stale:
        installation.perform(sessions.touch, secret)
    return SignedIn(secret, found.actor, found.owes) if found else None


def takes_files(view: View) -> View:
    """Declares a route whose form may bring files."""
    return takes_up_to(LARGEST_BODY)(view)


def takes_up_to(size: int) -> Callable[[View], View]:
    """Declares how large the body of a route may be; every other one takes none over a megabyte."""

    def declare(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]
        return view

    return declare


def _want_whole_bodies() -> None:
    """A form that was cut off on its way is 400: the server hands over what came of it, or nothing, as if that were all."""
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)


def _allow_larger() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if (size := getattr(view, "largest_body", None)) is not None:
        request.max_content_length = size


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL and no person types one. JSON bodies are checked by their schema."""
    values = [request.path, *chain(*request.args.listvalues())]  # all of a name that stands there several times
    if request.mimetype in FORM_TYPES:
        values += chain(*request.form.listvalues())
    if any("\x00" in value for value in values):
        raise BadRequest()


def _require_installation() -> None:
    if "jcm" not in current_app.extensions:
        raise ServiceUnavailable("This installation has no keys yet: run 'flask --app wsgi init' first.")


def _require_zone() -> None:
    """What belongs to the other zone does not exist here (docs/decisions/0030)."""
    zone = current_app.extensions["jcm_config"].zone
    if zone == zones.ALL or request.endpoint is None:
        return
    access = access_of(current_app, request.endpoint) or Access()
    if not zones.serves(zone, request.endpoint, public=access.public, space=access.space):
        address = current_app.extensions["jcm_config"].public_url
        raise NotFound("served_inside" if zone == zones.PUBLIC else "served_outside", address=f"{address}/my/")


def _refuse_cross_site() -> None:
    """Posts come from our own pages or from no page at all (an API client)."""
    if request.method in SAFE_METHODS or (_bearer() is not None and request.path.startswith("/api/")):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    from_here = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc == request.host
    if not from_here:
        raise Forbidden("cross_site")


def _bearer() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _require_access() -> Response | None:
    g.actor = PUBLIC
    if request.endpoint is None:  # no such route: 404 or 405 follows
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise HttpForbidden()  # deny by default
    if access.public:
        return None
    if access.space:
        return _require_person()
    is_api = request.path.startswith("/api/")
    actor = _token_actor() if is_api else getattr(current_user, "actor", None)
    if actor is None:
        if is_api:
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))  # RFC 9110, 15.5.2
        unsent = None if request.method == "GET" else "1"  # what was filled in did not arrive, and the page says so
        return redirect(url_for("auth.login", next=_next(), unsent=unsent))  # type: ignore[return-value]
    owes = "" if is_api else current_user.owes
    if owes and owes not in getattr(current_app.view_functions[request.endpoint], "settles", ()):
        return redirect(url_for(WHERE_SETTLED[owes]))  # type: ignore[return-value]
    if actor.role not in access.roles:
        raise Forbidden("wrong_role", roles=", ".join(access.roles))
    if actor.role == DISCIPLINE and request.method == "GET":
        current_app.extensions["jcm"].perform(looks.record, actor, _next())
    g.actor = actor
    return None


def space_person() -> Person | None:
    """Who is in the enterprise's space on this browser, by the space's own cookie; asked once a request."""
    if "person" not in g:
        g.person = g.space_session = None
        secret = cookies.get(SPACE_COOKIE)
        if len(secret) == 43 and secret.isascii():
            installation = current_app.extensions["jcm"]
            now = installation.clock()
            with installation.reading() as session:
                g.person, g.space_session = persons.of_session(session, secret, now) or (None, None)
            if g.space_session and g.space_session.last_seen_at < now - persons.TOUCHED_EVERY:
                installation.perform(persons.touch, secret)
    found: Person | None = g.person
    return found


def _require_person() -> Response | None:
    if space_person() is None:
        return redirect(url_for("space.door", next=_next() if request.method == "GET" else None))  # type: ignore[return-value]
    return None


def _token_actor() -> Actor | None:
    token = _bearer()
    if token is None:
        return None
    installation = current_app.extensions["jcm"]
    now = installation.clock()
    with installation.reading() as session:
        found = actors.of_token(session, token, now, shanghai_day(now))
    if found is None:
        return None
    area = request.path.removeprefix("/api/v1/").partition("/")[0]
    if not allows(found.scopes, request.method, area):
        raise Forbidden("token_scope", scopes=found.scopes)
    if found.last_used_at is None or found.last_used_at < now - TOUCHED_EVERY:
        installation.perform(tokens.touch, token)
    return found.actor


def _next() -> str:
    """Where to go on after signing in: the page asked for, or the one above the address to which something was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    pages, path = current_app.create_url_adapter(request), request.path
    while path and pages is not None and not pages.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def sent_files(name: str) -> list[Upload]:
    """The files of a form's field; an empty choice is none."""
    return [Upload(f.filename or "", f.read()) for f in request.files.getlist(name) if f.filename]


def device() -> str:
    """The random value that this browser keeps, given to it on its first post. It is never stored as it is."""
    found = cookies.get(DEVICE_COOKIE)
    if len(found) == 43 and found.isascii():
        return found
    if "new_device" not in g:
        g.new_device = secrets.token_urlsafe(32)
    return str(g.new_device)


def is_staff_device() -> bool:
    """Whether somebody signed in as staff on this browser (for `code.self_scan`)."""
    return cookies.get(STAFF_COOKIE) == "1"


def _keep_device(response: Response) -> Response:
    if "new_device" in g:
        cookies.put(response, DEVICE_COOKIE, g.new_device, 60 * 86400)
    return response


def _add_headers(response: Response) -> Response:
    own = {name.lower() for name, _ in response.headers}
    added = [(name, value) for name, value in HEADERS.items() if name.lower() not in own]
    if request.is_secure and "strict-transport-security" not in own:
        added.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    if (request.endpoint != "static" or response.status_code >= 400) and "cache-control" not in own:
        added.append(("Cache-Control", "no-store"))
    response.headers.extend(added)
    return response
