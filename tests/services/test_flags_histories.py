"""Promise 3 on random histories: whatever happened in whatever order, a rebuild finds what stands already."""

import contextlib
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.applications import EnterpriseRef
from app.domain.errors import DomainError
from app.domain.facts import canonical_json
from app.domain.flags import settings as policy_settings
from app.domain.inspections import Result
from app.domain.plans import Content, Dates, Line
from app.domain.supervision import FlagAction
from app.services import registers
from app.services.applying import applications, decisions, joint
from app.services.flagging import backtest, flag_rebuild, flags
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Row
from app.services.imports.running import run
from app.services.planning import plans
from app.services.speaking import speech
from app.services.supervising import case_records, flag_actions
from app.services.transparency import log, log_audit
from app.services.visiting import arrivals, scans, visits
from app.store import plans as plan_store
from app.store.models import (
    CaseRecord,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    FindingRow,
    InspectionRow,
    ItemTerm,
    Policy,
)
from app.store.unit_of_work import UnitOfWork
from tests.house import House, uscc

ACTIONS = (
    "record", "decide_record", "act", "apply", "approve", "arrive", "complete", "join", "officer",
    "rate", "register", "register", "report", "sweep", "visit", "visit",
    "visit", "wait",
)  # fmt: skip
OFFICERS = ("99010001", "99010002", "99010003", "99010004", "99020001", "X")
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2**32)), min_size=8, max_size=16)


