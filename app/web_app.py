"""Flask as this platform uses it: nothing here is a coroutine, most requests carry no session, pages are in few languages."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from app.delivery import varies_by
from app.pages import Pages

FILES = frozenset({"static", "published.scanner"})


class SessionIfSent(SecureCookieSessionInterface):
    """Without a cookie there is nothing to check, and no need to make ready for checking."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A file is the same for everybody: no cookie travels with it, and a cache need not tell readers apart by theirs.
        (A page in its place, where there is no such file, is in the reader's language.)"""
        if request.endpoint in FILES and response.status_code in (200, 206, 304):
            return
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            varies_by(response, "Cookie")


class WebApp(Flask):
    """The application."""

    jinja_environment = Pages
    session_interface = SessionIfSent()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Flask looks at each hook and view again, twenty times a request, for whether it is a coroutine: none is."""
        return func
