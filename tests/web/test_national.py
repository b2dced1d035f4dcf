"""The national record 检查行为: what fits is handed over, what does not is listed with the reason."""

import json

from app.domain import national
from app.domain.applications import EnterpriseRef
from app.services.imports import national as imports
from app.services.imports.rows import Row
from tests.house import House, uscc
from tests.services.test_register_imports import bring

CODES = {"item": "YJ-01", "catalogue_code": "31011400000001", "implementation_code": "11310114000000001"}
MARCH = "from=2026-03-01&to=2026-03-31"


def named(house: House, **changes: str) -> object:
    return house.perform(imports.import_codes, [Row(2, CODES | changes)], lambda n: None)


def test_a_visit_becomes_a_record_that_fits(house: House) -> None:
    named(house)
    inspection = house.completed("problem_found", enterprise=EnterpriseRef(uscc=uscc(1), name="云汀示例一食品有限公司"))
    house.clock.move(days=1)
    client = house.signed_in("supervisor")
    answer = client.get(f"/supervise/export/national.jsonl?{MARCH}")
    (row,) = [json.loads(line) for line in answer.text.splitlines()]
    assert list(row) == list(national.KEYS)
    expected = {
        "catalogue_code": CODES["catalogue_code"], "number": inspection.number, "party_id": uscc(1),
        "party_nature": "企业法人", "region": "990101", "form": "单独检查", "category": "触发式检查", "result": "发现问题",
        "inspected_at": "2026-03-02 09:00:00", "certificates": "99010001;99010002", "way": "现场检查",
        "cd_batch": "202603030001", "cd_operation": "i", "cd_source": "JCM-990101",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    assert row["reported_at"] > row["inspected_at"]
    again = client.get(f"/supervise/export/national.csv?{MARCH}&operation=u").get_data().decode("utf-8-sig")
    head, line = again.splitlines()
    assert head.startswith("监管事项目录编码,实施清单编码") and "202603030002" in line and ",u," in line


def test_what_does_not_fit_is_listed_and_kept_back(house: House) -> None:
    inspection = house.completed()
    client = house.signed_in("supervisor")
    page = client.get(f"/supervise/national?{MARCH}").text
    assert "不合要求 1 行" in page and inspection.number in page and "监管事项目录编码：必填" in page
    assert client.get(f"/supervise/export/national.jsonl?{MARCH}").text == ""
    problems = [
        json.loads(x) for x in client.get(f"/supervise/export/national-problems.jsonl?{MARCH}").text.splitlines()
    ]
    assert {p["field"] for p in problems} == {"监管事项目录编码", "实施清单编码"}
    assert "不合要求 0 行" in house.signed_in("neighbour").get(f"/supervise/national?{MARCH}").text


def test_a_visit_brought_in_without_items_is_not_left_out_without_a_word(house: House) -> None:
    head = ["number", "uscc", "enterprise_name", "unit", "kind", "started_at", "outcome"]
    bring(house, "inspections", [head, ["V-1", uscc(1), "某店", "YT-YJJ", "planned", "2026-03-01", "no_problem"]])
    page = house.signed_in("supervisor").get(f"/supervise/national?{MARCH}").text
    assert "不合要求 1 行" in page and "V-1" in page and "检查行为名称：必填" in page and "检查结果：必填" not in page


def test_each_field_is_held_to_its_length_and_order() -> None:
    row = dict.fromkeys(national.KEYS, "x") | {"catalogue_code": "x" * 14, "region": "990101"}
    row |= {"inspected_at": "2026-03-02 09:00:00", "reported_at": "2026-03-03 09:00:00"}
    assert national.problems(row) == []
    wrong = {
        "catalogue_code": "x" * 13, "number": "x" * 51, "object": "x" * 201, "party_id": "x" * 21, "region": "9901010",
        "officers": "", "address": "x" * 401, "reported_at": "2026-03-02 09:00:00",
    }  # fmt: skip
    found = {p.field.key: p.code for p in national.problems(row | wrong)}
    assert found == {
        "catalogue_code": "length", "number": "too_long", "object": "too_long", "party_id": "too_long",
        "region": "length", "officers": "missing", "address": "too_long", "reported_at": "order",
    }  # fmt: skip


def test_the_codes_of_items_come_in_once_and_wrong_ones_are_told(house: House) -> None:
    assert (named(house).stored, named(house).stored) == (1, 0)
    assert named(house, catalogue_code="123").problems[0].reason == "cell_length"
    assert named(house, item="NO-SUCH").problems[0].reason == "cell_item"