class History:
    """One installation that lives through random steps; what is refused is part of the history."""

    def __init__(self, house: House) -> None:
        self.house = house

    def step(self, action: str, seed: int) -> None:
        source = random.Random(seed)
        with contextlib.suppress(DomainError):
            getattr(self, action)(source)

    def visit(self, source: random.Random) -> None:
        """A whole visit at once: most histories would never get one together."""
        for action in ("apply", "approve", "arrive", "complete"):
            self.step(action, source.randrange(2**32))

    def apply(self, source: random.Random) -> None:
        planned = source.random() < 0.4
        now = self.house.clock.now
        start = now + timedelta(hours=source.choice((-200, -30, -2, 0, 1, 24)))
        changes = {
            "enterprise": EnterpriseRef(uscc=uscc(900 + source.randint(0, 3)), name="云汀示例店"),
            "items": source.choice((("YJ-01",), ("YJ-01", "YJ-02"), ("YJ-99",))),
            "officers": tuple(source.sample(OFFICERS, source.randint(1, 3))),
            "window_start": start,
            "window_end": start + timedelta(hours=source.choice((1, 6, 60))),
            "started_at": source.choice((None, None, start)),
            "exception": source.choice((None, "emergency", "system_failure")),
            "surprise": source.random() < 0.3,
            "place_region": source.choice((None, "990102", "990101001")),
        }  # fmt: skip
        if planned:
            changes |= {"kind": "planned", "cause": None, "clue_no": None, "plan_code": source.choice((None, "P-H"))}
        else:
            changes |= {
                "cause": source.choice(("complaint", "recheck", "transfer")),
                "clue_no": source.choice((None, "C-1", "C-2")),
            }
        self.house.perform(applications.apply, self.house.people["inspector"], self.house.application(**changes))

    def approve(self, source: random.Random) -> None:
        step = decisions.approve if source.random() < 0.85 else decisions.reject
        self.house.perform(step, self.house.people["head"], self._one(source, "applied").id, "理由")

    def arrive(self, source: random.Random) -> None:
        self.house.perform(
            scans.record_scan, self._code(source), source.choice(("seen", "arrive", "arrive")),
            f"phone {source.randint(0, 3)}", by_staff=source.random() < 0.3,
        )  # fmt: skip

    def officer(self, source: random.Random) -> None:
        """An officer scans or types what names an enterprise, not always the right one."""
        row, text = self._one(source, "approved", "in_progress"), uscc(900 + source.randint(0, 1))
        arrival = arrivals.Arrival(text, source.choice(("camera", "typed")))
        self.house.perform(arrivals.arrive, self.house.people["inspector"], row.id, arrival)

    def join(self, source: random.Random) -> None:
        """Another unit comes along."""
        row, people = self._one(source, "applied"), self.house.people
        self.house.perform(joint.invite, people["inspector"], row.id, "YT-SCJG")
        offer = joint.Offer(("SJ-01",), ("99020001",))
        self.house.perform(joint.join, people["inspector2"], row.id, offer)
        self.house.perform(joint.join, people["head2"], row.id)

    def complete(self, source: random.Random) -> None:
        row = self._one(source, "approved", "in_progress", "lapsed")
        with self.house.installation.reading() as session:
            items = applications.inspection_store.get(session, row.id).items
        results = tuple(
            Result(i, source.choice(("no_problem", "no_problem", "problem_found", "not_applicable"))) for i in items
        )
        ended = self.house.clock.now - timedelta(hours=source.choice((0, 1, 30)))
        self.house.perform(visits.complete, self.house.people["inspector"], row.id, visits.Completion(results, ended))

    def record(self, source: random.Random) -> None:
        """A unit's own system tells of a case, a penalty, a visit: about known enterprises and others, again or anew."""
        day = self.house.clock.now.date() - timedelta(days=source.randint(0, 15))
        row = {
            "kind": source.choice(("案件", "处罚", "检查记录", "投诉")), "source": "办案系统",
            "number": f"A-{source.randint(0, 9)}",
            "uscc": source.choice(("", uscc(900 + source.randint(0, 4)))), "enterprise_name": "云汀示例店",
            "unit": source.choice(("YT-YJJ", "YT-YJJ", "YT-SCJG", "BU-01", "别的单位", "")), "day": day.isoformat(),
            "officers": source.choice(("", "99010002")),
        }  # fmt: skip
        run(KINDS["case-records"], self.house.perform, [Row(2, row)], lambda n: None, SYSTEM)

    def decide_record(self, source: random.Random) -> None:
        with self.house.installation.reading() as session:
            rows = list(session.scalars(select(CaseRecord).order_by(CaseRecord.id)))
            ids = list(session.scalars(select(InspectionRow.id).order_by(InspectionRow.id)))
        if not rows or not ids:
            raise DomainError("none")
        row, verdict = source.choice(rows), source.choice(("this", "none"))
        choice = case_records.Choice(
            verdict, "核对过", row.decisions, inspection=source.choice(ids),
            rejected=tuple(source.sample(ids, min(2, len(ids)))), uscc=source.choice((None, uscc(900))),
        )  # fmt: skip
        self.house.perform(case_records.decide, self.house.people["supervisor"], row.id, choice)

    def rate(self, source: random.Random) -> None:
        self.house.perform(speech.rate, speech.Rating(self._code(source), source.randint(1, 5)), f"p{source.random()}")

    def report(self, source: random.Random) -> None:
        day = self.house.clock.now.date() - timedelta(days=source.randint(0, 20))
        told = speech.Report(
            "云汀示例店",
            day,
            "没有亮码",
            uscc=uscc(900 + source.randint(0, 3)),
            unit_code=source.choice((None, "YT-YJJ")),
        )
        self.house.perform(speech.report, told)

    def act(self, source: random.Random) -> None:
        with self.house.installation.reading() as session:
            ids = list(session.scalars(select(FindingRow.id).where(FindingRow.standing).order_by(FindingRow.id)))
        if ids:
            action = source.choice(("investigate", "uphold", "dismiss", "order_correction", "close"))
            self.house.perform(
                flag_actions.act, self.house.people["supervisor"], source.choice(ids), FlagAction(action, "说明")
            )

    def register(self, source: random.Random) -> None:
        self.house.perform(_change_a_register, source, self.house.clock.now.date())

    def sweep(self, source: random.Random) -> None:
        self.house.perform(visits.lapse)
        self.house.perform(flags.sweep)

    def wait(self, source: random.Random) -> None:
        self.house.clock.move(hours=source.choice((1, 5, 30, 200, 1500)))

    def _one(self, source: random.Random, *states: str) -> InspectionRow:
        with self.house.installation.reading() as session:
            found = list(
                session.scalars(select(InspectionRow).where(InspectionRow.state.in_(states)).order_by(InspectionRow.id))
            )
        if not found:
            raise DomainError("none")
        return source.choice(found)

    def _code(self, source: random.Random) -> str:
        row = self._one(source, "approved", "in_progress", "completed")
        with self.house.installation.reading() as session:
            code = applications.inspection_store.get(session, row.id).code
        if code is None:  # a visit registered elsewhere
            raise DomainError("none")
        return code.short_code


