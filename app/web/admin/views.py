"""The administrator's page: what the register knows, to look at. Changes are made by import and command."""

from flask import Blueprint, render_template

from app.context import reading
from app.domain.actors import ADMIN
from app.queries import registry
from app.queries import supervision as queries
from app.security import roles

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
@roles(ADMIN)
def home() -> str:
    with reading() as session:
        units, _ = registry.units(session, None, 200)
        people = queries.users(session)
    return render_template("admin/home.html", units=list(reversed(units)), people=people)
