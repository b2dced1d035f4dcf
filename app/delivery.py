"""How answers travel: static files under addresses that name their content, kept by browsers for a year; text compressed;
public pages that change little (`rarely_changes`) sent only where they changed since the browser last had them.

A proxy in front may compress instead (docs/deploy/nginx.conf asks for plain answers); without one, this does.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, current_app, has_request_context, request

View = TypeVar("View", bound=Callable[..., Any])
A_YEAR = "public, max-age=31536000, immutable"
TEXTS = frozenset(
    {
        "text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml",
        "application/problem+json", "application/manifest+json",
    }
)  # fmt: skip
SMALLEST = 1400  # what fits one packet gains nothing
MOST_KEPT = 256
IMPORTED = re.compile(r"""(?:from|import)\s*\(?["']\./([\w-]+\.js)["']""")

_addresses: dict[tuple[str, str], str] = {}  # of static files
_kept: dict[tuple[str, str], bytes] = {}  # files compressed once a process, by path and ETag


def init_app(app: Flask) -> None:
    app.url_defaults(_name_content)

    def url_in_page(endpoint: str, **values: Any) -> str:
        """`url_for` in templates. A file's address stays the same as long as a process: it names the content."""
        if endpoint != "static" or values.keys() != {"filename"} or not has_request_context():
            return app.url_for(endpoint, **values)
        key = request.script_root, values["filename"]
        if key not in _addresses:
            _addresses[key] = app.url_for(endpoint, **values)
        return _addresses[key]

    app.jinja_env.globals["url_for"] = url_in_page
    app.after_request(_compress)
    app.after_request(_keep_for_long)
    app.after_request(_spare_what_is_known)


def rarely_changes(view: View) -> View:
    """Declares a public page or document that is the same for everybody of one language and changes little: a browser keeps
    it and asks each time whether it changed. Never for what belongs to one enterprise or one sheet of a code."""
    view.rarely_changes = True  # type: ignore[attr-defined]
    return view


def _spare_what_is_known(response: Response) -> Response:
    """An ETag of the content; 304 and no body where the browser names it (RFC 9110, 13). Runs before compression: the tag is
    weak, because a proxy may compress what we do not."""
    view = current_app.view_functions.get(request.endpoint or "")
    if (
        response.status_code != 200
        or request.method not in ("GET", "HEAD")
        or not getattr(view, "rarely_changes", False)
    ):
        return response
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20], weak=True)
    if response.cache_control.no_store:  # what security.py says of a page that says nothing
        response.headers["Cache-Control"] = "no-cache"
    if response.mimetype in TEXTS:
        varies_by(response, "Accept-Encoding")
    return response.make_conditional(request)  # type: ignore[return-value]


def varies_by(response: Response, name: str) -> None:
    """Names a header of the request in Vary. (`response.vary` reads and writes a set of them, for two names.)"""
    known = response.headers.get("Vary", "")
    if name not in known:
        response.headers["Vary"] = f"{known}, {name}" if known else name


def _name_content(endpoint: str, values: dict[str, Any]) -> None:
    """`?v=` in the address of a static file: the file's content, so that a new one has a new address."""
    if endpoint == "static" and "filename" in values and (version := version_of(values["filename"])):
        values.setdefault("v", version)


def version_of(filename: str) -> str:
    """Ten digits of the file's hash, or nothing: there is no such file, or modules import it by its plain name and it must
    not be loaded twice."""
    return _version(Path(current_app.static_folder or ""), filename)


@cache
def _version(folder: Path, filename: str) -> str:
    path = folder / filename
    if not path.is_file() or path.name in _imported(folder):
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@cache
def _imported(folder: Path) -> frozenset[str]:
    """Modules that other modules import."""
    return frozenset(name for path in folder.glob("js/*.js") for name in IMPORTED.findall(path.read_text("utf-8")))


def _keep_for_long(response: Response) -> Response:
    """Only under the address of exactly this content; under any other a browser asks each time."""
    version = request.args.get("v")
    if request.endpoint == "static" and version and response.status_code in (200, 304):
        filename = (request.view_args or {}).get("filename", "")
        if version == version_of(filename):
            response.headers["Cache-Control"] = A_YEAR
    return response


def _compress(response: Response) -> Response:
    """gzip, for who takes it and where it pays. Streams, files to download and what is compressed already stay."""
    if response.status_code != 200 or response.mimetype not in TEXTS or "Content-Encoding" in response.headers:
        return response
    is_file = response.direct_passthrough and "ETag" in response.headers
    if response.is_streamed and not is_file:
        return response
    varies_by(response, "Accept-Encoding")
    if request.method != "GET" or "Range" in request.headers or not request.accept_encodings["gzip"]:
        return response
    if is_file:
        response.direct_passthrough = False
    etag = response.get_etag()[0]
    data = response.get_data()
    if len(data) < SMALLEST:
        return response
    response.set_data(_compressed_file(request.path, str(etag), data) if is_file else gzip.compress(data, 4, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    if etag is not None:
        response.set_etag(etag, weak=True)  # other bytes than the plain file, the same content
    return response


def _compressed_file(path: str, etag: str, data: bytes) -> bytes:
    if (path, etag) not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[path, etag] = gzip.compress(data, 9, mtime=0)
    return _kept[path, etag]
