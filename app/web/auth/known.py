"""Browsers on which an account was signed in before (OWASP "device cookies"): guessing elsewhere does not slow them.

The cookie holds a random id and a keyed mark of it with the user name. It opens nothing and is stored nowhere.
"""

import hmac
import secrets

from werkzeug.wrappers import Response

from app import cookies
from app.context import installation

COOKIE, KEPT = "jcm_known", 180 * 86400
ID_LENGTH = 22


def browser(username: str) -> str:
    """The id of this browser where `username` was signed in on it before; empty elsewhere."""
    number, _, mark = cookies.get(COOKIE).partition(".")
    if len(number) != ID_LENGTH or not hmac.compare_digest(mark.encode(), _mark(username, number).encode()):
        return ""
    return number


def remember(response: Response, username: str) -> None:
    number = browser(username) or secrets.token_urlsafe(16)
    cookies.put(response, COOKIE, f"{number}.{_mark(username, number)}", KEPT)


def _mark(username: str, number: str) -> str:
    return installation().vault.mark("known-browser", f"{number}:{username}").hex()
