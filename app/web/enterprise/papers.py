"""What was served, behind the code of its inspection: only for who holds the whole code, not the short one that people type,
and only the notice. A code can be photographed, so what was found is read in the enterprise's space (/my)."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.context import installation, now, reading, take
from app.domain.codes.classify import CODE
from app.domain.errors import NotFound
from app.domain.inspections import Inspection
from app.domain.papers.kinds import KINDS
from app.queries import papers as queries
from app.security import public
from app.services.paperwork import paper_rendering
from app.services.trust import verification
from app.store.database import Session
from app.store.limits import Limit
from app.typesetting.engine import Rendering
from app.web.papers.views import pdf_answer, print_view

blueprint = Blueprint("enterprise_papers", __name__, url_prefix="/q/<presented>/papers")
LIMIT = Limit(burst=60, per_minute=30)


@blueprint.get("/")
@public
def listed(presented: str) -> str:
    with reading() as session:
        i = _inspection(session, presented)
        served = queries.served_to(session, i.enterprise_id, ("inspection", i.id))
    found = [p for p in served if KINDS[p.row.kind].behind_code]
    return render_template("enterprise/papers.html", presented=presented, found=found, more=len(served) > len(found))


@blueprint.get("/<paper_id>")
@public
def shown(presented: str, paper_id: str) -> str:
    return print_view(_made(presented, paper_id), f"/q/{presented}/papers/{paper_id}.pdf", f"/q/{presented}/papers/")


@blueprint.get("/<paper_id>.pdf")
@public
def as_pdf(presented: str, paper_id: str) -> Response:
    return pdf_answer(_made(presented, paper_id))


def _made(presented: str, paper_id: str) -> Rendering:
    with reading() as session:
        i = _inspection(session, presented)
        paper = queries.served_paper(session, i.enterprise_id, paper_id)
        if paper.subject_id != i.id or not KINDS[paper.kind].behind_code:
            raise NotFound("no_such_paper")
        return paper_rendering.rendering(session, installation().vault, paper)


def _inspection(session: Session, presented: str) -> Inspection:
    """The inspection of a whole code whose signature verifies. Raises NotFound."""
    take(f"papers:{request.remote_addr}", LIMIT)
    look = verification.look(session, presented, now())
    if look.scanned.kind != CODE or look.inspection is None:
        raise NotFound("no_such_code")
    return look.inspection
