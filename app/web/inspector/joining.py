"""综合查一次: inviting another unit, and the invited unit's page to come along or to decline."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, NotFound
from app.domain.times import shanghai_day
from app.queries import inspections as inspection_queries
from app.queries import registry
from app.queries.amendments import WAITING, amendments
from app.services.applying import joint, merging
from app.store import inspections as inspection_store
from app.store import registry as register
from app.web.inspector.blueprint import blueprint, messages, staff
from app.web.inspector.visiting import detail_page


@blueprint.post("/<inspection_id>/invite")
@staff
def invite(inspection_id: str) -> BaseResponse | tuple[str, int]:
    note = request.form.get("note", "").strip()[:500] or None
    return _lead_step(inspection_id, joint.invite, request.form.get("unit", ""), note)


@blueprint.post("/<inspection_id>/uninvite")
@staff
def uninvite(inspection_id: str) -> BaseResponse | tuple[str, int]:
    reason = request.form.get("reason", "").strip()[:500] or None
    return _lead_step(inspection_id, joint.withdraw, request.form.get("unit", ""), reason)


@blueprint.post("/<inspection_id>/leave")
@staff
def leave(inspection_id: str) -> BaseResponse | tuple[str, int]:
    try:
        perform(joint.leave, actor(), inspection_id, request.form.get("reason", "")[:2000])
    except Declined as error:
        return detail_page(inspection_id, messages(error)), 422
    return redirect(url_for("inspector.home"), 303)


@blueprint.get("/<inspection_id>/invitation")
@staff
def invitation(inspection_id: str) -> str:
    """What an invited unit sees of the visit: enough to decide, not the code."""
    return _page(inspection_id, {})


@blueprint.post("/<inspection_id>/join")
@staff
def join(inspection_id: str) -> BaseResponse | tuple[str, int]:
    """One tap with the own application's items and officers (or, for the head, the offer), or with those chosen."""
    offer = None
    if request.form.get("go") == "chosen":
        more = re.split(r"[\s,，、;；]+", request.form.get("more_officers", "").strip()[:500])
        plan = request.form.get("plan_code", "").strip() or None
        officers = dict.fromkeys([*request.form.getlist("officers"), *filter(None, more)])
        offer = joint.Offer(tuple(dict.fromkeys(request.form.getlist("items"))), tuple(officers), plan)
    return answered(inspection_id, joint.join, offer)


@blueprint.post("/<inspection_id>/decline")
@staff
def decline(inspection_id: str) -> BaseResponse | tuple[str, int]:
    return answered(inspection_id, joint.decline, request.form.get("reason", "")[:2000])


def _lead_step(inspection_id: str, use_case: Any, *args: Any) -> BaseResponse | tuple[str, int]:
    try:
        perform(use_case, actor(), inspection_id, *args)
    except Declined as error:
        return detail_page(inspection_id, messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id, _anchor="joint"), 303)


def answered(inspection_id: str, use_case: Any, *args: Any) -> BaseResponse | tuple[str, int]:
    """What the invited unit did, and the page that comes next; a refusal is said on the page of the invitation."""
    try:
        after = perform(use_case, actor(), inspection_id, *args)
    except Declined as error:
        return _page(inspection_id, messages(error)), 422
    if actor().unit in after.units:
        return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)
    if use_case is joint.decline:
        return redirect(url_for("inspector.home"), 303)
    return redirect(url_for("inspector.invitation", inspection_id=inspection_id), 303)


def _page(inspection_id: str, errors: dict[str, str]) -> str:
    unit, today = str(actor().unit), shanghai_day(now())
    with reading() as session:
        inspection = inspection_store.get(session, inspection_id)
        asked = inspection.invitation(unit) if inspection else None
        if inspection is None or asked is None:
            raise NotFound("no_such_invitation")
        s = inspection_queries.shown(session, actor(), [inspection], installation().config.public_url)[0]
        own = merging.mergeable(session, inspection, unit, today)
        items = [i for i in registry.items(session, today, unit, None, 200)[0] if i.published]
        officers = registry.officers(session, unit, today)
        waiting = next((a for a in amendments(session, inspection_id) if a.state == WAITING), None)
        known = register.items(session, [*asked.items, *(item for o in own for item in o.items)])
    chosen = request.form if errors else None
    named = asked.officers or tuple(o for one in own for o in one.officers)
    return render_template(
        "inspector/invitation.html",
        s=s,
        asked=asked,
        waiting=waiting if asked.state == "confirmed" else None,
        own=own,
        items=list(reversed(items)),
        officers=officers,
        known=known,
        errors=errors,
        actor=actor(),
        typed=request.form,
        chosen_items=chosen.getlist("items") if chosen else asked.items or [i for o in own for i in o.items],
        chosen_officers=chosen.getlist("officers") if chosen else [o.certificate_no for o in named],
    )
