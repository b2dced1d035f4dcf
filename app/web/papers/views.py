"""A paper as it is read and printed: the print view, the PDF, and the 送达回证 of both. Whoever may see its inspection may read."""

import base64
from io import BytesIO

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from app.context import actor, installation, reading
from app.domain.actors import DISCIPLINE, HEAD, INSPECTOR, SUPERVISOR
from app.queries import papers as queries
from app.security import roles
from app.services.paperwork import paper_rendering
from app.typesetting import engine
from app.typesetting.engine import Rendering

blueprint = Blueprint("papers", __name__, url_prefix="/papers")
readers = roles(INSPECTOR, HEAD, SUPERVISOR, DISCIPLINE)


@blueprint.app_template_filter("svg_address")
def svg_address(svg: str) -> str:
    """A drawing as the address of an image: whatever stands in it, it is never markup of the page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@blueprint.app_template_global()
def can_set() -> bool:
    """Whether this server can make PDFs."""
    return engine.can_set()


@blueprint.get("/<paper_id>")
@readers
def shown(paper_id: str) -> str:
    return print_view(_made(paper_id), f"/papers/{paper_id}.pdf", _back(paper_id))


@blueprint.get("/<paper_id>.pdf")
@readers
def as_pdf(paper_id: str) -> Response:
    return pdf_answer(_made(paper_id))


@blueprint.get("/<paper_id>/receipt")
@readers
def receipt(paper_id: str) -> str:
    return print_view(_made(paper_id, receipt=True), f"/papers/{paper_id}/receipt.pdf", _back(paper_id))


@blueprint.get("/<paper_id>/receipt.pdf")
@readers
def receipt_pdf(paper_id: str) -> Response:
    return pdf_answer(_made(paper_id, receipt=True))


def print_view(made: Rendering, pdf_url: str, back: str = "") -> str:
    """The print view of a rendering, with the way to its PDF where this server can make one."""
    return render_template("papers/print.html", made=made, pdf_url=pdf_url, back=back)


def pdf_answer(made: Rendering) -> Response:
    """The PDF as a file that browsers show, named by its number or title. Raises Refused("no_fonts")."""
    name = f"{made.content['number'] or made.content['title']}.pdf"
    return send_file(BytesIO(paper_rendering.pdf(made)), "application/pdf", download_name=name)


def _made(paper_id: str, *, receipt: bool = False) -> Rendering:
    with reading() as session:
        paper = queries.seen(session, actor(), paper_id)
        make = paper_rendering.receipt if receipt else paper_rendering.rendering
        return make(session, installation().vault, paper)


def _back(paper_id: str) -> str:
    """The page that leads here: of a visit the unit's page of the paper, or the visit's for who watches."""
    with reading() as session:
        paper = queries.seen(session, actor(), paper_id)
    if paper.subject_kind != "inspection":
        return ""
    if actor().oversees:
        return f"/supervise/inspections/{paper.subject_id}"
    return f"/inspect/{paper.subject_id}/papers/{paper.id}"
