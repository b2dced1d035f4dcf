"""The papers that reached the enterprise, in its space: read, printed, kept. Nothing that stays inside a unit."""

from werkzeug.wrappers import Response

from app.context import installation, reading, take
from app.domain.errors import NotFound
from app.queries import papers as queries
from app.security import of_enterprise
from app.services.paperwork import paper_rendering
from app.store.limits import Limit
from app.typesetting.engine import Rendering
from app.web.papers.views import pdf_answer, print_view
from app.web.space.blueprint import blueprint, person

LIMIT = Limit(burst=60, per_minute=30)  # a person: a paper takes a second of the processor


@blueprint.get("/papers/<paper_id>")
@of_enterprise
def paper(paper_id: str) -> str:
    made, visit = _made(paper_id)
    return print_view(made, f"/my/papers/{paper_id}.pdf", f"/my/visits/{visit}")


@blueprint.get("/papers/<paper_id>.pdf")
@of_enterprise
def paper_pdf(paper_id: str) -> Response:
    return pdf_answer(_made(paper_id)[0])


def _made(paper_id: str) -> tuple[Rendering, str]:
    """A served paper of one of the person's enterprises, and the inspection it is about. Raises NotFound."""
    take(f"space-papers:{person().id}", LIMIT)
    with reading() as session:
        for enterprise in person().enterprises:
            try:
                found = queries.served_paper(session, enterprise, paper_id)
            except NotFound:
                continue
            return paper_rendering.rendering(session, installation().vault, found), found.subject_id
    raise NotFound("no_such_paper")
