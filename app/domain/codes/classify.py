"""What a scanned or typed text is. Nothing is ever followed: of a foreign thing, only where it leads is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.domain.codes.issuers import Issuer
from app.domain.codes.short import normalise_short_code
from app.domain.codes.token import PATH

CODE, SHORT_CODE, OTHER_ISSUER, FOREIGN = "code", "short_code", "other_issuer", "foreign"
ELSEWHERE = "elsewhere"  # a code of another system whose visit is known here (services/trust/verification)
MAX_TEXT = 4096  # a QR holds no more
_DIGITS = re.compile(r"[0-9]+")
_CODE_PATH = re.compile(rf"(?:/[^/]+)*{PATH}([0-9]+)/?")
_PLAIN_CODE = re.compile(rf"https?://[a-z0-9.:-]+{PATH}([0-9]+)")  # as we write it; the rest takes the long way
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):", re.IGNORECASE)
_MIN_DIGITS = 100  # a token has hundreds; telephone and serial numbers have fewer


@dataclass(frozen=True, slots=True)
class Scanned:
    """`kind` is CODE (value: the digits, host: who shows them, which proves nothing), SHORT_CODE (value: normalised),
    OTHER_ISSUER (issuer) or FOREIGN (leads_to: the host a browser would go to, or the scheme of another app)."""

    kind: str
    value: str = ""
    host: str | None = None
    issuer: Issuer | None = None
    leads_to: str | None = None


@dataclass(frozen=True, slots=True)
class _Url:
    host: str
    path: str


def classify(text: str, issuers: Sequence[Issuer] = ()) -> Scanned:
    """What `text` is. Never raises."""
    text = text.strip()[:MAX_TEXT]
    url = _as_url(text)
    digits = digits_of(text)
    if digits is not None:
        return Scanned(CODE, digits, host=url.host if url else None)
    if not url and (short := normalise_short_code(text)):
        return Scanned(SHORT_CODE, short)
    issuer = issuer_of(text, issuers)
    if issuer is not None:
        return Scanned(OTHER_ISSUER, text, issuer=issuer, leads_to=url.host if url else None)
    if url:
        return Scanned(FOREIGN, text, leads_to=url.host)
    scheme = _SCHEME.match(text)
    return Scanned(FOREIGN, text, leads_to=scheme.group(1).lower() + ":" if scheme else None)


def issuer_of(text: str, issuers: Sequence[Issuer]) -> Issuer | None:
    """The other system that a text begins like, by its published prefixes."""
    text = text.strip()[:MAX_TEXT]
    url = _as_url(text)
    return next((i for i in issuers if any(_begins_with(text, url, prefix) for prefix in i.prefixes)), None)


def digits_of(text: str) -> str | None:
    """The digits of a code URL of any host, or of a bare number of a token's length; None for anything else.

    Query and fragment are ignored: messengers append theirs.
    """
    text = text.strip()[:MAX_TEXT]
    if plain := _PLAIN_CODE.fullmatch(text):
        return plain.group(1)
    url = _as_url(text)
    if url:
        found = _CODE_PATH.fullmatch(url.path)
        return found.group(1) if found else None
    return text if _DIGITS.fullmatch(text) and len(text) >= _MIN_DIGITS else None


def _as_url(text: str) -> _Url | None:
    """Host and path as a browser takes them (WHATWG: tabs and line ends vanish, a backslash is a slash)."""
    bare = text.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    scheme, _, rest = bare.partition(":")
    if scheme.lower() not in ("http", "https"):
        return None
    try:
        parts = urlsplit(f"http://{rest.lstrip('/')}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    return _Url(unquote(host).lower(), parts.path)


def _begins_with(text: str, url: _Url | None, prefix: str) -> bool:
    wanted = _as_url(prefix)
    if wanted is None:
        return not url and text.startswith(prefix)
    if url is None or url.host != wanted.host:
        return False
    return not wanted.path or url.path.startswith(wanted.path)
