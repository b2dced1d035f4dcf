"""Any order of steps: the whole visit, as chance takes it, against the small model in `model.py`.

Three hundred histories here, five thousand with JCM_HISTORIES=5000 (`make soak`), JCM_MACHINE_DATABASES=sqlite,postgresql. One
house serves five hundred of them: each begins on a day of its own, and codes know times until the year 2106 only. Each has an
enterprise of its own.
"""

import itertools
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import event, func, select

from app.domain.amendments import Amendment
from app.domain.applications import LONGEST_WINDOW, EnterpriseRef
from app.domain.errors import DomainError
from app.domain.folding import evolve
from app.domain.inspections import Inspection, Result
from app.services.applying import amendments, applications, decisions
from app.services.flagging import flags
from app.services.speaking import speech
from app.services.trust import verification
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store.models import RectificationRow, Speech
from app.store.unit_of_work import fact_of, history
from tests.faults.model import Visit
from tests.house import House, open_house, uscc

HISTORIES = int(os.environ.get("JCM_HISTORIES", "300"))
LONG = HISTORIES > 300
OF_A_HOUSE = min(HISTORIES, 500)
DATABASES = os.environ.get("JCM_MACHINE_DATABASES", "sqlite").split(
    ","
)  # what the services decide; races are tried elsewhere
STEPS = 8 if LONG else 5
PHASES = (Phase.generate,) if os.environ.get("JCM_NOSHRINK") else (Phase.generate, Phase.shrink)
HOUR = timedelta(hours=1)
PHONES = st.sampled_from(["phone 1".ljust(43, "x"), "phone 2".ljust(43, "x")])
NUMBERS = itertools.count(1)


