"""A little of what is watched besides: dismissed flags to be reviewed, a file review, what a lay supervisor sent."""

from datetime import timedelta

from sqlalchemy import select

from app.demo.names import InventedEnterprise
from app.domain.actors import Actor
from app.domain.file_review import USUAL_SHEET, parse_sheet
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import RAISED, FlagAction
from app.domain.times import day_start, shanghai_day
from app.services.supervising import file_review, flag_actions, observers
from app.store import actors, registry
from app.store.models import CaseFile, FindingRow, User
from app.store.unit_of_work import UnitOfWork

DISMISSED, FILES = 4, 6
ON_SPEECH = tuple(code for code, rule in CATALOGUE.items() if rule.rests_on_speech)


def play(work: UnitOfWork, enterprises: list[InventedEnterprise]) -> None:
    """After everything else has been played."""
    people = {name: _actor(work, name) for name in ("supervisor", "supervisor2", "observer")}
    _dismiss(work, people["supervisor"])
    _observe(work, people, enterprises)
    _review(work, people)


def _actor(work: UnitOfWork, username: str) -> Actor:
    actor_id = work.session.scalar(select(User.actor).where(User.username == username))
    found = actors.by_id(work.session, str(actor_id), shanghai_day(work.now))
    assert found is not None
    return found


def _dismiss(work: UnitOfWork, supervisor: Actor) -> None:
    """Some flags were dismissed last month: the worker draws those that somebody else looks at again."""
    begin = work.now
    work.now = day_start(shanghai_day(begin).replace(day=1)) - timedelta(hours=8)
    where = (FindingRow.state == RAISED, FindingRow.raised_at < work.now, FindingRow.rule.not_in(ON_SPEECH))
    query = select(FindingRow.id).where(*where).order_by(FindingRow.id).limit(DISMISSED)
    for flag in list(work.session.scalars(query)):
        flag_actions.act(work, supervisor, flag, FlagAction("dismiss", "已电话核实，情况特殊，予以驳回。"))
    work.now = begin


def _observe(work: UnitOfWork, people: dict[str, Actor], enterprises: list[InventedEnterprise]) -> None:
    observer = people["observer"]
    first = observers.observe(
        work, observer, observers.Said("observation", "两名执法人员先亮码再检查，告知清楚，半小时结束。", "YT-YJJ")
    )
    assert first is not None
    observers.answer(work, people["supervisor"], first.id, "谢谢。已请该单位作为做法介绍给其他单位。", "taken_up")
    told = "几家店都说，希望食品和消防的检查能约在同一天。"
    observers.observe(work, observer, observers.Said("opinion", told, "YT-SCJG", None, None, enterprises[0].name))
    kin = registry.enterprise_by_uscc(work.session, enterprises[1].uscc)
    assert kin is not None
    observers.recuse(work, observer, kin.id, "亲属在该企业任职")


def _review(work: UnitOfWork, people: dict[str, Actor]) -> None:
    """A file review by risk: two files settled, one with faults, one scored by one reviewer alone."""
    today, sheet = shanghai_day(work.now), parse_sheet(USUAL_SHEET)
    plan = file_review.Plan("季度案卷评查", "risk", today - timedelta(days=90), today, FILES, USUAL_SHEET)
    made = file_review.open_campaign(work, people["supervisor"], plan)
    files = list(work.session.scalars(select(CaseFile).where(CaseFile.campaign == made.id).order_by(CaseFile.id)))
    full = {f"item-{n}": str(item.points) for n, item in enumerate(sheet)}
    lower = full | {"item-2": "8", "item-6": "6"}
    for n, file in enumerate(files[:2]):
        file_review.score(work, people["supervisor"], file.id, lower)
        file_review.score(work, people["supervisor2"], file.id, full | {"item-2": "9"})
        faults = "没有亮码；现场记录只有一句话，没有写清检查了什么。" if n == 0 else ""
        file_review.settle(work, people["supervisor"], file.id, lower, faults)
    if len(files) > 2:
        file_review.score(work, people["supervisor2"], files[2].id, full)
