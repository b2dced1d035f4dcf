"""Drafts of applications: one sheet of the whole unit, saved by hand and by itself, until it is sent or put away.

A draft is no inspection yet: it may lack everything. Its beginning and its end are facts (`draft.kept`,
`draft.discarded`, and `inspection.applied`, which names it); what was typed meanwhile is not.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.applications import Application
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.inspections import CANCELLED, DRAFT, transition
from app.services.applying import applications
from app.services.applying.applications import Applied
from app.store import registry
from app.store.models import Draft
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD)
OPEN, APPLIED, DISCARDED = "open", "applied", "discarded"
LONGEST = 60_000
SHORTEST_KEY, LONGEST_KEY = 16, 64


def save(
    work: UnitOfWork,
    actor: Actor,
    client_key: str,
    typed: Mapping[str, Any],
    title: str,
    revision: int | None = None,
) -> Draft:
    """Keeps what was typed under the form's key; the first time begins the draft.

    `revision` is what the writer began from: where a colleague saved meanwhile, Refused("draft_changed") and nothing
    is lost on either side; None saves over it. Raises Forbidden (role), Invalid ("client_key", "too_long"), Refused
    (the draft was sent or put away).
    """
    actor.require(*WORKERS)
    said = json.dumps(typed, ensure_ascii=False, sort_keys=True)
    if len(said) > LONGEST:
        raise Invalid("too_long", "form", most=LONGEST)
    if not SHORTEST_KEY <= len(client_key) <= LONGEST_KEY or not client_key.isascii() or not client_key.isprintable():
        raise Invalid("client_key", "client_key")
    unit = str(actor.unit)
    work.lock(f"draft:{unit}:{client_key}")
    draft = _by_key(work, unit, client_key)
    if draft is None:
        return _begin(work, actor, client_key, said, title)
    if draft.state != OPEN:
        raise Refused("draft_over")
    if revision is not None and revision != draft.revision:
        raise Refused("draft_changed")
    if said != draft.typed:
        draft.typed, draft.title, draft.revision = said, title[:200], draft.revision + 1
        draft.saved_by, draft.saved_at = actor.id, work.now
        work.session.flush()
    return draft


def apply(work: UnitOfWork, actor: Actor, application: Application) -> Applied:
    """Sends an application; the draft that has its key, if there is one, has then served. Raises like `apply` there."""
    unit = str(actor.unit)
    key = application.client_key
    if key is None:
        return applications.apply(work, actor, application)
    work.lock(f"draft:{unit}:{key}")
    draft = _by_key(work, unit, key)
    if draft is None or draft.state != OPEN:
        return applications.apply(work, actor, application)
    transition(DRAFT, "inspection.applied")
    applied = applications.apply(work, actor, application, part_of={"draft": draft.id})
    draft.state, draft.typed, draft.inspection = APPLIED, "{}", applied.inspection.id
    return applied


def put_away(work: UnitOfWork, actor: Actor, client_key: str | None) -> None:
    """Discards the draft of a form that came to another end (the advice was heeded), where there is one."""
    draft = _by_key(work, str(actor.unit), client_key or "")
    if draft is not None and draft.state == OPEN:
        discard(work, actor, draft.id)


def discard(work: UnitOfWork, actor: Actor, draft_id: str) -> Draft:
    """Puts a draft of the unit away; who did it stays on record. Raises NotFound, Refused("draft_over")."""
    actor.require(*WORKERS)
    draft = work.session.get(Draft, draft_id, with_for_update=True)
    if draft is None or draft.unit != actor.unit:
        raise NotFound("no_such_draft")
    if draft.state != OPEN:
        raise Refused("draft_over")
    assert transition(DRAFT, "inspection.cancelled") == CANCELLED
    body = {"unit": draft.unit, "title": draft.title, "begun_by": draft.begun_by}
    work.store_fact(work.fact("draft.discarded", ("draft", draft.id), body, actor, draft.jurisdiction))
    draft.state, draft.typed, draft.saved_by, draft.saved_at = DISCARDED, "{}", actor.id, work.now
    return draft


def of_unit(session: Any, actor: Actor, draft_id: str) -> Draft:
    """A draft of the actor's unit. Raises NotFound."""
    draft: Draft | None = session.get(Draft, draft_id)
    if draft is None or draft.unit != actor.unit:
        raise NotFound("no_such_draft")
    return draft


def _begin(work: UnitOfWork, actor: Actor, client_key: str, said: str, title: str) -> Draft:
    unit = str(actor.unit)
    jurisdiction = registry.jurisdiction_of(work.session, actor.region, None, work.default_jurisdiction)
    draft = Draft(
        id=work.new_id(),
        unit=unit,
        jurisdiction=jurisdiction,
        client_key=client_key,
        state=OPEN,
        title=title[:200],
        typed=said,
        revision=1,
        begun_by=actor.id,
        saved_by=actor.id,
        begun_at=work.now,
        saved_at=work.now,
        inspection=None,
    )
    work.session.add(draft)
    work.store_fact(work.fact("draft.kept", ("draft", draft.id), {"unit": unit}, actor, jurisdiction))
    work.session.flush()
    return draft


def _by_key(work: UnitOfWork, unit: str, client_key: str) -> Draft | None:
    query = select(Draft).where(Draft.unit == unit, Draft.client_key == client_key).with_for_update()
    return work.session.scalar(query)