class WholeVisit(RuleBasedStateMachine):
    """`done` compares what a service says with what the model says; the end of each history compares what is stored."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.house.clock.now = self.house.clock.now.replace(hour=1, minute=0) + timedelta(days=3)
        number = next(NUMBERS) % (OF_A_HOUSE // 4 + 1)  # some enterprises know more than one history
        self.enterprise = EnterpriseRef(uscc(number + 1), f"云汀示例{number}店")
        self.visits: list[tuple[str, Visit]] = []
        self.codes: list[str] = []

    @property
    def id(self) -> str:
        return self.visits[-1][0]

    @property
    def visit(self) -> Visit:
        return self.visits[-1][1]

    @property
    def now(self) -> Any:
        return self.house.clock.now

    def done(self, expected: str, use_case: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            self.house.perform(use_case, *args, **kwargs)
            said = "done"
        except DomainError as refusal:
            said = refusal.code
        assert said == expected, (use_case.__name__, said, expected, self.visit)
        return said == "done"

    def act(self, expected: str, who: str, use_case: Any, *args: Any, **kwargs: Any) -> bool:
        return self.done(expected, use_case, self.house.people[who], self.id, *args, **kwargs)

    def allowed(self, *states: str) -> str:
        return "done" if self.visit.state in states else "not_in_this_state"

    def apply(self, who: str, start: timedelta, hours: int, **more: Any) -> None:
        wanted = self.house.application(
            enterprise=self.enterprise,
            window_start=self.now + start,
            window_end=self.now + start + hours * HOUR,
            **more,
        )
        made = self.house.perform(applications.apply, self.house.people[who], wanted).inspection
        visit = Visit(wanted.window_start, wanted.window_end, who == "head", wanted.started_at)
        visit.happened("inspection.applied")
        self.visits.append((made.id, visit))
        self.codes = []

    @initialize(
        who=st.sampled_from(["inspector", "inspector", "inspector", "head"]),
        start=st.sampled_from([0, 0, 0, 26, -1]),
        how=st.sampled_from(["plain", "plain", "emergency", "late"]),
        at_once=st.sampled_from([True, True, True, False]),
    )
    def applied(self, who: str, start: int, how: str, at_once: bool) -> None:
        more: dict[str, Any] = {}
        if how == "emergency":
            more = {
                "cause": "emergency",
                "exception": "emergency",
                "exception_reason": "火情",
                "started_at": self.now - HOUR,
            }
        elif how == "late":
            begun = self.now - timedelta(days=4)
            more = {"exception": "system_failure", "exception_reason": "断网", "started_at": begun}
        self.apply(who, timedelta(hours=start), 3, **more)
        if at_once:
            self.approved()

    @rule()
    def approved(self) -> None:
        visit = self.visit
        again = visit.has_code and visit.state in ("approved", "in_progress", "completed", "lapsed")
        expected = "done" if again else "own_application" if visit.by_head else self.allowed("applied")
        if self.act(expected, "head", decisions.approve, "确有必要") and not again:
            visit.codes += 1
            visit.happened("inspection.approved", "approved")
            self.keep_code()

    @rule(how=st.sampled_from(["reject", "cancel", "not carried out"]))
    def given_up(self, how: str) -> None:
        if how == "reject":
            expected = "own_application" if self.visit.by_head else self.allowed("applied")
            if self.act(expected, "head", decisions.reject, "不必"):
                self.visit.happened("inspection.rejected", "rejected")
        elif how == "cancel":
            if self.act(self.allowed("applied", "approved"), "inspector", visits.cancel, "企业停业", on_advice=False):
                self.visit.happened("inspection.cancelled", "cancelled")
        elif self.act(
            self.allowed("approved", "in_progress", "lapsed"), "inspector", visits.not_carried_out, "closed", None
        ):
            self.visit.happened("inspection.not_carried_out", "not_carried_out")

    @precondition(lambda self: self.codes)
    @rule(phone=PHONES, action=st.sampled_from(["arrive", "arrive", "seen"]), old=st.booleans())
    def scanned(self, phone: str, action: str, old: bool) -> None:
        visit, current = self.visit, not (old and len(self.codes) > 1)
        verdict = visit.verdict(self.now, current)
        outcome = self.house.perform(scans.record_scan, self.codes[-1 if current else 0], action, phone)
        assert outcome.look.verdict == verdict and (outcome.challenge is not None) == (verdict == "valid")
        if action == "seen" and visit.is_first_look(self.now):
            visit.shown = True
            visit.happened("inspection.seen")
        if action == "arrive" and verdict == "valid" and phone not in visit.arrivals:
            visit.arrivals.add(phone)
            visit.happened("inspection.arrived")
            visit.state, visit.arrived, visit.shown = "in_progress", visit.arrived or self.now, True

    @rule(problem=st.booleans(), before=st.sampled_from([0, 0, 0, 200]))
    def completed(self, problem: bool, before: int) -> None:
        ended_at = self.now - timedelta(hours=before)
        result = Result("YJ-01", "problem_found" if problem else "no_problem", "灭火器过期" if problem else None)
        expected = self.visit.completable(ended_at)
        if self.act(expected, "inspector", visits.complete, visits.Completion((result,), ended_at)):
            self.visit.found, self.visit.closed_at = problem, self.now
            self.visit.happened("inspection.completed", "completed")

    @rule(hours=st.sampled_from([2, 2, 24 * 400]))
    def amendment_asked_for(self, hours: int) -> None:
        visit = self.visit
        end = max(visit.end, self.now) + hours * HOUR
        expected = self.allowed("approved", "in_progress")
        if expected == "done" and visit.amendment:
            expected = "amendment_pending"
        elif expected == "done" and end - visit.start > LONGEST_WINDOW:
            expected = "window_too_long"
        if self.act(expected, "inspector", amendments.request, Amendment(reason="没有查完", window_end=end)):
            visit.amendment, visit.amendments = end, visit.amendments + 1
            visit.happened("inspection.amendment_requested")

    @precondition(lambda self: self.visit.amendment)
    @rule(how=st.sampled_from(["approve", "approve", "reject", "withdraw"]))
    def amendment_decided(self, how: str) -> None:
        visit = self.visit
        expected, n = self.allowed("approved", "in_progress"), visit.amendments
        if how == "approve" and self.act(expected, "head", amendments.approve, n, "确有必要"):
            assert visit.amendment is not None
            visit.end, visit.codes = visit.amendment, visit.codes + 1
            for marks in (visit.phones, visit.arrivals):
                marks.clear()  # a new code, a new mark
            visit.happened("inspection.amended")
            self.keep_code()
        elif how == "reject" and self.act(expected, "head", amendments.reject, n, "不必"):
            visit.happened("inspection.amendment_rejected")
        elif how == "withdraw" and self.act(expected, "inspector", amendments.withdraw, n):
            visit.happened("inspection.amendment_withdrawn")
        if expected == "done":
            visit.amendment = None

    @precondition(lambda self: self.codes)
    @rule(phone=PHONES)
    def rated(self, phone: str) -> None:
        if self.done(self.visit.ratable(self.now, phone), speech.rate, speech.Rating(self.codes[0], 4), phone):
            self.visit.phones.add(phone)
            self.visit.ratings += 1

    @precondition(lambda self: self.visit.found)
    @rule()
    def rechecked(self) -> None:
        self.apply("inspector", timedelta(0), 3, cause="recheck", recheck_of=self.id)

    @rule(hours=st.sampled_from([1, 4, 4, 30, 24 * 40]))
    def time_passed(self, hours: int) -> None:
        self.house.clock.move(hours=hours)

    @rule()
    def swept(self) -> None:
        self.house.perform(visits.lapse)
        for _, visit in self.visits:
            if visit.lapses(self.now):
                visit.happened("inspection.lapsed", "lapsed")

    def keep_code(self) -> None:
        stored = self.stored(self.id)
        assert stored.code is not None
        self.codes.append(stored.code.short_code)

    def stored(self, inspection_id: str) -> Inspection:
        with self.house.installation.reading() as session:
            found = inspection_store.get(session, inspection_id)
        assert found is not None
        return found

    def teardown(self) -> None:
        """What is stored is what the model remembers, and what follows from the facts."""
        for inspection_id, visit in self.visits:
            with self.house.installation.reading() as session:
                found = inspection_store.get(session, inspection_id)
                told = [fact_of(row) for row in history(session, "inspection", inspection_id)]
                ratings = session.scalar(select(func.count()).where(Speech.inspection == inspection_id))
                owed = session.scalar(select(func.count()).where(RectificationRow.inspection == inspection_id))
                if inspection_id == self.id and self.codes:
                    seen = verification.look(session, self.codes[-1], self.now).verdict
                    assert seen == visit.verdict(self.now), (seen, visit)
            folded = None
            for fact in told:
                if fact.kind.startswith("inspection."):
                    folded = evolve(folded, fact)
            assert found == folded and found is not None
            assert (found.state, found.window_end, found.first_arrive_at) == (visit.state, visit.end, visit.arrived)
            counted = {kind: sum(f.kind == kind for f in told) for kind in {f.kind for f in told}}
            assert {k: n for k, n in counted.items() if k in KINDS} == visit.counts, (counted, visit)
            # what a re-check finds sends the first one back and opens no second one
            assert (ratings, owed) == (visit.ratings, int(visit.found and inspection_id == self.visits[0][0]))


KINDS = {
    f"inspection.{step}"
    for step in (
        "applied", "approved", "rejected", "cancelled", "seen", "arrived", "completed", "not_carried_out", "lapsed",
        "amendment_requested", "amended", "amendment_rejected", "amendment_withdrawn",
    )
}  # fmt: skip


@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
@pytest.mark.parametrize("turn", range(HISTORIES // OF_A_HOUSE))
def test_any_history_of_a_visit_is_what_the_model_says(
    turn: int, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not LONG:  # a third of the time; flags have histories of their own (test_flags_histories)
        monkeypatch.setattr(flags, "advise", lambda *_: ())
        for name in ("after_inspection", "after_rating", "after_presentation"):
            monkeypatch.setattr(flags, name, lambda *_: None)
    house = open_house(database_url, tmp_path / "instance")
    if house.installation.database.is_sqlite:
        event.listen(house.installation.database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    WholeVisit.house = house
    run_state_machine_as_test(
        WholeVisit,
        settings=settings(
            max_examples=OF_A_HOUSE, stateful_step_count=STEPS, deadline=None, database=None, phases=PHASES,
            suppress_health_check=list(HealthCheck), derandomize=not LONG,
        ),
    )  # fmt: skip
    house.installation.database.dispose()
    print(f"turn {turn}: {next(NUMBERS)} histories begun so far, the clock at {house.clock.now:%Y}")
