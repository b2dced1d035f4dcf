"""综合查一次 in the demonstration: a joint visit of today, an invitation that waits, and two visits that could be one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.demo.district import items_of, officers_of
from app.demo.names import InventedEnterprise
from app.demo.plans import plan_code
from app.demo.play import Cast, Script, Steps, application
from app.domain.inspections import Inspection
from app.domain.times import shanghai_day
from app.services.applying import applications, decisions, joint
from app.store.unit_of_work import UnitOfWork

LEAD, PARTNER, OTHER = "YT-YJJ", "YT-SCJG", "YT-XFJY"
ENTERPRISES = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def scripts(cast: Cast, now: datetime, enterprises: list[InventedEnterprise]) -> Iterator[Steps]:
    """Applied for yesterday, each with an enterprise of its own."""
    together, asked, could_be_one, declined, late = enterprises
    soon = now.replace(minute=0, second=0, microsecond=0)
    yield _joined(cast, together, now - DAY, soon)
    yield _waiting(cast, asked, now - 3 * HOUR, soon)
    yield _could_be_one(cast, could_be_one, now - 5 * HOUR, soon)
    yield _declined(cast, declined, now - 8 * HOUR, soon)
    yield _joins_late(cast, late, now - 9 * HOUR, soon)


def _joined(cast: Cast, enterprise: InventedEnterprise, begin: datetime, soon: datetime) -> Steps:
    work = yield begin
    visit = _invited(work, cast, enterprise, LEAD, PARTNER, soon)
    work = yield begin + HOUR
    plan = plan_code(PARTNER, shanghai_day(soon).year)
    offer = joint.Offer(tuple(items_of(PARTNER)[:1]), tuple(officers_of(PARTNER)[:2]), plan)
    joint.join(work, cast.inspectors[PARTNER], visit.id, offer)
    work = yield begin + 2 * HOUR
    joint.join(work, cast.heads[PARTNER], visit.id)
    work = yield begin + 3 * HOUR
    decisions.approve(work, cast.heads[LEAD], visit.id, "两家一起去，企业只接待一次")


def _waiting(cast: Cast, enterprise: InventedEnterprise, begin: datetime, soon: datetime) -> Steps:
    """The invited unit has an application of its own: joining cancels that one."""
    work = yield begin
    _applied(work, cast, LEAD, enterprise, soon + 4 * DAY)
    work = yield begin + HOUR
    _invited(work, cast, enterprise, PARTNER, LEAD, soon + 2 * DAY)


def _could_be_one(cast: Cast, enterprise: InventedEnterprise, begin: datetime, soon: datetime) -> Steps:
    work = yield begin
    _applied(work, cast, LEAD, enterprise, soon + DAY)
    _applied(work, cast, OTHER, enterprise, soon + 4 * DAY)


def _declined(cast: Cast, enterprise: InventedEnterprise, begin: datetime, soon: datetime) -> Steps:
    work = yield begin
    visit = _invited(work, cast, enterprise, LEAD, PARTNER, soon + 3 * DAY)
    work = yield begin + 2 * HOUR
    joint.decline(work, cast.inspectors[PARTNER], visit.id, "本周抽检任务已排满，无法同行")


def _joins_late(cast: Cast, enterprise: InventedEnterprise, begin: datetime, soon: datetime) -> Steps:
    """The code is issued, the partner's head has confirmed: the change waits for the lead unit's head."""
    work = yield begin
    visit = _applied(work, cast, LEAD, enterprise, soon + DAY)
    decisions.approve(work, cast.heads[LEAD], visit.id, "群众反映强烈，需当场核实")
    work = yield begin + HOUR
    joint.invite(work, cast.inspectors[LEAD], visit.id, PARTNER, "我们明天去，要不要一起？")
    work = yield begin + 2 * HOUR
    plan = plan_code(PARTNER, shanghai_day(soon).year)
    offer = joint.Offer(tuple(items_of(PARTNER)[:1]), tuple(officers_of(PARTNER)[:2]), plan)
    joint.join(work, cast.inspectors[PARTNER], visit.id, offer)
    work = yield begin + 3 * HOUR
    joint.join(work, cast.heads[PARTNER], visit.id)


def _applied(work: UnitOfWork, cast: Cast, unit: str, enterprise: InventedEnterprise, start: datetime) -> Inspection:
    script = Script(unit=unit, enterprise=enterprise, start=start, hours=4)
    return applications.apply(work, cast.inspectors[unit], application(script)).inspection


def _invited(
    work: UnitOfWork, cast: Cast, enterprise: InventedEnterprise, lead: str, partner: str, start: datetime
) -> Inspection:
    visit = _applied(work, cast, lead, enterprise, start)
    return joint.invite(work, cast.inspectors[lead], visit.id, partner, "时间相近，合并为一次？")