def _change_a_register(work: UnitOfWork, source: random.Random, today: date) -> None:
    since = today - timedelta(days=source.choice((0, 10, 100)))
    enterprise = work.session.scalar(select(Enterprise.id).order_by(Enterprise.id).limit(1))
    what = source.choice(("suspend", "cap", "protect", "plan"))
    if what == "suspend":
        rows = [
            CertificateSuspension(certificate_no="99010002", valid_from=since, valid_until=since + timedelta(days=5))
        ]
    elif what == "cap":
        rows = [
            ItemTerm(
                item=source.choice(("YJ-01", "YJ-99")),
                published=source.random() < 0.5,
                yearly_cap=source.choice((1, 3)),
                valid_from=since,
            )
        ]
    elif what == "protect":
        known = select(DoNotDisturb).where(DoNotDisturb.subject_id == enterprise, DoNotDisturb.valid_from == since)
        row = work.session.scalar(known) or DoNotDisturb(
            subject_kind="enterprise", subject_id=enterprise, valid_from=since
        )
        row.valid_until = since + timedelta(days=source.choice((1, 60)))
        rows = [row] if enterprise else []
    else:
        _change_plan(work, source, since, today)
        rows = []
    work.session.add_all(rows)
    work.session.flush()
    registers.record(work, SYSTEM, "990101", rows)


def _change_plan(work, source: random.Random, since, today) -> None:
    """A special plan decided elsewhere becomes known, gets a date more, or is withdrawn."""
    known = plan_store.by_code(work.session, "990101", "P-H")
    if known is not None and known.state != "withdrawn" and source.random() < 0.2:
        plans.step(work, SYSTEM, known, "plan.withdrawn", {"reason": "调整"})
        return
    dates = Dates(since, source.choice((None, since)), source.choice((None, today)))
    if known is None:
        content = Content("专项", "special", since, today + timedelta(days=30), (Line("YJ-01"),))
        plans.bring(work, SYSTEM, "YT-YJJ", "P-H", content, dates, known=None)
    elif known.state in ("approved", "filed"):
        merged = Dates(known.approved_on, known.filed_on or dates.filed_on, known.published_on or dates.published_on)
        plans.bring(work, SYSTEM, "YT-YJJ", "P-H", known.content, merged, known=known)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(STEPS)
def test_rebuild_finds_what_stands_after_any_history(house: House, steps: list[tuple[str, int]]) -> None:
    """The database lives on from one example to the next, so later ones stand on long histories."""
    history = History(house)
    for action, seed in steps:
        history.step(action, seed)
    assert house.perform(flag_rebuild.rebuild) == 0


def test_the_log_covers_a_random_history(house: House) -> None:
    history = History(house)
    source = random.Random(20261127)
    for _ in range(60):
        history.step(source.choice(ACTIONS), source.randrange(2**32))
    assert house.perform(flag_rebuild.rebuild) == 0
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert [d.text for d in log_audit.audit(session)] == []


