"""The visits of the demonstration: an ordinary quarter, and a few of every flag, each with an enterprise of its own."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from app.demo.district import items_of, officers_of
from app.demo.names import InventedEnterprise
from app.demo.play import Script
from app.domain.inspections import Slot
from app.domain.times import SHANGHAI

OPEN_CALL: dict[str, Any] = {"kind": "triggered", "cause": "complaint"}
COMMENTS = ("态度很好，讲得清楚。", "流程规范，时间也短。", "希望下次提前告知需要准备的材料。", None, None, None)
DAYS = 90


def at(now: datetime, days_ago: int, hour: int, minute: int = 0) -> datetime:
    """That hour of a working day in Shanghai, about so many days ago."""
    day = now.astimezone(SHANGHAI) - timedelta(days=days_ago)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def ordinary(source: random.Random, now: datetime, enterprises: list[InventedEnterprise]) -> Iterator[Script]:
    """Each enterprise is visited once in the quarter, mostly by plan: no rule has anything to say."""
    for number, enterprise in enumerate(enterprises):
        triggered = source.random() < 0.1
        changes: dict[str, Any] = {"clue_no": f"12345-{number:05d}", **OPEN_CALL} if triggered else {}
        unit = source.choice(enterprise.units)
        changes["items"] = (source.choice(items_of(unit)),)
        changes["officers"] = tuple(sorted(source.sample(officers_of(unit)[:3], 2)))
        yield Script(
            unit=unit,
            enterprise=enterprise,
            start=at(now, source.randint(-1, DAYS), source.randint(9, 15), source.choice((0, 15, 30, 45))),
            hours=source.choice((1, 1.5, 2, 2.5)),
            lead_days=source.choice((1, 1.5, 2, 3)),
            result="problem_found" if source.random() < 0.22 else "no_problem",
            rating=source.choices((5, 4, 3, None), (38, 12, 3, 47))[0],
            comment=source.choice(COMMENTS),
            changes=changes,
        )


def flagged(now: datetime, enterprises: list[InventedEnterprise]) -> Iterator[Script]:
    """A few of every flag that visits raise. The enterprises are used by nobody else."""
    pool = iter(enterprises)
    yield from _repeats(now, pool)
    yield from _persons_and_basis(now, pool)
    yield from _clues(now, pool)
    yield from _codes(now, pool)


def _repeats(now: datetime, pool: Iterator[InventedEnterprise]) -> Iterator[Script]:
    for days in (12, 33):  # two bodies on one day
        e = next(pool)
        yield Script(unit="YT-YJJ", enterprise=e, start=at(now, days, 9), changes=_call(f"R1-{days}"))
        yield Script(unit="YT-SCJG", enterprise=e, start=at(now, days, 14), changes=_call(f"R2-{days}"))
    e = next(pool)  # three in a week, four in a month
    for n, (days, unit) in enumerate(((24, "YT-STHJ"), (6, "YT-YJJ"), (5, "YT-XFJY"), (4, "YT-STHJ"))):
        yield Script(unit=unit, enterprise=e, start=at(now, days, 10), changes=_call(f"W-{n}"))
    for first, second in ((60, 20), (70, 31), (80, 40)):  # twice in sixty days, by plan
        e = next(pool)
        for days in (first, second):
            yield Script(unit="YT-SCJG", enterprise=e, start=at(now, days, 10), rating=4)
    for first, second in ((25, 8), (44, 30)):  # two bodies that could have come together
        e = next(pool)
        yield Script(unit="YT-STHJ", enterprise=e, start=at(now, first, 9))
        yield Script(unit="YT-CGZF", enterprise=e, start=at(now, second, 9))
    e = next(pool)  # over the yearly cap of two
    for days in (88, 50, 15):
        yield Script(unit="YT-XFJY", enterprise=e, start=at(now, days, 15), override="年度重点保障任务")


def _persons_and_basis(now: datetime, pool: Iterator[InventedEnterprise]) -> Iterator[Script]:
    emergency = officers_of("YT-YJJ")
    yield Script(unit="YT-YJJ", enterprise=next(pool), start=at(now, 18, 10), changes={"officers": emergency[:1]})
    yield Script(
        unit="YT-YJJ", enterprise=next(pool), start=at(now, 10, 10), changes={"officers": (emergency[0], emergency[3])}
    )
    yield Script(
        unit="YT-YJJ", enterprise=next(pool), start=at(now, 27, 10), changes={"officers": (emergency[0], emergency[4])}
    )
    borrowed = (officers_of("YT-STHJ")[0], officers_of("YT-YJJ")[1])
    yield Script(unit="YT-STHJ", enterprise=next(pool), start=at(now, 36, 9), changes={"officers": borrowed})
    for days in (9, 22):  # began before the head approved
        start = at(now, days, 9)
        changes = {"started_at": start, **_call(f"NA-{days}")}
        yield Script(
            unit="YT-CGZF", enterprise=next(pool), start=start, lead_days=-0.05, arrives=False, changes=changes
        )


def _clues(now: datetime, pool: Iterator[InventedEnterprise]) -> Iterator[Script]:
    for days in (7, 41):
        yield Script(unit="YT-RSJ", enterprise=next(pool), start=at(now, days, 14), changes=OPEN_CALL)
    for days in (16, 14, 13):  # one clue, three enterprises
        yield Script(unit="YT-STHJ", enterprise=next(pool), start=at(now, days, 14), changes=_call("ZJ-2026-0417"))


def _codes(now: datetime, pool: Iterator[InventedEnterprise]) -> Iterator[Script]:
    for days in (5, 11, 29):  # the code was never shown
        yield Script(unit="YT-JGW", enterprise=next(pool), start=at(now, days, 9), scanned=False, arrives=False)
    yield Script(
        unit="YT-SCJG",
        enterprise=next(pool),
        start=at(now, 17, 10),
        rating=1,
        answers={"forced_intermediary": True, "gifts": False},
        comment="要求我们找指定的公司做检测。",
    )


def today(now: datetime, pool: list[InventedEnterprise]) -> Iterator[Script]:
    """What the demonstration's inspector and head find: open codes, waiting applications, results due."""
    soon = now.replace(minute=0, second=0, microsecond=0)
    yield Script(
        unit="YT-YJJ", enterprise=pool[0], start=soon - timedelta(hours=1), hours=6, scanned=False, arrives=False
    )
    yield Script(unit="YT-YJJ", enterprise=pool[1], start=soon, hours=5, result=None)
    yield Script(
        unit="YT-YJJ",
        enterprise=pool[2],
        start=now - timedelta(hours=27),
        hours=2,
        result=None,
        changes={"begun_at": now - timedelta(hours=54)},
    )  # written where there was no network
    tomorrow = soon + timedelta(days=1)
    slots = tuple(Slot(tomorrow + timedelta(days=d), tomorrow + timedelta(days=d, hours=2)) for d in (0, 1, 2))
    yield Script(
        unit="YT-YJJ", enterprise=pool[3], start=tomorrow, lead_days=1.2, approved=False, changes={"slots": slots}
    )
    yield Script(
        unit="YT-YJJ",
        enterprise=pool[4],
        start=soon + timedelta(days=1, hours=3),
        lead_days=1.3,
        approved=False,
        changes=_call("12345-20018"),
    )


def campaign(now: datetime, pool: list[InventedEnterprise], plan: str) -> Iterator[Script]:
    """Visits of the emergency bureau's special plan: some done, one under way tomorrow."""
    for days, enterprise in zip((22, 18, 15, 9), pool, strict=False):
        changes = {"plan_code": plan, "items": ("YJ-02",)}
        yield Script(unit="YT-YJJ", enterprise=enterprise, start=at(now, days, 10), rating=5, changes=changes)
    changes = {"plan_code": plan, "items": ("YJ-03",)}
    tomorrow = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=2)
    yield Script(unit="YT-YJJ", enterprise=pool[4], start=tomorrow, lead_days=1.5, changes=changes)


def _call(clue: str) -> dict[str, Any]:
    return {**OPEN_CALL, "clue_no": clue}
