"""Service of a paper, on the phone in front of the person who receives it: a signature drawn or typed, or refused."""

import base64
import binascii
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, Invalid, NotFound
from app.domain.papers.kinds import KINDS
from app.domain.papers.lifecycle import IN_PERSON, SIGNED
from app.domain.times import SHANGHAI
from app.domain.uploads import Upload
from app.queries import papers as queries
from app.services.paperwork import paper_service
from app.services.paperwork.paper_service import Refusal, Service
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff

DATA_URL = "data:image/png;base64,"


@blueprint.get("/<inspection_id>/papers/<paper_id>/serve")
@staff
def serve_form(inspection_id: str, paper_id: str) -> str:
    return _page(inspection_id, paper_id, None, {})


@blueprint.post("/<inspection_id>/papers/<paper_id>/serve")
@staff
def serve(inspection_id: str, paper_id: str) -> BaseResponse | tuple[str, int]:
    """Served and signed for, or (button 拒签) left there because the signature was refused."""
    form = request.form
    try:
        if form.get("go") == "refused":
            refusal = Refusal(_of("name"), _of("role"), _moment(), _of("refused_reason"), _of("witness"), _of("place"))
            perform(paper_service.refuse, actor(), paper_id, refusal)
        else:
            drawn = None if form.get("signed_by") == "typed" else _drawn(form.get("signature", ""))
            typed = "" if drawn else _of("typed")
            service = Service(form.get("how", ""), _of("name"), _of("role"), _moment(), _of("place"), drawn, typed)
            perform(paper_service.serve, actor(), paper_id, service)
    except Declined as error:
        return _page(inspection_id, paper_id, form, _named(messages(error))), 422
    return redirect(f"/inspect/{inspection_id}/papers/{paper_id}", 303)


def _page(inspection_id: str, paper_id: str, typed: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        paper = queries.seen(session, actor(), paper_id)
    if paper.subject_id != inspection_id or paper.state != SIGNED or not KINDS[paper.kind].to_enterprise:
        raise NotFound("no_such_paper")
    place = s.inspection.place_address or s.enterprise.address or ""
    values = typed if typed is not None else {"how": IN_PERSON, "place": place[:200]}
    at = now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    title = KINDS[paper.kind].title
    return render_template(
        "inspector/serve.html", s=s, paper=paper, title=title, values=values, errors=errors, at=at, way=IN_PERSON
    )


def _of(name: str) -> str:
    return request.form.get(name, "").strip()


def _named(errors: dict[str, str]) -> dict[str, str]:
    """Errors under the names that the form's fields have."""
    return {"refused_reason" if name == "reason" else name: text for name, text in errors.items()}


def _moment() -> datetime:
    """When it was served, Asia/Shanghai. Raises Invalid."""
    text = _of("at")
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        code = "wrong_type" if text else "missing"
        raise Invalid(code, "at", expected="2026-11-24 09:00") from None
    if not 2000 <= value.year < 2100:
        raise Invalid("time_out_of_range", "at")
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _drawn(text: str) -> Upload | None:
    """The PNG that the page's script made of the strokes; None where nothing was drawn. Raises Invalid."""
    if not text:
        return None
    if not text.startswith(DATA_URL):
        raise Invalid("signature_broken", "signature")
    try:
        return Upload("signature.png", base64.b64decode(text.removeprefix(DATA_URL), validate=True))
    except binascii.Error:
        raise Invalid("signature_broken", "signature") from None
