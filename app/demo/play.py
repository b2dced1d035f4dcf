"""Plays visits in the order of their time: each is a generator that yields when its next step happens.

The steps of all visits are performed through the services at their own instants, oldest first, and end at the present:
what lies in the future has not happened yet, so today's codes are open and some applications wait.
"""

import heapq
import random
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.demo.district import items_of, officers_of
from app.demo.names import InventedEnterprise
from app.demo.plans import plan_code
from app.domain.actors import Actor
from app.domain.applications import Application, EnterpriseRef
from app.domain.inspections import Inspection, Result
from app.domain.onsite import Rectify
from app.domain.times import SHANGHAI
from app.services.applying import applications, decisions
from app.services.speaking import speech
from app.services.trust import codes
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store.unit_of_work import UnitOfWork

Steps = Generator[datetime, UnitOfWork, None]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts for a unit."""

    inspectors: dict[str, Actor]
    heads: dict[str, Actor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One visit: `start` is when it begins (aware); the rest says how it goes."""

    unit: str
    enterprise: InventedEnterprise
    start: datetime
    hours: float = 2
    lead_days: float = 1.0
    scanned: bool = True
    arrives: bool = True
    approved: bool = True
    result: str | None = "no_problem"
    rating: int | None = None
    answers: dict[str, bool] = field(default_factory=dict)
    comment: str | None = None
    override: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def play(work: UnitOfWork, visits_to_play: Iterable[Steps], until: datetime) -> int:
    """Performs all steps up to `until`, oldest first; how many."""
    heap: list[tuple[datetime, int, Steps]] = []
    for number, steps in enumerate(visits_to_play):
        heapq.heappush(heap, (next(steps), number, steps))
    done = 0
    while heap and heap[0][0] <= until:
        instant, number, steps = heapq.heappop(heap)
        done += 1
        try:
            following = steps.send(replace(work, now=instant))
        except StopIteration:
            continue
        heapq.heappush(heap, (max(following, instant), number, steps))
    return done


def visit(cast: Cast, source: random.Random, script: Script) -> Steps:
    """The steps of one visit, from application to rating."""
    work = yield script.start - timedelta(days=script.lead_days)
    applicant = cast.inspectors[script.unit]
    inspection = applications.apply(work, applicant, application(script)).inspection
    if not script.approved:
        return
    work = yield work.now + timedelta(minutes=source.randint(20, 300) if script.lead_days >= 0.5 else 2)
    reason = script.override
    inspection = decisions.approve(work, cast.heads[script.unit], inspection.id, reason)
    code = codes.drawn(work.session, inspection, work.public_url)
    assert code is not None
    device = source.randbytes(16).hex()
    if script.scanned:
        work = yield script.start + timedelta(minutes=source.randint(0, 4))
        scans.record_scan(work, code.url, "seen", device)
    if script.arrives:
        work = yield script.start + timedelta(minutes=source.randint(5, 12))
        scans.record_scan(work, code.url, "arrive", device)
    end = script.start + timedelta(hours=script.hours)
    if script.result:
        work = yield end + timedelta(minutes=source.randint(0, 50))
        _complete(work, cast, script, inspection, end)
    if script.rating:
        work = yield end + timedelta(minutes=source.randint(60, 2000))
        speech.rate(work, speech.Rating(code.url, script.rating, script.answers, script.comment), device)


def application(script: Script) -> Application:
    """The application that a script begins with; `changes` replaces fields of it."""
    planned = plan_code(script.unit, script.start.astimezone(SHANGHAI).year)
    plain: dict[str, Any] = {
        "enterprise": EnterpriseRef(script.enterprise.uscc, script.enterprise.name),
        "kind": "planned",
        "plan_code": planned,
        "items": tuple(items_of(script.unit)[:1]),
        "officers": tuple(officers_of(script.unit)[:2]),
        "window_start": script.start,
        "window_end": script.start + timedelta(hours=script.hours + 1),
    }
    if script.changes.get("kind") == "triggered":
        plain |= {"plan_code": None, "reason": "市民反映，需到现场核实"}
    return Application(**(plain | script.changes))


def _complete(work: UnitOfWork, cast: Cast, script: Script, inspection: Inspection, end: datetime) -> None:
    current = inspection_store.get(work.session, inspection.id, lock=True)
    assert current is not None and script.result is not None
    note = "已当场改正" if script.result == "problem_found" else None
    results = tuple(Result(item, script.result, note) for item in current.items)
    completion = visits.Completion(results, min(end, work.now), rectify=Rectify(on_the_spot=True))
    visits.complete(work, cast.inspectors[script.unit], inspection.id, completion)
