"""What the supervisor's pages share: the blueprint and who may come in."""

from flask import Blueprint

from app.domain.actors import SUPERVISOR
from app.security import roles

blueprint = Blueprint("supervisor", __name__, url_prefix="/supervise")
supervisors = roles(SUPERVISOR)
