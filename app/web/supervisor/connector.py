"""Beside another system, for the supervisor: the same as the administrator sees, changing nothing."""

from flask import render_template

from app.context import reading
from app.web.admin.connector import shown
from app.web.supervisor.blueprint import blueprint, supervisors


@blueprint.get("/connector")
@supervisors
def connector() -> str:
    with reading() as session:
        said = shown(session)
    return render_template("supervisor/connector.html", **said)
