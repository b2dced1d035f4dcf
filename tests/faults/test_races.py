"""Many clients do the same at the same moment, one of them succeeds: codes, approvals, results, joins, flags, ratings.

Each race counts facts and rows, not answers. The last tests take the guards out and show that the races then see doubles.
JCM_RACE_CODES=10000 (`make soak`) lets thirty-two clients run over ten thousand codes, each in an order of its own; here
they are twelve.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from app.domain.applications import EnterpriseRef
from app.domain.errors import DomainError
from app.domain.inspections import Inspection, Result
from app.domain.supervision import FlagAction
from app.services.applying import applications, decisions, joint
from app.services.flagging import flags
from app.services.speaking import speech
from app.services.supervising import flag_actions
from app.services.transparency import log as log_service
from app.services.transparency import log_audit
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store.models import CodeRow, FactRow, FindingRow, Speech
from app.store.unit_of_work import UnitOfWork
from tests.house import House, uscc
from tests.services.test_joint import OFFER

CODES = int(os.environ.get("JCM_RACE_CODES", "2"))
CLIENTS = 32 if CODES > 2 else 12
DEVICE = "a phone".ljust(43, "x")


def at_once(house: House, call: Callable[[], Any], clients: int = CLIENTS) -> Counter[str]:
    """`call` by so many at the same moment; how often it was done, and how often refused by which code."""
    # they wait for each other here, longer than people would
    house.installation.database.engine.pool._timeout = 300  # type: ignore[attr-defined]
    ready, out = threading.Barrier(clients), Counter[str]()

    def run() -> None:
        ready.wait()
        try:
            call()
            said = "done"
        except DomainError as refusal:
            said = refusal.code
        except IntegrityError:
            said = "not unique"
        out[said] += 1

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert out.total() == clients
    return out


def facts(house: House, kind: str, subject: str) -> int:
    query = select(func.count()).select_from(FactRow).where(FactRow.kind == kind, FactRow.subject_id == subject)
    with house.installation.reading() as session:
        return session.scalar(query) or 0


def rows(house: House, model: Any, *where: Any) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def rate(house: House, inspection: Inspection, device: str = DEVICE) -> str:
    assert inspection.code is not None
    return house.perform(speech.rate, speech.Rating(inspection.code.short_code, 4), device)


@pytest.fixture
def sound(house: House) -> Iterator[House]:
    """A house whose log and state are whole after the race, too."""
    yield house
    log_service.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []


def test_one_application_with_one_key(sound: House) -> None:
    wanted = sound.application(client_key="from one form")
    done = at_once(sound, lambda: sound.perform(applications.apply, sound.people["inspector"], wanted))
    assert done == {"done": CLIENTS}  # the others are told of the one that was made
    with sound.installation.reading() as session:
        assert session.scalar(select(func.count()).where(FactRow.kind == "inspection.applied")) == 1


def test_one_approval_one_arrival_one_result_of_each_visit(sound: House) -> None:
    visit = sound.applied()
    done = at_once(sound, lambda: sound.perform(decisions.approve, sound.people["head"], visit.id, "急"))
    assert done == {"done": CLIENTS}  # pressed again by the same head it is the same approval
    assert (facts(sound, "inspection.approved", visit.id), rows(sound, CodeRow, CodeRow.inspection == visit.id)) == (
        1,
        1,
    )
    with sound.installation.reading() as session:
        code = session.scalars(select(CodeRow.short_code)).one()
    at_once(sound, lambda: sound.perform(scans.record_scan, code, "arrive", DEVICE))
    assert facts(sound, "inspection.arrived", visit.id) == 1
    sound.clock.move(hours=1)
    completion = visits.Completion((Result("YJ-01", "problem_found", "灭火器过期"),), sound.clock.now)
    done = at_once(sound, lambda: sound.perform(visits.complete, sound.people["inspector"], visit.id, completion))
    assert done["done"] == 1 and facts(sound, "inspection.completed", visit.id) == 1
    assert facts(sound, "rectification.ordered", visit.id) <= 1


def test_one_rating_of_one_phone(sound: House) -> None:
    visit = sound.approved()
    done = at_once(sound, lambda: rate(sound, visit))
    assert done == {"done": 1, "already_rated": CLIENTS - 1}
    assert rows(sound, Speech, Speech.inspection == visit.id) == 1


def test_one_offer_and_one_confirmation_of_a_unit_that_joins(sound: House) -> None:
    visit = sound.applied()
    invite = at_once(sound, lambda: sound.perform(joint.invite, sound.people["inspector"], visit.id, "YT-SCJG"))
    assert invite == {"done": 1, "already_invited": CLIENTS - 1}
    sound.perform(joint.join, sound.people["inspector2"], visit.id, OFFER)
    done = at_once(sound, lambda: sound.perform(joint.join, sound.people["head2"], visit.id))
    assert done == {"done": 1, "invitation_closed": CLIENTS - 1}
    assert facts(sound, "inspection.joined", visit.id) == 1


def test_one_step_about_a_flag_whoever_takes_it(sound: House) -> None:
    """Two supervisors with many windows each: upheld once, and dismissed not at all, or the other way round."""
    sound.completed(clue_no=None)
    sound.clock.move(days=35)
    sound.perform(flags.sweep)
    with sound.installation.reading() as session:
        flag = session.scalars(select(FindingRow.id).where(FindingRow.rule == "code.not_shown")).one()
    source = iter(range(CLIENTS))

    def decide() -> None:
        number = next(source)
        who = sound.people["supervisor" if number % 2 else "supervisor2"]
        action = "uphold" if number % 4 < 2 else "dismiss"
        sound.perform(flag_actions.act, who, flag, FlagAction(action, "理由"))

    done = at_once(sound, decide)
    assert done["done"] == 1
    assert facts(sound, "finding.uphold", flag) + facts(sound, "finding.dismiss", flag) == 1


def test_many_codes_and_many_who_run_over_them_each_in_an_order_of_its_own(sound: House) -> None:
    """Each client arrives at and rates every code, with one phone that they all share: each code has one of both."""
    if CODES > 2 and sound.installation.database.is_sqlite:  # who is first is tried, not what a disk keeps
        event.listen(sound.installation.database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        sound.installation.database.engine.dispose()
    made = [sound.approved(enterprise=EnterpriseRef(uscc(100 + n), f"云汀示例{n}店")) for n in range(CODES)]
    starts = iter(range(CLIENTS))
    done = Counter[str]()

    def run_over() -> None:
        for visit in random.Random(next(starts)).sample(made, len(made)):
            assert visit.code is not None
            sound.perform(scans.record_scan, visit.code.short_code, "arrive", DEVICE)
            try:
                rate(sound, visit)
                done["rated"] += 1
            except DomainError as refusal:
                done[refusal.code] += 1

    at_once(sound, run_over)
    assert done == {"rated": CODES, "already_rated": CODES * (CLIENTS - 1)}
    with sound.installation.reading() as session:
        arrived = session.scalars(select(FactRow.subject_id).where(FactRow.kind == "inspection.arrived")).all()
        rated = session.scalars(select(Speech.inspection)).all()
    assert sorted(arrived) == sorted(str(r) for r in rated) == sorted(visit.id for visit in made)


# The guards, taken out: what the races above would see.


def test_without_the_mark_of_the_phone_there_are_doubles(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = house.approved()
    monkeypatch.setattr(speech, "_first_rating", lambda *_: True)
    at_once(house, lambda: rate(house, visit), 4)
    assert rows(house, Speech, Speech.inspection == visit.id) == 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one writer in at a time
@pytest.mark.parametrize("guarded", [False, True])
def test_without_locks_and_comparison_there_are_doubles(
    house: House, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Four read the same state before any of them writes. With its own guards alone, the same moment is no danger."""
    visit, joining, flag = _three_open_things(house)
    all_have_read = threading.Barrier(4)

    def meet() -> None:
        if not guarded:
            all_have_read.wait(30)

    if not guarded:
        _take_the_guards_out(monkeypatch, meet)
    people = house.people
    at_once(house, lambda: house.perform(visits.cancel, people["inspector"], visit.id, "不去了", on_advice=False), 4)
    at_once(house, lambda: house.perform(joint.join, people["head2"], joining.id), 4)
    at_once(house, lambda: house.perform(flag_actions.act, people["supervisor"], flag, FlagAction("uphold", "理由")), 4)
    found = (
        facts(house, "inspection.cancelled", visit.id),
        facts(house, "inspection.joined", joining.id),
        facts(house, "finding.uphold", flag),
    )
    assert found == (1, 1, 1) if guarded else all(count > 1 for count in found)


