"""On site in the demonstration: a re-check that closed a chain, two that wait, a visit whose code was replaced, contacts."""

import io
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from app.demo.district import items_of, officers_of
from app.demo.names import InventedEnterprise
from app.demo.play import Cast, Script, Steps, application
from app.demo.stories import at
from app.domain.actors import PUBLIC
from app.domain.amendments import Amendment
from app.domain.applications import Application, EnterpriseRef
from app.domain.inspections import CONTACT, Inspection, Result
from app.domain.onsite import USUALLY, Companion, PointResult, Rectify
from app.domain.times import shanghai_day
from app.domain.uploads import Upload
from app.services.applying import amendments, applications, decisions
from app.services.trust import codes
from app.services.visiting import onsite, rectifications, scans, visits
from app.store.unit_of_work import UnitOfWork

UNIT = "YT-YJJ"
ENTERPRISES = 5
HOUR = timedelta(hours=1)
POINT = 3  # the check point of the exits
CONTACTS = (  # days ago, what, note
    (2, "call", "了解复工情况，没有看生产现场"),
    (6, "publicity", "发放安全生产宣传册"),
    (11, "research", "听取对检查频次的意见"),
    (16, "guidance", "指导填报隐患排查系统"),
)


def scripts(cast: Cast, now: datetime, enterprises: list[InventedEnterprise]) -> Iterator[Steps]:
    """Each story has an enterprise of its own; steps after `now` do not happen."""
    closed, answered, late, amended, visited = enterprises
    yield _chain(cast, closed, at(now, 30, 9), at(now, 12, 14))
    yield _ordered(cast, answered, at(now, 9, 10), 12, "通道已清理，照片见附件。")
    yield _ordered(cast, late, at(now, 24, 14), 15, None)
    yield _amended(cast, amended, now.replace(minute=0, second=0, microsecond=0) - HOUR)
    for days, kind, note in CONTACTS:
        yield _contact(cast, visited, at(now, days, 10), kind, note)


def _begun(
    cast: Cast, enterprise: InventedEnterprise, start: datetime, **changes: object
) -> Generator[datetime, UnitOfWork, Inspection]:
    """Applied for a day before, approved, confirmed by the enterprise; hands the visit back by `return`."""
    script = Script(unit=UNIT, enterprise=enterprise, start=start, hours=3, changes=dict(changes))
    work = yield start - timedelta(days=1)
    applied = applications.apply(work, cast.inspectors[UNIT], application(script)).inspection
    work = yield start - 20 * HOUR
    reason = "上次的问题需要现场确认" if "recheck_of" in changes else None
    approved = decisions.approve(work, cast.heads[UNIT], applied.id, reason)
    work = yield start + timedelta(minutes=6)
    _arrive(work, approved, enterprise)
    return approved


def _chain(cast: Cast, enterprise: InventedEnterprise, first: datetime, second: datetime) -> Steps:
    """A problem, an answer, more time, a re-check without a problem."""
    visit = yield from _begun(cast, enterprise, first)
    work = yield first + 2 * HOUR
    due = shanghai_day(first) + timedelta(days=10)
    _complete(work, cast, visit, "problem_found", Rectify(due, "清理疏散通道，补齐应急照明"))
    work = yield first + timedelta(days=8)
    later = shanghai_day(first) + timedelta(days=20)
    rectifications.extend(work, cast.inspectors[UNIT], visit.id, later, "应急照明灯具需要订货")
    work = yield second - timedelta(days=3)
    rectifications.answer(work, PUBLIC, visit.id, "通道已清理，应急照明已安装。", [_photo("通道")])
    changes = {"kind": "triggered", "cause": "recheck", "recheck_of": visit.id, "reason": f"整改复核：{visit.number}"}
    again = yield from _begun(cast, enterprise, second, **changes)
    work = yield second + HOUR
    _complete(work, cast, again, "no_problem")


def _ordered(cast: Cast, enterprise: InventedEnterprise, start: datetime, days: int, answer: str | None) -> Steps:
    """A problem with a deadline; the enterprise answers or does not."""
    visit = yield from _begun(cast, enterprise, start)
    work = yield start + 2 * HOUR
    rectify = Rectify(shanghai_day(start) + timedelta(days=days), "清理疏散通道堆放的杂物")
    _complete(work, cast, visit, "problem_found", rectify)
    if answer:
        work = yield start + timedelta(days=6)
        rectifications.answer(work, PUBLIC, visit.id, answer, [_photo("疏散通道")])


def _amended(cast: Cast, enterprise: InventedEnterprise, start: datetime) -> Steps:
    """A visit of today that got another item and more time: its first code is replaced."""
    visit = yield from _begun(cast, enterprise, start)
    work = yield start + timedelta(minutes=25)
    asked = Amendment(
        reason="现场发现有危险化学品仓库，需要一并检查",
        window_end=visit.window_end + 2 * HOUR,
        add_items=tuple(items_of(UNIT)[1:2]),
    )
    amendments.request(work, cast.inspectors[UNIT], visit.id, asked)
    work = yield start + timedelta(minutes=35)
    amendments.approve(work, cast.heads[UNIT], visit.id, 1, "同意")


def _contact(cast: Cast, enterprise: InventedEnterprise, start: datetime, kind: str, note: str) -> Steps:
    work = yield start
    call = Application(
        enterprise=EnterpriseRef(enterprise.uscc, enterprise.name), kind=CONTACT, contact_kind=kind, items=(),
        officers=tuple(officers_of(UNIT)[:1]), window_start=start, window_end=start + HOUR, reason=note,
    )  # fmt: skip
    applications.apply(work, cast.inspectors[UNIT], call)


def _arrive(work: UnitOfWork, visit: Inspection, enterprise: InventedEnterprise) -> None:
    code = codes.drawn(work.session, visit, work.public_url)
    assert code is not None
    scans.record_scan(work, code.url, "arrive", f"phone of {enterprise.uscc}")


def _complete(work: UnitOfWork, cast: Cast, visit: Inspection, outcome: str, rectify: Rectify = USUALLY) -> None:
    """The result with every check point, an expert, a photograph."""
    item, inspector = visit.items[0], cast.inspectors[UNIT]
    onsite.keep_photos(work, inspector, visit.id, item, [_photo("现场")])
    numbers = sorted(visits.known_points(work.session, visit)[item])
    points = tuple(PointResult(item, n, outcome if n == POINT else "no_problem", None) for n in numbers)
    note = rectify.demand if outcome == "problem_found" else None
    visits.complete(
        work, inspector, visit.id,
        visits.Completion(
            (Result(item, outcome, note),), work.now, points=points, people=(Companion("expert", "示例市安全技术中心"),),
            headcount=3, rectify=rectify,
        ),
    )  # fmt: skip


def _photo(text: str) -> Upload:
    """A drawing that says that it is one: the demonstration shows no real place."""
    image = Image.new("RGB", (640, 480), "#dfe7f2")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 90, 580, 430), outline="#0b4ea2", width=6)
    pen.line((60, 430, 320, 200, 580, 430), fill="#0b4ea2", width=6)
    pen.ellipse((430, 120, 500, 190), outline="#0b4ea2", width=6)
    out = io.BytesIO()
    image.save(out, "PNG")
    return Upload(f"{text}.png", out.getvalue())
