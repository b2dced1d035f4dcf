"""Changing a visit under way: more time, more items, other officers; and the head's decision on it."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.actors import HEAD
from app.domain.amendments import Amendment, brought_by_others
from app.domain.errors import Declined, Invalid, Problem
from app.domain.inspections import Inspection
from app.domain.times import SHANGHAI, shanghai_day
from app.queries import registry
from app.security import roles
from app.services.applying import amendments
from app.store import inspections as inspection_store
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff
from app.web.inspector.forms import moment_of
from app.web.inspector.joining import answered
from app.web.inspector.visiting import step

LONGEST_LIST = 2000


@blueprint.get("/<inspection_id>/amend")
@staff
def amend_form(inspection_id: str) -> Response | str:
    """The form; where a change waits already, the page that shows it."""
    with reading() as session:
        waiting = shown_or_404(session, inspection_id).inspection.pending_amendment
    if waiting:
        return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)
    return _page(inspection_id, None, {})


@blueprint.post("/<inspection_id>/amend")
@staff
def amend(inspection_id: str) -> Response | tuple[str, int]:
    try:
        with reading() as session:
            i = shown_or_404(session, inspection_id).inspection
        amendment = _amendment(request.form, _own_officers(i))
        perform(amendments.request, actor(), inspection_id, amendment)
    except Declined as error:
        return _page(inspection_id, request.form, messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)


@blueprint.post("/<inspection_id>/amendments/<int:n>/approve")
@roles(HEAD)
def approve_amendment(inspection_id: str, n: int) -> Response | tuple[str, int]:
    reason = (request.form.get("override_reason", "") or request.form.get("chosen_reason", "")).strip()[:2000]
    return step(inspection_id, amendments.approve, inspection_id, n, reason or None)


@blueprint.post("/<inspection_id>/amendments/<int:n>/reject")
@roles(HEAD)
def reject_amendment(inspection_id: str, n: int) -> Response | tuple[str, int]:
    reason = request.form.get("reason", "").strip()[:2000]
    return step(inspection_id, amendments.reject, inspection_id, n, reason)


@blueprint.post("/<inspection_id>/amendments/<int:n>/withdraw")
@staff
def withdraw_amendment(inspection_id: str, n: int) -> Response | tuple[str, int]:
    """By who asked for it: from the visit's page, or from the invitation of a unit that is not on the visit yet."""
    own = str(actor().unit)
    with reading() as session:
        found = inspection_store.get(session, inspection_id)
    if found is not None and own not in found.units and found.invitation(own) is not None:
        return answered(inspection_id, amendments.withdraw, n)
    return step(inspection_id, amendments.withdraw, inspection_id, n)


def _own_officers(i: Inspection) -> tuple[str, ...]:
    """The certificates of the visit that the actor's unit may change; the other units' officers stay."""
    return tuple(o.certificate_no for o in i.officers if not brought_by_others(i, o, str(actor().unit)))


def _amendment(form: MultiDict[str, str], present: tuple[str, ...]) -> Amendment:
    """The command. Raises Invalid where a field cannot be read."""
    problems: list[Problem] = []
    text = form.get("window_end", "").strip()
    end = moment_of(text, "window_end", problems) if text else None
    more = form.get("more_officers", "").strip()
    if len(more) > LONGEST_LIST:
        problems.append(("more_officers", "too_long", {"most": LONGEST_LIST}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    named = tuple(dict.fromkeys([*form.getlist("officers"), *(re.split(r"[\s,，、;；]+", more) if more else ())]))
    officers = () if set(named) == set(present) else named
    return Amendment(
        reason=form.get("reason", ""), window_end=end, add_items=tuple(form.getlist("add_items")), officers=officers
    )


def _page(inspection_id: str, form: Any, errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        units = s.inspection.units
        items = [i for unit in units for i in registry.items(session, today, unit, None, 200)[0]]
        officers = registry.officers(session, str(actor().unit), today)
    present = _own_officers(s.inspection)
    known = {o.certificate_no for o in officers}
    chosen = form.getlist("officers") if form is not None else present
    return render_template(
        "inspector/amend.html",
        s=s,
        values=form if form is not None else {"more_officers": " ".join(c for c in present if c not in known)},
        chosen=chosen,
        added=form.getlist("add_items") if form is not None else [],
        items=[i for i in items if i.published and i.code not in s.inspection.items],
        officers=officers,
        others=[o for o in s.inspection.officers if o.certificate_no not in present],
        errors=errors,
        end=s.inspection.window_end.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
    )