def _three_open_things(house: House) -> tuple[Inspection, Inspection, str]:
    house.completed(clue_no=None)
    house.clock.move(days=35)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        flag = session.scalars(select(FindingRow.id).where(FindingRow.rule == "code.not_shown")).one()
    visit = house.approved(enterprise=EnterpriseRef(uscc(8), "云汀示例八店"))
    joining = house.applied(enterprise=EnterpriseRef(uscc(9), "云汀示例九店"))
    house.perform(joint.invite, house.people["inspector"], joining.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], joining.id, OFFER)
    return visit, joining, flag


def _take_the_guards_out(monkeypatch: pytest.MonkeyPatch, meet: Callable[[], None]) -> None:
    """No lock is taken, nothing is compared before it is written; `meet` after the state was read."""
    monkeypatch.setattr(UnitOfWork, "lock", lambda *_: None)
    monkeypatch.setattr(inspection_store, "_GUARDS", ())
    monkeypatch.setattr(inspection_store, "_change", inspection_store._change.__wrapped__)  # past what it remembers
    real_get = inspection_store.get

    def get(session: Any, inspection_id: str, *, lock: bool = False) -> Inspection | None:
        found = real_get(session, inspection_id)
        if lock:
            meet()
        return found

    monkeypatch.setattr(inspection_store, "get", get)
    real_together: Callable[..., Sequence[FindingRow]] = flag_actions._together

    def together(*given: Any) -> Sequence[FindingRow]:
        found = real_together(*given)
        meet()
        return found

    monkeypatch.setattr(flag_actions, "_together", together)

    def take_step(work: UnitOfWork, actor: Any, row: FindingRow, step: str, body: dict[str, Any]) -> None:
        work.store_fact(work.fact(f"finding.{step}", ("finding", row.id), body, actor, row.jurisdiction))

    monkeypatch.setattr(flag_actions, "take_step", take_step)
