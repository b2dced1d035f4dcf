"""报请上级: the paper about visits of bodies above the district, the only step that a district has (rules.md)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import NotFound, Refused
from app.domain.figures import Period
from app.domain.papers import upward
from app.domain.papers.kinds import KINDS
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.services.paperwork import papers
from app.services.paperwork.papers import About
from app.services.paperwork.supervision_papers import FOOT, settings_of
from app.store import papers as store
from app.store.burden import Burden, of_enterprise
from app.store.models import Enterprise, Unit
from app.store.unit_of_work import UnitOfWork

SUBJECT = "enterprise"
DAYS = timedelta(days=364)
KIND = KINDS[upward.KIND]


def start(work: UnitOfWork, actor: Actor, enterprise_id: str, typed: Mapping[str, str]) -> Paper:
    """Drafts the paper. Raises Forbidden, NotFound, Refused("nothing_above"), Invalid (each field)."""
    actor.require(SUPERVISOR)
    today = shanghai_day(work.now)
    values = papers.checked(KIND, typed, today)
    made = upward.content(matter(work.session, enterprise_id, actor, today), values)
    about = About((SUBJECT, enterprise_id), str(actor.unit), str(actor.region), None)
    return papers.draft(work, actor, KIND, about, made, values)


def change(work: UnitOfWork, actor: Actor, paper_id: str, typed: Mapping[str, str]) -> Paper:
    """Changes a draft; what the register holds is taken anew. Raises like `start`."""
    found = papers.own_paper(work, actor, paper_id)
    if found.kind != KIND.code:
        raise NotFound("no_such_paper")
    today = shanghai_day(work.now)
    values = papers.checked(KIND, typed, today)
    made = upward.content(matter(work.session, found.subject_id, actor, today), values)
    return papers.redraft(work, actor, found, made, values)


def matter(session: Session, enterprise_id: str, actor: Actor, today: date) -> upward.Matter:
    """What the paper says of an enterprise and the last year. Raises NotFound, Refused("nothing_above")."""
    enterprise = session.get(Enterprise, enterprise_id)
    if enterprise is None:
        raise NotFound("no_such_enterprise")
    borne = of_enterprise(session, enterprise_id, Period(today - DAYS, today), actor.regions)
    above = _above(borne)
    if not above:
        raise Refused("nothing_above")
    return upward.Matter(
        bureau=store.unit_name(session, str(actor.unit)),
        enterprise=enterprise.name,
        first=borne.period.first,
        last=borne.period.last,
        visits=borne.visits,
        hours=borne.hours,
        bodies=len(borne.bodies),
        above=above,
        foot=FOOT,
        settings=settings_of(session, str(actor.region), today),
    )


def proposed(session: Session, enterprise_id: str, actor: Actor, today: date) -> dict[str, str]:
    """What the form of a new draft begins with: addressed to the bureau of the level above, where the register has it."""
    own = session.get(Unit, actor.unit)
    parent = session.get(Unit, own.parent) if own and own.parent else None
    return upward.proposed(matter(session, enterprise_id, actor, today), parent.name if parent else "")


def is_above(session: Session, codes: tuple[str, ...]) -> bool:
    """Whether only bodies outside the supervised tree took part."""
    found: list[Any] = list(session.scalars(select(Unit.supervised).where(Unit.code.in_(codes))))
    return bool(found) and not any(found)


def _above(borne: Burden) -> list[upward.Came]:
    came = [(m.day, body.name, m.number, m.planned) for body in borne.above for m in body.marks]
    return [upward.Came(*one) for one in sorted(came)]
