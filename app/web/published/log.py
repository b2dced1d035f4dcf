"""The log for everybody to read (c2sp.org/tlog-tiles), and the door for witnesses' cosignatures."""

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import NotFound

from app.context import perform, reading, take
from app.delivery import rarely_changes
from app.domain.transparency import ENTRIES, TileError, parse_tile_path
from app.queries import log as log_queries
from app.security import public
from app.services.transparency import log, log_witnesses
from app.store import log as log_store
from app.store.limits import Limit

blueprint = Blueprint("log", __name__, url_prefix="/log")
COSIGNATURES = Limit(burst=60, per_minute=30)
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"


@blueprint.get("/")
@public
@rarely_changes
def home() -> str:
    """What the register is, how large it is now, and who watches it."""
    with reading() as session:
        return render_template("published/log.html", log=log_queries.state(session))


@blueprint.get("/checkpoint")
@public
@rarely_changes
def checkpoint() -> Response:
    """The newest signed checkpoint with the witnesses' lines."""
    with reading() as session:
        data = log_witnesses.checkpoint(session)
    return _answer(data, TEXT, "public, max-age=2")


@blueprint.get("/keys")
@public
@rarely_changes
def keys() -> Response:
    """Verifier keys, one a line: the log's, then its witnesses'. Trust them by /.well-known/inspection-log.json."""
    with reading() as session:
        own = log.verifier(session)
        lines = [str(key) for key in (own, *log_witnesses.keys(session)) if key is not None]
    return _answer("".join(f"{line}\n" for line in lines).encode() if own else None, TEXT, "public, max-age=60")


@blueprint.get("/tile/<path:rest>")
@public
def tile(rest: str) -> Response:
    """A tile of nodes, or a bundle of leaf data, at its one canonical path."""
    try:
        wanted = parse_tile_path(f"tile/{rest}")
    except TileError as error:
        raise NotFound() from error
    with reading() as session:
        data = log_store.bundle(session, wanted) if wanted.level == ENTRIES else log_store.tile(session, wanted)
    return _answer(data, BYTES, "public, max-age=31536000, immutable")


@blueprint.post("/cosignatures")
@public
def cosignatures() -> Response:
    """A note with a known witness's line under one of our checkpoints; the line is kept."""
    take(f"cosignature:{request.remote_addr}", COSIGNATURES)
    perform(log_witnesses.accept, request.get_data()[: log_witnesses.LONGEST_NOTE + 1])
    return Response(status=204)


def _answer(data: bytes | None, content_type: str, cache: str) -> Response:
    if data is None:
        abort(404)
    response = Response(data, content_type=content_type)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"  # public and signed: any monitor may read it
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
