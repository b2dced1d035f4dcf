"""综合查一次 in the demonstration: a joint visit of today, an invitation that waits, and two visits that could be one."""

from datetime import datetime, timedelta

from app.demo.district import items_of, officers_of
from app.demo.names import InventedEnterprise
from app.demo.play import Cast, Script, application
from app.domain.inspections import Inspection
from app.services import applications, decisions, joint
from app.store.unit_of_work import UnitOfWork

LEAD, PARTNER, OTHER = "YT-YJJ", "YT-SCJG", "YT-XFJY"
ENTERPRISES = 4


def play(work: UnitOfWork, cast: Cast, enterprises: list[InventedEnterprise]) -> None:
    """Everything as of now; each story has an enterprise of its own."""
    together, asked, could_be_one, declined = enterprises
    soon = work.now.replace(minute=0, second=0, microsecond=0)
    days = timedelta(days=1)
    visit = _invited(work, cast, together, LEAD, PARTNER, soon)
    joint.join(work, cast.inspectors[PARTNER], visit.id, _offer(PARTNER))
    joint.join(work, cast.heads[PARTNER], visit.id)
    decisions.approve(work, cast.heads[LEAD], visit.id, "两家一起去，企业只接待一次")

    _apply(work, cast, LEAD, asked, soon + 4 * days)
    _invited(work, cast, asked, PARTNER, LEAD, soon + 2 * days)

    _apply(work, cast, LEAD, could_be_one, soon + days)
    _apply(work, cast, OTHER, could_be_one, soon + 4 * days)

    visit = _invited(work, cast, declined, LEAD, PARTNER, soon + 3 * days)
    joint.decline(work, cast.inspectors[PARTNER], visit.id, "本周抽检任务已排满，无法同行")


def _apply(work: UnitOfWork, cast: Cast, unit: str, enterprise: InventedEnterprise, start: datetime) -> Inspection:
    script = Script(unit=unit, enterprise=enterprise, start=start, hours=4)
    return applications.apply(work, cast.inspectors[unit], application(script)).inspection


def _invited(
    work: UnitOfWork, cast: Cast, enterprise: InventedEnterprise, lead: str, partner: str, start: datetime
) -> Inspection:
    visit = _apply(work, cast, lead, enterprise, start)
    return joint.invite(work, cast.inspectors[lead], visit.id, partner, "时间相近，合并为一次？")


def _offer(unit: str) -> joint.Offer:
    return joint.Offer(tuple(items_of(unit)[:1]), tuple(officers_of(unit)[:2]))
