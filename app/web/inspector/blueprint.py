"""What the inspector's and the head's pages share: the blueprint, who may come in, one inspection as shown."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.context import actor, installation, now
from app.domain.actors import HEAD, INSPECTOR
from app.domain.errors import NotFound
from app.domain.inspections import Inspection
from app.domain.mirroring import Issuing
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import inspections as inspection_queries
from app.security import roles
from app.services.people.access import may_see
from app.store import inspections as inspection_store
from app.store import registry
from app.store.issuing import issuing_on

blueprint = Blueprint("inspector", __name__, url_prefix="/inspect")
staff = roles(INSPECTOR, HEAD)


def seen_or_404(session: Any, inspection_id: str) -> Inspection:
    """An inspection that the actor may see. Raises NotFound."""
    found = inspection_store.get(session, inspection_id)
    if found is None or not may_see(actor(), found):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return found


def shown_or_404(session: Any, inspection_id: str) -> inspection_queries.Shown:
    """An inspection that the actor may see, with what pages show of it. Raises NotFound."""
    found = seen_or_404(session, inspection_id)
    return inspection_queries.shown(session, actor(), [found], installation().config.public_url)[0]


def issued_elsewhere(session: Any) -> Issuing | None:
    """Where codes are applied for, if not here: then no form is shown."""
    here = registry.district_of(session, actor().region) or installation().config.jurisdiction
    found = issuing_on(session, here, shanghai_day(now()))
    return found if found.is_elsewhere else None


def over(response: Response, client_key: str | None) -> Response:
    """Tells the browser's script (js/own.js) that what it keeps under a form's key has reached the register."""
    if client_key and client_key.isascii() and client_key.isprintable():
        response.set_cookie(
            "jcm_over", client_key, max_age=600, path="/inspect", samesite="Lax", secure=request.is_secure
        )
    return response


messages = field_sentences
