"""Mirror mode, against a second instance of this platform that plays the city: everything but issuing works here."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.codes.issuers import Issuer
from app.domain.errors import Refused
from app.domain.inspections import Result
from app.services.applying import applications, decisions
from app.services.auditing.state_audit import state_discrepancies
from app.services.imports import inspections
from app.services.imports.rows import Row
from app.services.speaking import speech
from app.services.transparency import log as log_service
from app.services.transparency import log_proofs
from app.services.trust import codes, other_issuers, verification
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store.models import FactRow, FindingRow, InspectionRow, MirroredVisit, RectificationRow
from tests.conftest import KINDS
from tests.connector.conftest import CITY, ENTRY, Beside, mirrors
from tests.house import House, uscc

pytestmark = pytest.mark.parametrize(
    "database_url", KINDS[-1:], indirect=True
)  # PostgreSQL; test_connector.py is on SQLite


def mirrored(house: House) -> list:
    with house.installation.reading() as session:
        return inspection_store.select_where(
            session, select(InspectionRow).where(InspectionRow.mirrored).order_by(InspectionRow.id)
        )


def facts_of(house: House, inspection_id: str) -> list[str]:
    with house.installation.reading() as session:
        return list(
            session.scalars(select(FactRow.kind).where(FactRow.subject_id == inspection_id).order_by(FactRow.seq))
        )


def qr_of(beside: Beside, inspection: object) -> str:
    with beside.city.installation.reading() as session:
        return codes.drawn(session, inspection, "http://city.test").url  # type: ignore[arg-type, union-attr]


def test_what_was_registered_in_the_city_is_here_without_typing_and_without_a_code_of_ours(beside: Beside) -> None:
    there = beside.city.approved()
    beside.pull()
    (here,) = mirrored(beside.here)
    assert (here.state, here.code, here.mirrored) == ("approved", None, True)
    assert (here.external_system, here.external_number) == (CITY, there.number)
    assert here.external_qr == qr_of(beside, there)
    assert (here.units, here.items, here.window_end) == (there.units, there.items, there.window_end)
    assert facts_of(beside.here, here.id)[-2:] == ["inspection.mirrored", "visit.learned"]


def test_a_second_round_changes_nothing_and_one_that_broke_off_goes_on_where_it_was(beside: Beside) -> None:
    beside.city.approved()
    beside.pull()
    before = len(facts_of(beside.here, mirrored(beside.here)[0].id))
    again = beside.pull(everything=True)
    assert (again.visits.taken, again.registers.taken, again.registers.refused) == (0, 0, 0)
    assert len(facts_of(beside.here, mirrored(beside.here)[0].id)) == before
    beside.city.approved()
    beside.pull()
    assert len(mirrored(beside.here)) == 2


def test_a_visit_not_approved_there_is_none_here(beside: Beside) -> None:
    waiting = beside.city.applied()
    beside.pull()
    assert mirrored(beside.here) == []
    beside.city.perform(decisions.approve, beside.city.people["head"], waiting.id, override_reason="测试理由")
    beside.pull()
    assert len(mirrored(beside.here)) == 1


def test_what_the_city_brought_in_as_a_file_is_history_here_too(beside: Beside) -> None:
    """A file may name neither items nor officers: as a visit registered late, by nobody, it would only raise flags."""
    past = {
        "number": "SL-1", "uscc": uscc(1), "enterprise_name": "云汀示例一食品有限公司", "unit": "YT-YJJ", "kind": "triggered",
        "cause": "data_lead", "started_at": "2026-02-10T10:00:00+08:00", "ended_at": "2026-02-10T11:00:00+08:00",
        "outcome": "no_problem",
    }  # fmt: skip
    rows = [Row(2, past), Row(3, past | {"number": "SL-2", "uscc": uscc(2), "items": "YJ-01", "officers": "99010001"})]
    outcome = beside.city.perform(inspections.import_inspections, rows, lambda _: None, SYSTEM)
    assert outcome.stored == 2, outcome.errors
    assert beside.pull().visits.taken == 2 and beside.pull().visits.refused == 0
    with beside.city.installation.reading() as there, beside.here.installation.reading() as here:
        told, taken = (
            [
                (i.number, i.imported, i.state, i.started_at, i.outcome_told)
                for i in session.scalars(select(InspectionRow).order_by(InspectionRow.number))
            ]
            for session in (there, here)
        )
        flags_there, flags_here = (
            {(f.rule, f.unit, f.raised_for) for f in session.scalars(select(FindingRow))} for session in (there, here)
        )
        assert list(state_discrepancies(here)) == []
    assert told == taken and flags_there == flags_here


def test_a_code_withdrawn_before_we_heard_of_it_is_known_here(beside: Beside) -> None:
    """Between two rounds, or while the network was away, it was shown to somebody; the city approved it, so it is a visit."""
    city = beside.city.approved()
    never = beside.city.applied()
    for visit in (city, never):
        beside.city.perform(visits.cancel, beside.city.people["inspector"], visit.id, "改期", on_advice=False)
    beside.pull()
    (here,) = mirrored(beside.here)
    assert (here.external_number, here.state) == (city.number, "cancelled")


def test_the_visit_follows_the_citys_until_its_result_and_the_rectification_opens_here(beside: Beside) -> None:
    there = beside.city.approved()
    beside.pull()
    beside.city.perform(scans.record_scan, qr_of(beside, there), "arrive", "d" * 43)
    beside.pull()
    assert (mirrored(beside.here)[0].state, mirrored(beside.here)[0].first_arrive_at) == (
        "in_progress",
        beside.city.clock.now,
    )
    beside.city.clock.move(hours=1)
    done = visits.Completion((Result("YJ-01", "problem_found", "通道堵塞"),), beside.city.clock.now)
    beside.city.perform(visits.complete, beside.city.people["inspector"], there.id, done)
    beside.pull()
    (here,) = mirrored(beside.here)
    assert (here.state, here.outcome, here.ended_at) == ("completed", "problem_found", beside.city.clock.now)
    with beside.here.installation.reading() as session:
        assert session.get(RectificationRow, here.id) is not None


def test_the_rules_of_the_district_look_at_the_citys_visits(beside: Beside) -> None:
    for _ in range(2):
        beside.city.completed()
    beside.pull()
    with beside.here.installation.reading() as session:
        rules = set(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))
    assert "repeat.day" in rules
    assert not rules & {"code.not_shown", "code.afterwards", "late_filing"}


def test_a_result_recorded_here_is_given_back_and_not_typed_again(beside: Beside) -> None:
    there = beside.city.approved()
    beside.pull()
    beside.here.clock.move(hours=1)
    done = visits.Completion((Result("YJ-01", "no_problem"),), beside.here.clock.now)
    beside.here.perform(visits.complete, beside.here.people["inspector"], mirrored(beside.here)[0].id, done)
    assert beside.pull().returned == 1
    with beside.city.installation.reading() as session:
        known = inspection_store.get(session, there.id)
    assert known and (known.state, known.outcome) == ("completed", "no_problem")
    assert beside.pull().returned == 0
    with beside.here.installation.reading() as session:
        assert session.scalars(select(MirroredVisit.differs)).all() == [None]


def test_what_contradicts_is_told_and_neither_side_is_overwritten(beside: Beside) -> None:
    there = beside.city.approved()
    beside.pull()
    beside.here.clock.move(hours=1)
    beside.city.clock.move(hours=1)
    for house, id, outcome in (
        (beside.city, there.id, "problem_found"),
        (beside.here, mirrored(beside.here)[0].id, "no_problem"),
    ):
        done = visits.Completion((Result("YJ-01", outcome),), house.clock.now)
        house.perform(visits.complete, house.people["inspector"], id, done)
    beside.pull()
    assert mirrored(beside.here)[0].outcome == "no_problem"
    with beside.here.installation.reading() as session:
        assert session.scalars(select(MirroredVisit.differs)).all() == ["results"]


def test_nobody_applies_here_and_the_sentence_says_where(beside: Beside) -> None:
    with pytest.raises(Refused, match="issued_elsewhere"):
        beside.here.applied()
    answer = beside.here.signed_in("inspector").get("/inspect/apply")
    assert CITY in answer.text and "city.example" in answer.text
    contact = beside.here.application(
        kind="contact", cause=None, clue_no=None, contact_kind="call", items=(), officers=()
    )
    beside.here.perform(applications.apply, beside.here.people["inspector"], contact)


def test_what_waited_for_the_head_when_the_mode_changed_gets_no_code(beside: Beside) -> None:
    mirrors(beside.here, "own")
    waiting = beside.here.applied()
    mirrors(beside.here)
    with pytest.raises(Refused, match="issued_elsewhere"):
        beside.here.perform(decisions.approve, beside.here.people["head"], waiting.id, override_reason="测试理由")


def test_a_mirrored_visit_is_not_cancelled_here(beside: Beside) -> None:
    beside.city.approved()
    beside.pull()
    with pytest.raises(Refused, match="mirrored_step"):
        id = mirrored(beside.here)[0].id
        beside.here.perform(visits.cancel, beside.here.people["inspector"], id, "不去了", on_advice=False)


def test_the_citys_code_on_our_page_is_a_known_visit_and_never_a_valid_code(beside: Beside) -> None:
    qr = qr_of(beside, beside.city.approved())
    client = beside.here.client()
    assert client.post("/api/v1/verify", json={"code": qr}).json["verdict"] == "unknown_key"
    beside.pull()
    said = client.post("/api/v1/verify", json={"code": qr}).json
    assert (said["verdict"], said["elsewhere"]["system"]) == ("registered_elsewhere", CITY)
    page = client.get(said["elsewhere"]["page"]).text
    assert "本平台于" in page and "这次检查的登记" in page and "这个码几秒钟后" not in page  # no code of ours exists
    assert client.post("/api/v1/verify", json={"code": qr, "uscc": uscc(2)}).json["verdict"] == "wrong_enterprise"
    page = client.get("/q/?code=" + qr, follow_redirects=True).text
    assert f"已在{CITY}登记" in page and "云汀示例一食品有限公司" in page
    beside.here.clock.move(hours=3)
    assert client.post("/api/v1/verify", json={"code": qr}).json["verdict"] == "lapsed"


def test_a_recognised_systems_code_that_is_on_its_way_is_named_and_not_called_a_forgery(beside: Beside) -> None:
    """Or one that the city has replaced since: only its newest code is known here."""
    qr = qr_of(beside, beside.city.approved())
    city = Issuer(CITY, ("http://city.test/q/",), ENTRY)
    beside.here.perform(other_issuers.set_recognised, SYSTEM, [city], date(2026, 1, 1), None)
    page = beside.here.client().get("/q/?code=" + qr, follow_redirects=True).text
    assert f"{CITY}签发的码" in page and "本平台还没有收到" in page and "改动过" not in page
    beside.pull()
    assert f"已在{CITY}登记" in beside.here.client().get("/q/?code=" + qr, follow_redirects=True).text


def test_the_enterprise_confirms_and_rates_a_mirrored_visit_here(beside: Beside) -> None:
    qr = qr_of(beside, beside.city.approved())
    beside.pull()
    outcome = beside.here.perform(scans.record_scan, qr, "arrive", "d" * 43)
    assert outcome.challenge is not None
    assert mirrored(beside.here)[0].state == "in_progress"
    assert beside.here.perform(speech.rate, speech.Rating(qr, 5), "d" * 43)
    with pytest.raises(Refused, match="already_rated"):
        beside.here.perform(speech.rate, speech.Rating(qr, 1), "d" * 43)


def test_a_proof_says_when_this_platform_learned_of_the_visit_and_not_why_it_is_made(beside: Beside) -> None:
    there = beside.city.approved(clue_no="XS-秘密-1")
    beside.pull()
    log_service.advance(beside.here.perform)
    (here,) = mirrored(beside.here)
    with beside.here.installation.reading() as session:
        said = log_proofs.registration(session, here)
        file = log_proofs.proof_file(session, here)
    assert said is not None and said.registered_at == beside.here.clock.now
    import base64

    content = (
        b"".join(base64.b64decode(line) for line in file.splitlines() if line.startswith(b"extra")) if file else b""
    )
    assert file is not None and b"XS-" not in file and b"XS-" not in content
    assert there.number


def test_a_later_change_there_arrives_and_another_enterprise_is_refused(beside: Beside) -> None:
    from app.domain.mirroring import Told
    from app.services.connector import mirroring

    beside.city.approved()
    beside.pull()
    (here,) = mirrored(beside.here)
    plain = {
        "system": CITY, "number": here.external_number, "state": "approved", "kind": "triggered", "cause": "complaint",
        "units": here.units, "items": ("YJ-01", "YJ-02"), "officers": ("99010001", "99010002"), "uscc": uscc(1),
        "enterprise": "云汀示例一食品有限公司", "window_start": here.window_start,
        "window_end": here.window_end + timedelta(hours=1), "applied_at": here.applied_at,
    }  # fmt: skip
    assert beside.here.perform(mirroring.receive, Told(**plain)) == mirroring.UPDATED
    assert mirrored(beside.here)[0].items == ("YJ-01", "YJ-02")
    with pytest.raises(Refused, match="mirror_other_enterprise"):
        beside.here.perform(mirroring.receive, Told(**(plain | {"uscc": uscc(5)})))


def test_both_modes_know_a_visit_typed_here_with_the_citys_number(beside: Beside) -> None:
    mirrors(beside.here, "both")
    there = beside.city.approved()
    own = beside.here.approved(external_system=CITY, external_number=there.number)
    assert own.code is not None
    beside.pull()
    assert mirrored(beside.here) == []
    beside.city.approved()
    beside.pull()
    (other,) = mirrored(beside.here)
    with pytest.raises(Refused, match="registered_elsewhere_already"):
        beside.here.applied(external_system=CITY, external_number=other.external_number)


def test_the_state_follows_from_its_facts(beside: Beside) -> None:
    beside.city.completed("problem_found")
    beside.pull()
    from app.services.auditing.state_audit import state_discrepancies

    with beside.here.installation.reading() as session:
        assert [found for found in state_discrepancies(session) if found[1] != "findings"] == []
        assert verification.look(session, "e-" + "0" * 64, beside.here.clock.now).inspection is None
