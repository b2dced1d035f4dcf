"""Promise 4: what a unit may learn of its ratings, and what somebody who tries to trace one can not."""

import re
from datetime import timedelta

import pytest

from app.domain.applications import EnterpriseRef
from app.domain.inspections import Inspection
from app.domain.satisfaction import Quarter, RatedVisit, close, half_points
from app.queries import satisfaction as queries
from app.services.retention import housekeeping
from app.services.speaking import satisfaction, speech
from app.services.transparency import log
from app.services.trust import codes
from app.services.visiting import scans
from app.store.models import DeviceMark, FactRow, LogEntry
from tests.conftest import KINDS
from tests.house import House, uscc

# A form's key is new each time it is shown, the number of a request each time one is sent.
RANDOM = r"[0-9A-Za-z_-]{20,}|(?<=· )[0-9a-f]{16}(?=<)"
Q1, Q2, Q3 = Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3)


def visits(count: int, lowest: int = 4, quarter: Quarter = Q1, unit: str = "A", first: int = 0) -> list[RatedVisit]:
    return [RatedVisit(unit, f"e{first + n}", quarter, lowest) for n in range(count)]


def test_nine_enterprises_give_no_figure_however_many_visits() -> None:
    (figure,) = close(Q1, visits(9) * 5, {})
    assert (figure.halves, figure.enterprises, figure.visits) == (None, 9, 45)


def test_what_was_too_little_is_carried_forward_and_counted_once() -> None:
    nine, one = visits(9, 5), visits(1, 1, Q2, first=20)
    assert close(Q1, nine, {})[0].halves is None
    second = close(Q2, nine + one, {})[0]
    assert (second.halves, second.enterprises, second.since) == (9, 10, Q1)
    assert close(Q3, nine + one + visits(9, 1, Q3), {"A": Q3})[0].halves is None, "counted once"


def test_no_figure_is_the_difference_of_two_others() -> None:
    """Figures rest on visits of their own: what is in one is in no other, so that nothing can be subtracted."""
    everything = visits(12, 5, Q1) + visits(3, 1, Q2) + visits(12, 4, Q3)
    since: dict[str, Quarter] = {}
    counted = 0
    for quarter in (Q1, Q2, Q3):
        (figure,) = close(quarter, everything, since)
        if figure.halves is not None:
            counted += figure.visits
            since["A"] = quarter.following
    assert counted == len(everything)


@pytest.mark.parametrize(
    ("total", "count", "halves"), [(17, 4, 9), (42, 10, 8), (43, 10, 9), (50, 10, 10), (10, 10, 2)]
)
def test_a_figure_is_rounded_to_half_a_point(total: int, count: int, halves: int) -> None:
    assert half_points(total, count) == halves


def rate(house: House, inspection: Inspection, rating: int, device: str = "a phone") -> None:
    with house.installation.reading() as session:
        code = codes.drawn(session, inspection, "http://localhost")
    assert code is not None
    house.perform(speech.rate, speech.Rating(code.url, rating), device)


def looked_at(house: House, inspection: Inspection, device: str, **by: bool) -> None:
    """What the page behind the code tells by itself."""
    assert inspection.code is not None
    house.perform(scans.record_scan, inspection.code.short_code, "seen", device, **by)


def rated_visit(house: House, number: int, *ratings: int) -> Inspection:
    """A visit of YT-YJJ to an enterprise of that number, with these answers."""
    enterprise = EnterpriseRef(uscc=uscc(100 + number), name=f"云汀第{number}示例公司")
    inspection = house.approved(enterprise=enterprise)
    for device, rating in enumerate(ratings):
        rate(house, inspection, rating, f"phone {device}")
    return inspection


def figures(house: House) -> list[tuple[str, float | None]]:
    with house.installation.reading() as session:
        return [(f.quarter, f.points) for f in queries.of_unit(session, "YT-YJJ")]


def test_a_quarter_is_closed_once_from_the_lowest_answers_and_never_made_again(house: House) -> None:
    for number in range(10):
        rated_visit(house, number, 5, 3)
    house.perform(satisfaction.close_quarters)
    assert figures(house) == [], "the quarter is not over"
    house.clock.move(days=125)
    late = rated_visit(house, 30, 1)
    house.perform(satisfaction.close_quarters)
    assert figures(house) == [("2026-Q2", 3.0)], "the rating windows of visits in March end in April"
    rate(house, late, 1, "another phone")
    for _ in range(2):
        house.perform(satisfaction.close_quarters)
    assert figures(house) == [("2026-Q2", 3.0)]
    house.clock.move(days=92)
    house.perform(satisfaction.close_quarters)
    assert figures(house) == [("2026-Q3", None), ("2026-Q2", 3.0)], "one enterprise is carried forward"


def test_the_page_of_the_unit_and_the_export_tell_a_figure_and_no_number_of_enterprises(house: House) -> None:
    for number in range(11):
        rated_visit(house, number, 4)
    house.clock.move(days=125)
    house.perform(satisfaction.close_quarters)
    page = house.signed_in("head").get("/inspect/figures").text
    assert "2026年第2季度" in page and "4.0" in page and ">11<" not in page
    own = house.signed_in("supervisor").get("/supervise/ratings").text
    assert ">11<" in own, "supervisors see on how many it rests"
    assert "2026年第2季度" in house.signed_in("neighbour").get("/supervise/ratings").text
    assert ">11<" not in house.signed_in("neighbour").get("/supervise/ratings").text, "not another district's"
    assert house.signed_in("inspector2").get("/inspect/figures").text.count("4.0") == 0, "nor another unit's"
    told = house.app.test_cli_runner().invoke(args=["export", "ratings"]).output
    assert told.splitlines() == ["unit,quarter,rating", "YT-YJJ,2026-Q2,4.0"]


