"""The enterprise answers a rectification (责令改正) with words and photographs, and sees its story. Kept sealed: only the
units of the visit and the supervisor see them."""

from io import BytesIO

from flask import redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from app.context import installation, perform, reading, take
from app.domain.errors import Declined
from app.errors import field_sentences, sentence
from app.security import of_enterprise, sent_files, takes_files
from app.services import files
from app.services.visiting import matters
from app.store.limits import Limit
from app.web.space.blueprint import blueprint, person
from app.web.space.views import visit_or_404, visit_page

ANSWERS = Limit(burst=10, per_minute=1)  # a person


@blueprint.post("/visits/<inspection_id>/rectification")
@of_enterprise
@takes_files
def answer_rectification(inspection_id: str) -> Response | tuple[str, int]:
    """What was put right. A photograph that cannot be kept is told; the words and the others are recorded."""
    take(f"space-rectify:{person().id}", ANSWERS)
    text = request.form.get("rectified", "")
    try:
        done = perform(matters.answer_rectification, person(), inspection_id, text, sent_files("photos"))
    except Declined as error:
        return visit_page(inspection_id, request.form, field_sentences(error)), 422
    if done.refused:
        said = " ".join(sentence(refused.code, refused.data) for refused in done.refused)
        return visit_page(inspection_id, {}, {"photos": said}), 422
    return redirect(url_for("space.visit", inspection_id=inspection_id) + "#rectification", 303)


@blueprint.get("/visits/<inspection_id>/rectification/<file_id>")
@of_enterprise
def rectification_file(inspection_id: str, file_id: str) -> Response:
    with reading() as session:
        visit_or_404(session, inspection_id)
        kept = files.opened(session, installation().vault, file_id, ("rectification", inspection_id))
    return send_file(BytesIO(kept.data), kept.media_type)
