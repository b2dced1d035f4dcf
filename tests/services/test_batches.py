"""A batch of planned visits: checked first, bad rows listed, the good ones stored or nothing is, and never twice."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import DomainError, Invalid, NotFound, Refused
from app.services import jobs
from app.services.applying import batch_rows, batches
from app.services.applying.batch_rows import Common
from app.services.imports.rows import Row
from app.services.job_handlers import HANDLERS
from app.store.models import Batch, BatchRow, Enterprise, InspectionRow
from tests.house import House, uscc

BAD = (  # seven rows that cannot be understood, each at its field
    ({"uscc": uscc(900)[:-1] + "0", "name": "云汀错码店"}, "uscc"),
    ({"uscc": uscc(901), "name": "云汀店", "items": "NO-SUCH"}, "items"),
    ({"name": "登记簿里没有的店"}, "name"),
    ({"uscc": uscc(902)}, "name"),
    ({"uscc": uscc(903), "name": "云汀店", "date": "2026-13-45"}, "date"),
    ({"uscc": uscc(904), "name": "云汀店", "start": "11:00", "end": "10:00"}, "end"),
    ({"uscc": uscc(905), "name": "云汀店", "start": "上午"}, "start"),
)


def common(house: House, **changes: Any) -> Common:
    start = house.clock.now + timedelta(days=1)
    plain = {"items": ("YJ-01",), "officers": ("99010001", "99010002"), "plan_code": "P-1"}
    return Common(**(plain | {"start": start, "end": start + timedelta(hours=8)} | changes))


def rows(good: int, bad: int = 0) -> list[Row]:
    fields = [{"uscc": uscc(n), "name": f"云汀示例{n}店"} for n in range(1, good + 1)]
    step = max(1, good // max(bad, 1))
    for n, (wrong, _) in enumerate(BAD[:bad]):
        fields.insert(n * step, wrong)
    return [Row(number, row) for number, row in enumerate(fields, start=2)]


def begun(house: House, given: list[Row], **changes: Any) -> str:
    batch = house.perform(batches.begin, house.people["inspector"], "周三路线", given, common(house, **changes))
    run(house)
    return batch.id


def run(house: House) -> None:
    jobs.run_waiting(house.perform, HANDLERS)


def stored(house: House, batch_id: str) -> list[BatchRow]:
    with house.installation.reading() as session:
        return list(session.scalars(select(BatchRow).where(BatchRow.batch == batch_id).order_by(BatchRow.number)))


def count(house: House, model: Any = InspectionRow) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def state(house: House, batch_id: str) -> str:
    with house.installation.reading() as session:
        return session.get(Batch, batch_id).state


def submit(house: House, batch_id: str, mode: str, who: str = "inspector") -> None:
    house.perform(batches.submit, house.people[who], batch_id, mode)


def test_an_enterprise_twice_on_a_route_is_told_though_its_hours_differ(house: House) -> None:
    batch = begun(house, [*rows(2), Row(4, rows(1)[0].fields)], minutes=60)
    said = {r.number: json.loads(r.problems) for r in stored(house, batch)}
    assert (said[2], said[3]) == ([], [])
    assert [code for _, code, _ in said[4]] == ["batch_twice"]


def test_bad_rows_are_told_at_their_fields_and_the_good_ones_are_stored(house: House) -> None:
    batch = begun(house, rows(9, bad=7))
    wrong = {r.number: json.loads(r.problems)[0][0] for r in stored(house, batch) if r.problems != "[]"}
    assert list(wrong.values()) == [field for _, field in BAD]
    assert count(house) == count(house, Enterprise) == 0  # a check records nothing
    with pytest.raises(Refused, match="batch_has_bad_rows"):
        submit(house, batch, "all")
    submit(house, batch, "skip")
    run(house)
    assert (state(house, batch), count(house)) == ("applied", 9)
    assert [bool(r.inspection) for r in stored(house, batch)] == [r.problems == "[]" for r in stored(house, batch)]


def test_all_or_nothing_is_nothing_when_one_row_fails_at_the_last_moment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = begun(house, rows(4))
    submit(house, batch, "all")
    real = batch_rows.application

    def third_fails(session: Any, known: Any, line: Any) -> Any:
        if line.row.number == 4:
            raise Invalid("unknown_item", "items", item="YJ-01")
        return real(session, known, line)

    monkeypatch.setattr(batch_rows, "application", third_fails)
    run(house)
    assert (state(house, batch), count(house)) == ("checked", 0)
    assert [r.number for r in stored(house, batch) if r.problems != "[]"] == [4]


def test_a_job_killed_in_the_middle_and_run_again_makes_no_double(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = begun(house, rows(5))
    submit(house, batch, "skip")
    real = batches._make

    class Killed(BaseException):
        pass

    def dies(work: Any, actor: Any, batch_id: str, line: Any, *rest: Any) -> None:
        real(work, actor, batch_id, line, *rest)
        if line.row.number == 4:
            raise Killed  # before the commit of the third row

    monkeypatch.setattr(batches, "_make", dies)
    with pytest.raises(Killed):
        run(house)
    assert count(house) == 2
    monkeypatch.setattr(batches, "_make", real)
    house.clock.move(minutes=4)
    run(house)
    assert (state(house, batch), count(house)) == ("applied", 5)
    assert len({r.inspection for r in stored(house, batch)}) == 5


def test_the_head_approves_what_needs_no_reason_at_once(house: House) -> None:
    batch = begun(house, rows(3))
    submit(house, batch, "all")
    run(house)
    with pytest.raises(DomainError):
        house.perform(batches.ask_approval, house.people["inspector"], batch)
    with pytest.raises(NotFound):
        house.perform(batches.ask_approval, house.people["head2"], batch)
    house.perform(batches.ask_approval, house.people["head"], batch)
    run(house)
    with house.installation.reading() as session:
        assert list(session.scalars(select(InspectionRow.state))) == ["approved"] * 3


def test_another_units_batch_does_not_exist_and_a_dropped_one_stores_nothing(house: House) -> None:
    batch = begun(house, rows(2))
    with pytest.raises(NotFound):
        submit(house, batch, "skip", "inspector2")
    house.perform(batches.drop, house.people["head"], batch)
    with pytest.raises(Refused, match="batch_state"):
        submit(house, batch, "skip")
    assert count(house) == 0


def test_the_rules_say_the_same_of_a_row_as_of_an_application(house: House) -> None:
    batch = begun(house, rows(1))
    said = [a["rule"] for a in json.loads(stored(house, batch)[0].advice)]
    assert "unplanned" in said  # P-1 is no filed plan


def test_a_route_goes_from_one_to_the_next_and_ends_in_time(house: House) -> None:
    batch = begun(house, rows(5), minutes=120)
    wrong = [(r.number, json.loads(r.problems)[0][1]) for r in stored(house, batch) if r.problems != "[]"]
    assert wrong == [(6, "batch_no_room")]
    submit(house, batch, "skip")
    run(house)
    with house.installation.reading() as session:
        starts = list(session.scalars(select(InspectionRow.window_start).order_by(InspectionRow.number)))
    assert [(s - starts[0]).seconds // 60 for s in starts] == [0, 120, 240, 360]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{uscc(1)}\n\n{uscc(2)} 云汀二店", [(uscc(1), ""), (uscc(2), "云汀二店")]),
        (f"{uscc(1)}\t云汀 一店\n云汀二店", [(uscc(1), "云汀 一店"), ("", "云汀二店")]),
        (f"企业名称\t信用代码\n云汀一店\t{uscc(1)}", [(uscc(1), "云汀一店")]),
        (f"name,uscc\n云汀一店,{uscc(1)}", [(uscc(1), "云汀一店")]),
        ("YUNTINGTRADINGCO 有限公司", [("", "YUNTINGTRADINGCO 有限公司")]),  # a name, no faulty code
    ],
)
def test_a_pasted_list_is_understood(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(r.get("uscc"), r.get("name")) for r in batch_rows.pasted(text)] == expected


def test_what_is_no_list_is_told_at_its_field(house: House) -> None:
    for text, code in (
        ("", "table_no_rows"),
        ("\n".join([uscc(1)] * 501), "batch_too_long"),
        ("企业名称\n", "table_no_rows"),
    ):
        with pytest.raises(Invalid) as refused:
            batch_rows.pasted(text)
        assert (refused.value.code, refused.value.field) == (code, "list")


def test_names_stand_for_items_and_officers(house: House) -> None:
    row = Row(
        2,
        {
            "uscc": uscc(1),
            "name": "云汀一店",
            "items": "YJ-02",
            "officers": "赵一、钱二",
            "date": "2026/3/9",
            "start": "9:30",
        },
    )
    with house.installation.reading() as session:
        known = batch_rows.known(session, "YT-YJJ")
        made = batch_rows.application(session, known, batch_rows.Line(row, 0, common(house)))
    assert (made.items, made.officers) == (("YJ-02",), ("99010001", "99010002"))
    assert made.window_start.isoformat() == "2026-03-09T09:30:00+08:00"


def measure(house: House, mode: str) -> None:  # pragma: no cover
    """500 rows, seven of them bad: seconds to check and to apply."""
    before = time.perf_counter()
    batch = begun(house, rows(493, bad=7 if mode == "skip" else 0))
    checked = time.perf_counter()
    submit(house, batch, mode)
    run(house)
    print(
        f"{mode}: checked in {checked - before:.1f} s, applied in {time.perf_counter() - checked:.1f} s", count(house)
    )
