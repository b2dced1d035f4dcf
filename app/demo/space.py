"""The enterprise's space of the demonstration: one person with a proved address, at two invented companies."""

from sqlalchemy import select

from app.demo.names import InventedEnterprise
from app.domain.actors import Actor
from app.domain.space import LEGAL, PHONE, SAFETY, Address
from app.services.space import members, persons
from app.services.visiting import matters
from app.store import registry
from app.store.models import InspectionRow
from app.store.unit_of_work import UnitOfWork

CONTACT = Address(PHONE, "13800000000")
NAME = "林女士"


def open_space(work: UnitOfWork, officer: Actor, at: InventedEnterprise, also: InventedEnterprise) -> None:
    """Opened at the visit that goes on at `at`; a wish and a statement wait for the units' answers."""
    here, other = (registry.enterprise_by_uscc(work.session, e.uscc) for e in (at, also))
    assert here is not None and other is not None
    one = persons.create(work, NAME, CONTACT, verified=True)
    visit = _visit(work, here.id, "in_progress")  # in the first minutes of an hour it has not begun
    via, handed_by = (members.VISIT, officer.id) if visit else (members.SIGN_IN, None)
    members.add(work, one.id, here.id, LEGAL, manages=True, via=via, inspection=visit, handed_by=handed_by)
    members.add(work, one.id, other.id, SAFETY, manages=True, via=members.SIGN_IN)
    person = persons.person_of(work.session, one.id)
    unit = str(officer.unit)
    matters.wish(work, person, other.id, unit, None, "仓库新装了喷淋，开业前想请你们来看看。", "下周")
    done = _visit(work, other.id, "completed")
    if done is not None:
        matters.state_case(work, person, done, None, "检查当天负责人外出，部分资料第二天已补交，请一并考虑。")


def _visit(work: UnitOfWork, enterprise: str, state: str) -> str | None:
    query = select(InspectionRow.id).where(InspectionRow.enterprise_id == enterprise, InspectionRow.state == state)
    return work.session.scalar(query.order_by(InspectionRow.id.desc()).limit(1))
