"""What the supervisor's pages share: the blueprint, who may come in, the navigation at the side."""

from typing import Any

from flask import Blueprint

from app.domain.actors import DISCIPLINE, SUPERVISOR
from app.security import roles
from app.web.navigation import navigation

blueprint = Blueprint("supervisor", __name__, url_prefix="/supervise")
supervisors = roles(SUPERVISOR)
readers = roles(SUPERVISOR, DISCIPLINE)  # of pages that only show; discipline inspection changes nothing


@blueprint.app_context_processor
def _around() -> dict[str, Any]:
    return {"navigation": navigation}
