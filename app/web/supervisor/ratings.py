"""The units' closed figures, with how many they rest on: for supervisors only."""

from flask import render_template

from app.context import actor, browsing
from app.domain.satisfaction import FEWEST_ENTERPRISES
from app.queries import satisfaction
from app.web.supervisor.blueprint import blueprint, readers


@blueprint.get("/ratings")
@readers
def ratings() -> str:
    with browsing() as session:
        found = satisfaction.of_region(session, actor().regions)
    return render_template("supervisor/ratings.html", found=found, fewest=FEWEST_ENTERPRISES)
