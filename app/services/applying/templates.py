"""Templates of applications: a name over what a unit applies for again and again. Working aids, no facts."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Inspection
from app.services.people.access import visible_inspection
from app.store.models import ApplicationTemplate
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD)
LONGEST_NAME, MOST = 60, 50


def save_from(work: UnitOfWork, actor: Actor, inspection_id: str, name: str, *, for_unit: bool) -> ApplicationTemplate:
    """A template of what an inspection was applied for: all but the enterprise, the time, and what is the case's own.

    Raises NotFound, Forbidden (role), Invalid("name"), Refused("too_many_templates").
    """
    actor.require(*WORKERS)
    typed = _typed_of(visible_inspection(work, actor, inspection_id), actor.unit)
    return save(work, actor, typed, name, for_unit=for_unit)


def save(work: UnitOfWork, actor: Actor, typed: Mapping[str, Any], name: str, *, for_unit: bool) -> ApplicationTemplate:
    """A template of a form's values; one of the same name of the same owner is replaced."""
    actor.require(*WORKERS)
    name = " ".join(name.split())
    if not name:
        raise Invalid("missing", "template_name")
    if len(name) > LONGEST_NAME:
        raise Invalid("too_long", "template_name", most=LONGEST_NAME)
    owner = None if for_unit else actor.id
    work.lock(f"templates:{actor.unit}:{owner or ''}")
    where = (ApplicationTemplate.unit == actor.unit, ApplicationTemplate.owner.is_not_distinct_from(owner))
    work.session.execute(delete(ApplicationTemplate).where(*where, ApplicationTemplate.name == name))
    if (work.session.scalar(select(func.count()).select_from(ApplicationTemplate).where(*where)) or 0) >= MOST:
        raise Refused("too_many_templates", "template_name", most=MOST)
    template = ApplicationTemplate(
        id=work.new_id(),
        unit=str(actor.unit),
        owner=owner,
        name=name,
        typed=json.dumps(typed, ensure_ascii=False),
        made_by=actor.id,
        made_at=work.now,
    )
    work.session.add(template)
    work.session.flush()
    return template


def remove(work: UnitOfWork, actor: Actor, template_id: str) -> None:
    """Removes a template: the own, one of the unit's that one made, or as the head any of the unit's."""
    template = of_actor(work.session, actor, template_id)
    if template.owner is None and template.made_by != actor.id and not actor.may(HEAD):
        raise Forbidden("not_your_template")
    work.session.delete(template)


def of_actor(session: Session, actor: Actor, template_id: str) -> ApplicationTemplate:
    """A template that the actor may use: the own or the unit's. Raises NotFound."""
    template = session.get(ApplicationTemplate, template_id)
    if template is None or template.unit != actor.unit or template.owner not in (None, actor.id):
        raise NotFound("no_such_template")
    return template


def usable(session: Session, actor: Actor) -> list[ApplicationTemplate]:
    """The templates that an actor may use, the own ones first, by name."""
    query = select(ApplicationTemplate).where(
        ApplicationTemplate.unit == actor.unit,
        or_(ApplicationTemplate.owner.is_(None), ApplicationTemplate.owner == actor.id),
    )
    found = session.scalars(query.order_by(ApplicationTemplate.name))
    return sorted(found, key=lambda t: (t.owner is None, t.name))


def _typed_of(i: Inspection, unit: str | None) -> dict[str, Any]:
    """The form's values of an inspection, by the names of api.md."""
    return {
        "kind": i.kind,
        "plan_code": i.plan_code or "",
        "cause": i.cause or "",
        "items": list(i.items),
        "officers": [o.certificate_no for o in i.officers_of(unit)],
        "invite": list(i.units[1:]),
        "place.kind": i.place_kind,
        "way": i.way,
        "surprise": i.surprise,
    }
