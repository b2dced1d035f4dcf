"""What the observer's pages share: the blueprint and who may come in."""

from flask import Blueprint

from app.domain.actors import OBSERVER
from app.security import roles

blueprint = Blueprint("observe", __name__, url_prefix="/observe")
observing = roles(OBSERVER)
