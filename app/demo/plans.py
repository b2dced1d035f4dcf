"""Plans of the demonstration: each unit's yearly one, a special one under way, two that wait, and a drawing by lot."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.demo.district import items_of
from app.domain.actors import Actor
from app.domain.lots import COMMITTED
from app.domain.plans import SPECIAL, YEARLY, Content, Line, Plan
from app.domain.times import SHANGHAI, shanghai_day
from app.services import conflicts
from app.services.planning import lot_pools, lots, plans
from app.services.planning.lot_pools import Choice
from app.store.models import Enterprise, Lot, Officer
from app.store.unit_of_work import UnitOfWork

CAMPAIGN = 8  # enterprises of the special plan
Staff = dict[str, Actor]


def plan_code(unit: str, year: int) -> str:
    return f"{unit}-JH-{year}"


def campaign_code(now: datetime) -> str:
    return f"YT-YJJ-ZX-{shanghai_day(now - timedelta(days=35)).year}-01"


def yearly(work: UnitOfWork, inspectors: Staff, heads: Staff, supervisor: Actor) -> None:
    """Last year's and this year's plan of each unit, made in the December before; next year's once it is that time."""
    this_year = shanghai_day(work.now).year
    for year in (this_year - 1, this_year, this_year + 1):
        for unit, inspector in inspectors.items():
            if _noon(date(year - 1, 12, 28)) <= work.now:
                content = Content(
                    f"{year} 年度行政检查计划", YEARLY, date(year, 1, 1), date(year, 12, 31), _yearly_lines(unit)
                )
                steps = [_noon(date(year - 1, 12, day)) for day in (3, 4, 10, 20, 28)]
                _made(work, (inspector, heads[unit], supervisor), plan_code(unit, year), content, steps)


def _yearly_lines(unit: str) -> tuple[Line, ...]:
    frequency = "每家每年不超过 2 次"
    first, *rest = items_of(unit)
    lines = [Line(first, objects="60 家", wanted=60, way="现场检查", frequency=frequency, cap=2, timing="全年")]
    lines += [
        Line(item, objects="双随机 5%", share=500, way="双随机抽查", frequency=frequency, cap=2, timing="全年")
        for item in rest
    ]
    return tuple(lines)


def campaign(work: UnitOfWork, inspectors: Staff, heads: Staff, supervisor: Actor, keys: list[str]) -> None:
    """The emergency bureau's special plan with key enterprises and a drawing; two more plans that wait for somebody."""
    today = shanghai_day(work.now)
    start, end = today - timedelta(days=35), today + timedelta(days=60)
    lines = (
        Line(
            "YJ-02", objects="危险化学品企业 12 家", wanted=12, content="储存、装卸、动火作业、应急器材", way="现场检查",
            frequency="每家 1 次", cap=1, office="危化科",
        ),
        Line(
            "YJ-03", objects="工贸企业，双随机 10%", share=1000, content="隐患整改台账、教育培训记录", way="双随机抽查",
            frequency="每家 1 次", cap=1, office="执法大队", joint_role="lead", partners="消防救援局",
        ),
    )  # fmt: skip
    content = Content("危险化学品和工贸企业专项检查计划", SPECIAL, start, end, lines, tuple(keys[:3]))
    people = (inspectors["YT-YJJ"], heads["YT-YJJ"], supervisor)
    steps = [_noon(start) - timedelta(days=n) for n in (6, 5, 4, 2)] + [_noon(start)]
    plan = _made(work, people, campaign_code(work.now), content, steps)
    _promise(replace(work, now=work.now - timedelta(days=12)), people[0], plan)
    soon = Content("校车和教培机构秋季专项检查计划", SPECIAL, today, today + timedelta(days=90), _some("YT-JYJ"))
    waits = [work.now - timedelta(days=n) for n in (4, 3, 1)]
    _made(work, (inspectors["YT-JYJ"], heads["YT-JYJ"], supervisor), f"YT-JYJ-ZX-{today.year}-01", soon, waits)
    soon = Content("粉尘涉爆企业专项检查计划", SPECIAL, today, today + timedelta(days=60), _some("YT-YJJ"))
    _made(work, people, f"YT-YJJ-ZX-{today.year}-09", soon, waits[1:])


def _some(unit: str) -> tuple[Line, ...]:
    return tuple(Line(i, objects="20 家", wanted=20, timing=None, way="现场检查", cap=1) for i in items_of(unit)[:2])


def _made(
    work: UnitOfWork, people: tuple[Actor, Actor, Actor], code: str, content: Content, steps: list[datetime]
) -> Plan:
    """Drafted, submitted, approved, filed, published: as far as `steps` has instants for them."""
    inspector, head, supervisor = people
    plan = plans.draft(replace(work, now=steps[0]), inspector, code, content)
    verbs = ((plans.submit, inspector), (plans.approve, head), (plans.file, supervisor), (plans.publish, head))
    for (verb, actor), instant in zip(verbs, steps[1:], strict=False):
        plan = verb(replace(work, now=instant), actor, plan.id)
    return plan


def _promise(work: UnitOfWork, inspector: Actor, plan: Plan) -> None:
    """One officer declares a conflict with one enterprise, then a drawing in one town is committed to."""
    session = work.session
    officer = session.scalars(select(Officer.certificate_no).where(Officer.unit == plan.unit)).first()
    town = session.scalars(
        select(Enterprise.region).where(Enterprise.region.is_not(None)).order_by(Enterprise.id)
    ).first()
    uscc = session.scalars(select(Enterprise.uscc).where(Enterprise.region == town).order_by(Enterprise.id)).first()
    conflicts.declare(work, inspector, str(officer), str(uscc), "配偶在该企业任职")
    lot_pools.commit_visits(work, inspector, plan.id, 2, Choice(region=town))


def draw_lots(work: UnitOfWork) -> int:
    """Draws what was committed to, once the log shows it; how many. The word is a lay supervisor's."""
    waiting = list(work.session.scalars(select(Lot).where(Lot.state == COMMITTED)))
    for lot in waiting:
        staff = Actor(id="demo", kind="system", name="demo", role="inspector", unit=lot.unit, region=lot.jurisdiction)
        lots.draw(work, staff, lot.id, "桂花 2026")
    return len(waiting)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
