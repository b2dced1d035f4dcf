"""On site: results so far, photographs, check points, who came; what is recorded can be proved."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.inspections import Inspection, Result
from app.domain.onsite import Companion, PointResult
from app.domain.places import distance_km
from app.domain.uploads import Upload
from app.queries import onsite as queries
from app.services import registers
from app.services.imports import reference
from app.services.imports.points import import_points
from app.services.imports.rows import Row
from app.services.retention import housekeeping
from app.services.transparency import log, log_audit
from app.services.visiting import onsite, places, visits
from app.store.models import CodePlace, FileRow, ItemPoint, RegionPlace, VisitDraft
from app.store.points import points_on
from tests.house import House

POINTS = ("安全出口是否畅通", "特种作业人员是否持证", "应急预案是否演练")


@pytest.fixture
def listed(house: House) -> House:
    """YJ-01 has three check points since 2026, and had another one before."""

    def fill(work) -> None:
        work.session.add(
            ItemPoint(item="YJ-01", no=1, point="旧要点", valid_from=date(2020, 1, 1), valid_until=date(2025, 12, 31))
        )
        work.session.add_all(
            ItemPoint(item="YJ-01", no=n, point=p, valid_from=date(2026, 1, 1)) for n, p in enumerate(POINTS, 1)
        )

    house.perform(fill)
    return house


def picture(colour: str = "#0b4ea2") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue()


def complete(house: House, inspection: Inspection, outcome: str = "no_problem", **extra) -> Inspection:
    results = tuple(Result(item, outcome) for item in inspection.items)
    completion = visits.Completion(results, house.clock.now, **extra)
    return house.perform(visits.complete, house.people["inspector"], inspection.id, completion)


def record_of(house: House, inspection: Inspection) -> queries.OnSite:
    with house.installation.reading() as session:
        found = queries.record(session, inspection.id)
    assert found is not None
    return found


def problems_of(house: House, inspection: Inspection, **extra) -> list[str]:
    with pytest.raises(Invalid) as refused:
        complete(house, inspection, **extra)
    return [code for _, code, _ in refused.value.problems]


def test_check_points_are_those_of_the_visits_day_and_are_kept_with_their_words(listed: House) -> None:
    inspection = listed.approved()
    points = (PointResult("YJ-01", 1, "no_problem"), PointResult("YJ-01", 3, "not_applicable", "新办企业"))
    complete(listed, inspection, points=points, headcount=4)
    kept = record_of(listed, inspection)
    assert [(p.no, p.point, p.outcome, p.note) for p in kept.points["YJ-01"]] == [
        (1, POINTS[0], "no_problem", None), (3, POINTS[2], "not_applicable", "新办企业"),
    ]  # fmt: skip
    assert kept.headcount == 4


def test_an_item_says_no_less_than_its_points(listed: House) -> None:
    inspection = listed.approved()
    assert problems_of(listed, inspection, points=(PointResult("YJ-01", 2, "problem_found"),)) == ["point_contradicts"]
    assert problems_of(listed, inspection, points=(PointResult("YJ-01", 4, "no_problem"),)) == ["unknown_point"]
    twice = (PointResult("YJ-01", 1, "no_problem"), PointResult("YJ-01", 1, "no_problem"))
    assert problems_of(listed, inspection, points=twice) == ["named_twice"]
    assert problems_of(listed, inspection, points=(PointResult("YJ-01", 1, "fine"),)) == ["unknown_choice"]


def test_who_came_beside_the_officers_is_named_by_role_and_organisation(house: House) -> None:
    inspection = house.approved(assisting=1)
    assert inspection.assisting == 1
    assert problems_of(house, inspection, people=(Companion("expert", ""),)) == ["organisation_missing"]
    assert problems_of(house, inspection, people=(Companion("boss", "某单位"),)) == ["unknown_choice"]
    two = (Companion("expert", "示例大学"), Companion("auxiliary", "云汀街道", "王小明"))
    assert problems_of(house, inspection, people=two, headcount=2) == ["headcount_too_small"]
    assert problems_of(house, inspection, headcount=0) == ["out_of_range"]
    assert complete(house, inspection, people=two, headcount=4).headcount == 4
    kept = record_of(house, inspection)
    assert [(p.role, p.name) for p in kept.people] == [("expert", None), ("auxiliary", "王小明")]
    assert kept.companions_beyond(1) == 1


def test_a_draft_is_found_by_the_next_who_opens_the_form_and_forgotten_when_recorded(house: House) -> None:
    inspection = house.approved()
    part = {"outcome": "no_problem", "note": "看了两处"}
    house.perform(onsite.save_draft, house.people["inspector"], inspection.id, {"YJ-01": part, "": {"headcount": "3"}})
    house.perform(onsite.save_draft, house.people["head"], inspection.id, {"YJ-01": part | {"note": "看了三处"}})
    with house.installation.reading() as session:
        found = onsite.drafts(session, inspection, house.people["inspector"])
        assert found == {
            "YJ-01": part | {"note": "看了三处"},
            "": {"headcount": "3"},
        }
    with pytest.raises(NotFound):
        house.perform(onsite.save_draft, house.people["inspector2"], inspection.id, {"": {}})
    with pytest.raises(Invalid):
        house.perform(onsite.save_draft, house.people["inspector"], inspection.id, {"SJ-01": {}})
    complete(house, inspection)
    with house.installation.reading() as session:
        assert session.scalars(select(VisitDraft)).all() == []
    with pytest.raises(Refused):
        house.perform(onsite.save_draft, house.people["inspector"], inspection.id, {"": {}})


def test_one_refused_photograph_takes_none_of_the_others_with_it(house: House) -> None:
    inspection = house.approved()
    sent = [Upload("1.png", picture()), Upload("2.png", b"no picture"), Upload("3.png", picture("#fff"))]
    kept, refused = house.perform(onsite.keep_photos, house.people["inspector"], inspection.id, "YJ-01", sent)
    assert ([row.name for row in kept], [e.code for e in refused]) == (["1.png", "3.png"], ["file_kind"])
    house.perform(onsite.remove_photo, house.people["inspector"], inspection.id, kept[1].id)
    with pytest.raises(NotFound):
        house.perform(onsite.remove_photo, house.people["inspector"], inspection.id, kept[1].id)
    complete(house, inspection)
    assert [(p.item, p.file) for p in record_of(house, inspection).photos] == [("YJ-01", kept[0].id)]
    with pytest.raises(Refused):
        house.perform(onsite.remove_photo, house.people["inspector"], inspection.id, kept[0].id)


def test_photographs_stand_in_the_order_in_which_they_were_sent_also_within_a_millisecond(house: House) -> None:
    inspection = house.approved()
    house.clock.now = house.clock.now.replace(microsecond=0)
    for n in range(3):
        sent = [Upload(f"{n}{letter}.png", picture()) for letter in "abc"]
        house.perform(onsite.keep_photos, house.people["inspector"], inspection.id, "YJ-01", sent)
        house.clock.move(microseconds=10)
    with house.installation.reading() as session:
        names = [row.name for _, row in onsite.photos(session, inspection.id)]
    assert names == [f"{n}{letter}.png" for n in range(3) for letter in "abc"]
    complete(house, inspection)
    with house.installation.reading() as session:
        recorded = [session.get_one(FileRow, p.file).name for p in record_of(house, inspection).photos]
    assert recorded == names


def test_photographs_of_a_cancelled_visit_are_forgotten(house: House) -> None:
    inspection = house.approved()
    sent = [Upload("1.png", picture())]
    (row,), _ = house.perform(onsite.keep_photos, house.people["inspector"], inspection.id, "", sent)
    house.perform(visits.cancel, house.people["inspector"], inspection.id, None, on_advice=False)
    house.perform(onsite.forget)
    with house.installation.reading() as session:
        assert session.get_one(FileRow, row.id).sealed is None


def test_the_place_is_kept_once_coarse_and_for_a_year(house: House) -> None:
    inspection = house.approved(place_region="990101005")
    house.perform(_know_the_town)
    for lat in (31.38123, 31.9):
        house.perform(places.record, house.people["inspector"], inspection.id, lat, 121.3987)
    with house.installation.reading() as session:
        row = session.get_one(CodePlace, inspection.id)
        assert (row.lat, row.lon) == (3138, 12140)
        assert queries.distance(session, inspection) == distance_km((3138, 12140), (3137, 12124)) == 15
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []
    house.clock.move(days=366)
    house.perform(places.forget)
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert session.get(CodePlace, inspection.id) is None
        assert list(log_audit.audit(session)) == []
        assert queries.distance(session, inspection) is None


def _know_the_town(work) -> None:
    row = RegionPlace(region="990101005", lat=3137, lon=12124)
    work.session.add(row)
    work.session.flush()
    registers.record(work, SYSTEM, "990101", [row])


def test_what_is_no_place_is_refused(house: House) -> None:
    inspection = house.approved()
    for lat, lon in ((91, 0), (0, 181), (float("nan"), 0), (float("inf"), 0)):
        with pytest.raises(Invalid):
            house.perform(places.record, house.people["inspector"], inspection.id, lat, lon)


def test_where_no_place_of_the_region_is_known_nothing_is_said(house: House) -> None:
    inspection = house.approved()
    house.perform(places.record, house.people["inspector"], inspection.id, 31.3, 121.2)
    with house.installation.reading() as session:
        assert queries.distance(session, inspection) is None


def test_log_verify_names_a_photograph_and_a_place_that_were_changed_by_sql(house: House) -> None:
    inspection = house.approved()
    house.perform(onsite.keep_photos, house.people["inspector"], inspection.id, "", [Upload("1.png", picture())])
    house.perform(places.record, house.people["inspector"], inspection.id, 31.3, 121.2)
    complete(house, inspection, "problem_found")
    log.advance(house.perform)
    for sql, table in (
        ("UPDATE files SET sha256 = (SELECT salt FROM code_places)", "files"),
        ("UPDATE code_places SET lat = 3000", "code_places"),
        ("DELETE FROM code_places", "code_places"),
        ("UPDATE rectifications SET due_on = '2030-01-01'", "rectifications"),
        ("UPDATE rectifications SET state = 'closed'", "rectifications"),
        ("DELETE FROM rectifications", "rectifications"),
        ("UPDATE inspections SET headcount = 9", "inspections"),
    ):
        with house.installation.database.engine.connect() as connection:
            connection.execute(text(sql))
            assert table in {d.table for d in log_audit.audit(Session(bind=connection))}, sql
            connection.rollback()


def test_housekeeping_forgets_old_drafts(house: House) -> None:
    inspection = house.approved()
    house.perform(onsite.save_draft, house.people["inspector"], inspection.id, {"": {}})
    house.clock.now += onsite.DRAFTS_KEPT + timedelta(days=1)
    for job in housekeeping.JOBS:
        house.perform(job)
    with house.installation.reading() as session:
        assert session.scalars(select(VisitDraft)).all() == []


def run_import(house: House, use_case, rows: list[dict[str, str]]):
    return house.perform(use_case, [Row(n, r) for n, r in enumerate(rows, 2)], lambda n: None)


def test_a_new_list_of_points_holds_from_its_day_and_the_same_file_again_changes_nothing(house: House) -> None:
    first = [{"item": "YJ-01", "point": p} for p in POINTS]
    assert run_import(house, import_points, first).stored == 1
    assert run_import(house, import_points, first).unchanged == 1
    second = [{"item": "YJ-01", "point": "新要点", "standard": "GB 1", "valid_from": "2026-06-01"}]
    assert run_import(house, import_points, second).stored == 1
    with house.installation.reading() as session:
        for day, texts in ((date(2026, 5, 31), list(POINTS)), (date(2026, 6, 1), ["新要点"])):
            assert [p.point for p in points_on(session, ["YJ-01"], day)["YJ-01"]] == texts
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []


def test_a_list_that_held_is_never_changed_and_bad_rows_are_told(house: House) -> None:
    run_import(house, import_points, [{"item": "YJ-01", "point": "甲"}])
    held = run_import(house, import_points, [{"item": "YJ-01", "point": "乙", "valid_from": "2026-01-01"}])
    assert [p.reason for p in held.problems] == ["row_held_before"]
    today = run_import(house, import_points, [{"item": "YJ-01", "point": "乙"}])
    assert today.stored == 1
    with house.installation.reading() as session:
        before = points_on(session, ["YJ-01"], date(2026, 3, 1))["YJ-01"]
        assert [p.point for p in before] == ["甲"]
    bad = run_import(house, import_points, [{"item": "NO", "point": "x"}, {"item": "YJ-01", "point": "x" * 301}])
    assert [p.field for p in bad.problems] == ["item", "point"]


def test_the_place_of_a_region_comes_with_the_regions(house: House) -> None:
    town = {"code": "990101005", "name": "白鹭镇", "lat": "31.376", "lon": "121.24"}
    for stored in (1, 0):
        assert run_import(house, reference.import_regions, [town]).stored == stored
    with house.installation.reading() as session:
        assert session.get_one(RegionPlace, "990101005").lat == 3138
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []
    for bad in ({"lat": "north"}, {"lat": "99"}, {"lon": ""}):
        assert len(run_import(house, reference.import_regions, [town | bad]).problems) == 1
