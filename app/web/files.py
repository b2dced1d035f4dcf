"""How kept files are handed out: as a download under their own name, never as a page of ours."""

from urllib.parse import quote

from flask import Response, request

from app.services.files import KeptFile


def as_sound(kept: KeptFile) -> Response:
    """A recording to be heard on the page: in the parts that a player asks for (Safari plays nothing else)."""
    response = Response(kept.data, content_type=kept.media_type)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=len(kept.data))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def as_download(kept: KeptFile) -> Response:
    """The file. Whatever is in it, the browser saves it and does not run it."""
    response = Response(kept.data, content_type=kept.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(kept.name or kept.id)}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
