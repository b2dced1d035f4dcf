"""Our own cookies: out of reach of scripts, for this site alone; under https bound to this host by their name (`__Host-`)."""

from flask import current_app, request
from werkzeug.wrappers import Response


def named(name: str) -> str:
    """What a cookie is called in the browser (RFC 6265bis, 4.1.3.2: no other host of the domain can set it)."""
    return f"__Host-{name}" if current_app.extensions["jcm_config"].is_https else name


def get(name: str) -> str:
    """The value that the browser sent; empty where it sent none."""
    return request.cookies.get(named(name), "")


def put(response: Response, name: str, value: str, max_age: int) -> None:
    response.set_cookie(
        named(name),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def drop(response: Response, name: str) -> None:
    response.delete_cookie(named(name), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
