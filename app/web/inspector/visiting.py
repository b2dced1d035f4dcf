"""One inspection: deciding, showing the code, its notice, cancelling. The result is recorded in onsite.py."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.actors import HEAD
from app.domain.codes.draw import TooMuchForQr, code_matrix, svg
from app.domain.codes.short import display_short_code
from app.domain.errors import Declined, NotFound
from app.domain.inspections import APPLIED, APPROVED, IN_PROGRESS
from app.domain.times import shanghai_day
from app.i18n import clock_time
from app.queries import enterprise as enterprise_queries
from app.queries import inspections as inspection_queries
from app.queries import joint as joint_queries
from app.queries import onsite as onsite_queries
from app.queries import papers as paper_queries
from app.queries import space as space_queries
from app.security import roles
from app.services.applying import decisions
from app.services.applying.amendments import advice_waiting
from app.services.flagging.flags import advice_on
from app.services.paperwork import paper_rendering
from app.services.visiting import scans, visits
from app.store.unit_of_work import history
from app.typesetting.engine import Rendering
from app.web.inspector.blueprint import blueprint, messages, seen_or_404, shown_or_404, staff
from app.web.papers.views import pdf_answer, print_view


@blueprint.get("/<inspection_id>")
@staff
def detail(inspection_id: str) -> str:
    return detail_page(inspection_id, {})


@blueprint.post("/<inspection_id>/approve")
@roles(HEAD)
def approve(inspection_id: str) -> BaseResponse | tuple[str, int]:
    reason = (request.form.get("override_reason", "") or request.form.get("chosen_reason", "")).strip()[:2000]
    return step(inspection_id, decisions.approve, inspection_id, reason or None)


@blueprint.post("/<inspection_id>/reject")
@roles(HEAD)
def reject(inspection_id: str) -> BaseResponse | tuple[str, int]:
    return step(inspection_id, decisions.reject, inspection_id, request.form.get("reason", "").strip()[:2000])


@blueprint.post("/<inspection_id>/cancel")
@staff
def cancel(inspection_id: str) -> BaseResponse | tuple[str, int]:
    reason = request.form.get("reason", "").strip()[:2000] or None
    on_advice = request.form.get("on_advice") == "1"
    return step(inspection_id, visits.cancel, inspection_id, reason, on_advice=on_advice)


@blueprint.get("/<inspection_id>/code")
@staff
def code(inspection_id: str) -> str:
    """The code large enough to scan at arm's length, with its live state."""
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        challenges = scans.open_challenges(session, inspection_id, now())
        goes_on = s.inspection.state in (APPROVED, IN_PROGRESS)
        to_check = enterprise_queries.to_check(session, s.inspection, shanghai_day(now())) if goes_on else ()
    if s.code is None and not s.inspection.mirrored:
        raise NotFound("no_such_code")
    return render_template(
        "inspector/code.html",
        s=s,
        drawing=_drawing(s),
        short_code=display_short_code(s.code.short_code) if s.code else "",
        challenges=challenges,
        to_check=sorted(to_check),
    )


@blueprint.get("/<inspection_id>/live")
@staff
def live(inspection_id: str) -> BaseResponse:
    """What open pages ask for every few seconds: state, whether the head has to decide, scans, open comparison numbers.
    Nothing but 304 where the caller names what it knows (ETag)."""
    with reading() as session:
        i = seen_or_404(session, inspection_id)
        challenges = scans.open_challenges(session, inspection_id, now())
    answer = jsonify(
        state=i.state,
        waits=i.state == APPLIED or i.pending_amendment is not None,
        seen=clock_time(i.first_seen_at) if i.first_seen_at else None,
        arrived=clock_time(i.enterprise_arrived_at) if i.enterprise_arrived_at else None,
        mutual=i.mutually_confirmed,
        challenges=[f"{c.digits[:3]} {c.digits[3:]}" for c in challenges],
    )
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/<inspection_id>/notice")
@staff
def notice(inspection_id: str) -> str:
    """The print view: 行政检查通知书 with the code."""
    return print_view(_notice(inspection_id), f"/inspect/{inspection_id}/notice.pdf", f"/inspect/{inspection_id}")


@blueprint.get("/<inspection_id>/notice.pdf")
@staff
def notice_pdf(inspection_id: str) -> BaseResponse:
    return pdf_answer(_notice(inspection_id))


def _notice(inspection_id: str) -> Rendering:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        if s.code is None:
            raise NotFound("no_such_code")
        found = paper_queries.notice_of(session, inspection_id)
        if found is None:  # approved before papers were kept here
            return paper_rendering.live_notice(session, s.inspection, installation().config.public_url)
        return paper_rendering.rendering(session, installation().vault, found)


def _drawing(s: inspection_queries.Shown) -> str:
    """Our code, or (registered elsewhere) the other system's, where it told its text and that can be drawn; else nothing."""
    text = s.code.url if s.code else s.inspection.external_qr or ""
    try:
        drawn = svg(code_matrix(text), _("检查码")) if text else ""
    except TooMuchForQr:
        return ""
    return drawn if isinstance(drawn, str) else drawn.decode()


def step(inspection_id: str, use_case: Any, *args: Any, **kwargs: Any) -> BaseResponse | tuple[str, int]:
    """Performs a step and shows the page again, with a sentence where it was refused."""
    try:
        perform(use_case, actor(), *args, **kwargs)
    except Declined as error:
        return detail_page(inspection_id, messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)


def detail_page(inspection_id: str, errors: dict[str, str]) -> str:
    """The page of one inspection, with what was refused."""
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        facts = history(session, "inspection", inspection_id)
        together = joint_queries.around(session, s.inspection, str(actor().unit), now())
        laid = space_queries.matters_of(session, installation().vault, own=False, inspection=inspection_id)
        more = onsite_queries.around(session, s.inspection, facts)
        applied = s.inspection.state == "applied"
        advisories = (advice_on if applied else advice_waiting)(session, now(), s.inspection)
    return render_template(
        "inspector/detail.html",
        s=s,
        facts=facts,
        more=more,
        errors=errors,
        actor=actor(),
        advisories=advisories,
        matters=laid,
        is_head=actor().role == HEAD and s.inspection.lead_unit == actor().unit,
        typed=request.form,
        together=together,
    )
