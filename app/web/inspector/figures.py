"""The unit's one figure a closed quarter (promise 4)."""

from flask import render_template

from app.context import actor, reading
from app.domain.satisfaction import FEWEST_ENTERPRISES
from app.queries import satisfaction
from app.web.inspector.blueprint import blueprint, staff


@blueprint.get("/figures")
@staff
def figures() -> str:
    """How enterprises rated the unit, by closed quarter, in half points."""
    with reading() as session:
        found = satisfaction.of_unit(session, str(actor().unit))
    return render_template("inspector/figures.html", found=found, fewest=FEWEST_ENTERPRISES)