def everything_a_unit_can_get(house: House, inspection: Inspection) -> dict[str, tuple[int, str]]:
    """The answer of every GET route to the inspector, the head, their API tokens and the public, with the ids of a visit."""
    arguments = {
        "inspection_id": inspection.id, "enterprise_id": inspection.enterprise_id, "number": inspection.number,
        "number_or_id": inspection.number, "unit": "YT-YJJ", "code": "YT-YJJ",
    }  # fmt: skip
    clients = {name: house.signed_in(name) for name in ("inspector", "head")} | {"nobody": house.client()}
    found = {}
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/static", "/scan", "/admin", "/account")):
            continue
        url = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: arguments.get(m[1], inspection.id), rule.rule)
        for name, client in clients.items():
            api = url.startswith("/api/")
            headers = house.bearer(name) if api and name != "nobody" else {}
            answer = client.get(url, headers=headers)
            body = answer.get_data().decode("latin1")
            answer.close()
            found[f"{name} {url}"] = (answer.status_code, re.sub(RANDOM, "ID", body))
    return found


def seen_beside(house: House, inspection: Inspection) -> list[str]:
    """What a supervisor of another district reads of the enterprise, and of all."""
    client, pages = (
        house.signed_in("neighbour"),
        ("enterprises/" + inspection.enterprise_id, "", "figures", "flags", "units"),
    )
    files = ("export/flags.csv", "export/enterprises.csv", "export/figures.csv")
    return [re.sub(RANDOM, "ID", client.get(f"/supervise/{path}").text) for path in (*pages, *files)]


@pytest.mark.parametrize(("database_url", "rating"), [(KINDS[0], 5), (KINDS[-1], 1)], indirect=["database_url"])
def test_nothing_that_a_unit_can_get_changes_when_a_rating_arrives(house: House, rating: int) -> None:
    inspection = house.completed()
    looked_at(house, inspection, "the phone at the counter")
    house.perform(housekeeping.sweep)
    before, beside = everything_a_unit_can_get(house, inspection), seen_beside(house, inspection)
    assert inspection.number in beside[0]
    assert sum(status == 200 for status, _ in before.values()) > 60, "the walk reaches the pages"
    assert inspection.number in before[f"head /inspect/{inspection.id}"][1]
    looked_at(house, inspection, "the phone of who rates")
    rate(house, inspection, rating, "the phone of who rates")
    after = everything_a_unit_can_get(house, inspection)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == [], changed[:5]
    assert seen_beside(house, inspection) == beside, "another district's bureau sees the visit, not its flags"


@pytest.mark.parametrize("database_url", KINDS[:1], indirect=True)
def test_a_look_is_kept_only_where_it_says_that_the_code_was_shown(house: House) -> None:
    """Who rates looks at the code again: a look more in the visit's history would tell the unit who, and when."""
    shown, late = house.completed(), house.completed(enterprise=EnterpriseRef(uscc=uscc(9), name="云汀九号示例公司"))

    def looks() -> tuple[str, list[str]]:
        page = house.signed_in("head").get(f"/inspect/{shown.id}").text
        with house.installation.reading() as session:
            return page, [f.subject_id for f in session.query(FactRow).filter_by(kind="inspection.seen")]

    looked_at(house, shown, "the inspector's own phone", by_staff=True)
    assert looks()[1] == [], "that shows nobody anything, and rule code.not_shown is not answered by it"
    looked_at(house, shown, "a phone")
    page, kept = looks()
    assert kept == [shown.id] and "企业扫码查看" in page
    house.clock.move(hours=25)
    for inspection in (shown, late):
        looked_at(house, inspection, "another phone")
    assert looks()[1] == [shown.id]


def test_the_log_does_not_tell_when_a_rating_arrived_or_a_quarter_was_closed(house: House) -> None:
    inspection = house.approved()
    log.advance(house.perform)

    def size() -> int:
        with house.installation.reading() as session:
            return session.query(LogEntry).count()

    before = size()
    rate(house, inspection, 1)
    house.clock.move(hours=1)
    log.advance(house.perform)
    assert size() == before
    house.clock.move(days=125)
    log.advance(house.perform)
    daily = size()
    house.perform(satisfaction.close_quarters)
    house.clock.move(hours=1)
    log.advance(house.perform)
    assert size() == daily


def test_device_marks_say_neither_device_nor_visit_and_expire(house: House) -> None:
    inspection = house.approved()
    rate(house, inspection, 2)
    with house.installation.reading() as session:
        (mark,) = session.query(DeviceMark).all()
        assert b"a phone" not in mark.mark and len(mark.mark) == 32
        assert mark.expires_at == inspection.window_end + timedelta(days=30)
    house.clock.move(days=31)
    house.perform(housekeeping.forget)
    with house.installation.reading() as session:
        assert session.query(DeviceMark).count() == 0