DRAFT = {
    "repeat.day": {"count_triggered": False}, "repeat.week": {"most": 1}, "repeat.month": {"most": 1},
    "repeat.60d": {"days": 20}, "repeat.60d.region": {"from": 4}, "cap.year": {"most": 1}, "cap.reasonable": {"factor": 1},
    "low_yield": {"visits": 2}, "several_heads": {"days": 200, "exempt": ["transfer"]}, "unfit.too_few": {"fewest": 3},
    "unfit.certificate": {"exempt": ["complaint"]}, "unfit.unit": {"on": False}, "unplanned": {"exempt": ["recheck"]},
    "plan.special": {"exempt": ["recheck"]}, "not_approved": {"exempt": ["complaint"]}, "late_filing": {"working_days": 5},
    "item.unpublished": {"exempt": ["transfer"]}, "do_not_disturb": {"on": False}, "clue.missing": {"exempt": ["transfer"]},
    "clue.reused": {"exempt": ["transfer"]}, "out_of_area": {"exempt": ["recheck"]}, "code.not_shown": {"hours": 1},
    "code.afterwards": {"minutes": 1, "days": 1}, "overlong": {"days": 0}, "overdue": {"working_days": 0},
    "share.triggered": {"times": 1, "visits": 2}, "under_inspected": {"on": False},
}  # fmt: skip


def test_a_backtest_of_any_history_equals_a_rebuild_under_the_draft(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every rule that can be evaluated again differs; both a whole history and a part of it, in short stretches."""
    history, source = History(house), random.Random(20261128)
    for _ in range(70):
        history.step(source.choice(ACTIONS), source.randrange(2**32))
    _elsewhere(house)
    monkeypatch.setattr(backtest, "VISITS_AT_ONCE", 3)
    monkeypatch.setattr(backtest, "STRETCHES_KEPT", 2)
    today = house.clock.now.date()
    periods = [(date(2025, 1, 1), today), (today - timedelta(days=60), today - timedelta(days=5))]
    draft = policy_settings.checked(DRAFT)
    with house.installation.reading() as session:
        tried = [backtest.run(session, house.clock.now, "990101", draft, *p, lambda done, total: None) for p in periods]
    assert set(tried[0].rules) == set(DRAFT)
    _force(house, draft)
    house.perform(flag_rebuild.rebuild)
    for found in tried:
        with house.installation.reading() as session:
            standing = _standing(session, found.first, found.last)
        drafted = {(line.rule, line.unit, line.month): line.draft for line in found.lines if line.draft}
        assert drafted == standing
    assert len({rule for rule, _, _ in standing}) > 3 and sum(standing.values()) > 10
    for _ in range(8):  # visits entered late move the Kth repeat of the year
        history.step("visit", source.randrange(2**32))
    assert house.perform(flag_rebuild.rebuild) == 0


def _elsewhere(house: House) -> None:
    """A visit of a unit of the next district counts for the enterprise as well."""
    fields = {
        "number": "GB-1", "uscc": uscc(900), "enterprise_name": "云汀示例店", "unit": "GB-YJJ", "kind": "planned",
        "started_at": "2026-02-20T10:00:00+08:00", "outcome": "no_problem", "officers": "G1;G1",
    }  # fmt: skip
    outcome, _ = run(KINDS["inspections"], house.perform, [Row(2, fields)], lambda n: None, SYSTEM)
    assert outcome.errors == []


def _force(house: House, draft: dict) -> None:
    """The draft as if it had been in force from the beginning; no page and no command can do that."""
    with house.installation.unit_of_work() as work:
        row = Policy(
            id="P" * 26, region="990101", version=1, valid_from=date(2000, 1, 1), proposed_by="a", confirmed_by="b",
            settings=canonical_json(draft), recorded_at=work.now,
        )  # fmt: skip
        work.session.add(row)


def _standing(session, first: date, last: date) -> Counter:
    where = (FindingRow.standing, FindingRow.jurisdiction == "990101", FindingRow.raised_for.between(first, last))
    rows = session.scalars(select(FindingRow).where(*where))
    return Counter((row.rule, row.unit, f"{row.raised_for:%Y-%m}") for row in rows)
