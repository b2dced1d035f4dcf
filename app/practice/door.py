"""The door between the real pages and a trainee's room, on the floor of WSGI, before any page of either is reached.

What begins with /practice/ and comes with the cookie of a living room is answered by an application of its own, whose
database is that room's. Cookies are kept apart: the room sees none of the real ones, and its own come back under
other names and this path alone. Everything else is answered by the real application.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import Flask, request
from werkzeug.http import parse_cookie
from werkzeug.local import LocalProxy

from app.config import Config
from app.practice.rooms import PATH, Room, Rooms

COOKIE = "jcm_practice"
PREFIX = "practice-"  # of cookies of the room, in the browser
SHARED = ("lang", "elder")  # what a reader chose holds here too
SCRIPTED = ("jcm_over",)  # read by a script under its own name
ROOM = "jcm.practice.room"
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Door:
    """Wraps the real application's WSGI callable. `make` builds the application of rooms, once, when first entered."""

    def __init__(self, app: Flask, make: Callable[[Config], Flask]) -> None:
        self.real: Wsgi = app.wsgi_app
        self.app, self.make = app, make
        self._rooms: tuple[Any, Rooms] | None = None
        self._inside: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(f"{PATH}/") or "jcm" not in self.app.extensions:
            return self.real(environ, start)
        room = self.rooms.find(parse_cookie(environ).get(COOKIE, ""))
        if room is None:
            return self.real(environ, start)
        inward = environ | {
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PATH,
            "PATH_INFO": path[len(PATH) :],
            "HTTP_COOKIE": cookies_inward(environ.get("HTTP_COOKIE", "")),
            ROOM: room,
        }
        return self.inside.wsgi_app(inward, _outward(start))

    @property
    def rooms(self) -> Rooms:
        """Of the installation that the application stands on now."""
        installation = self.app.extensions["jcm"]
        if self._rooms is None or self._rooms[0] is not installation:
            self._rooms = installation, Rooms(installation.config, installation.clock)
        return self._rooms[1]

    @property
    def inside(self) -> Flask:
        with self._lock:
            if self._inside is None:
                self._inside = self.make(self.rooms.config)
            return self._inside


def room() -> Room:
    """The room that this request is for."""
    return cast("Room", request.environ[ROOM])


def entered() -> Any:
    """Stands for the installation of the room that a request is for, whichever that is."""
    return LocalProxy(lambda: room().installation)


def cookies_inward(header: str) -> str:
    """The Cookie header as the room sees it: its own cookies under their own names, and what a reader chose."""
    kept = []
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name in SHARED:
            kept.append(f"{name}={value}")
        elif name.startswith(PREFIX):
            kept.append(f"{name.removeprefix(PREFIX)}={value}")
    return "; ".join(kept)


def _outward(start: Any) -> Any:
    def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start(status, [(name, _header_outward(name.lower(), value)) for name, value in headers], *rest)

    return begin


def _header_outward(name: str, value: str) -> str:
    """Set-Cookie renamed and bound to the room's path; a redirect led into the room."""
    if name == "location" and value.startswith("/") and not value.startswith((f"{PATH}/", "//")):
        return PATH + value
    if name != "set-cookie":
        return value
    own, *attributes = value.split("; ")
    if own.partition("=")[0] in SHARED:
        return value
    attributes = [a for a in attributes if not a.lower().startswith("path=")]
    where = next((a[5:] for a in value.split("; ") if a.lower().startswith("path=")), "/")
    scripted = own.partition("=")[0] in SCRIPTED
    return "; ".join([own if scripted else PREFIX + own, *attributes, f"Path={PATH}{where}"])
