"""The batch pages: seven bad rows of many are listed and downloaded, the head approves the rest at once."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.services import jobs
from app.services.job_handlers import HANDLERS
from app.store.models import InspectionRow
from tests.house import House, uscc
from tests.services.test_batches import BAD

COMMON = {
    "items": ["YJ-01"], "officers": ["99010001", "99010002"], "plan_code": "", "start": "2026-03-03T09:00",
    "end": "2026-03-03T17:00",
}  # fmt: skip


def table(good: int) -> bytes:
    lines = ["某某单位三月检查安排", "企业名称,统一社会信用代码,事项,日期,开始,结束"]
    lines += [f"云汀示例{n}店,{uscc(n)},,,," for n in range(1, good + 1)]
    lines += [",".join(row.get(k, "") for k in ("name", "uscc", "items", "date", "start", "end")) for row, _ in BAD]
    return "\n".join(lines).encode("gb18030")


def begin(house: House, client: FlaskClient, **data: Any) -> str:
    """The page of a batch, checked."""
    answer = client.post("/inspect/batch", data=COMMON | data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    jobs.run_waiting(house.perform, HANDLERS)
    page = client.get(answer.location).text
    return re.search(r"/inspect/batch/\w+", page).group()


def states(house: House) -> list[str]:
    with house.installation.reading() as session:
        return list(session.scalars(select(InspectionRow.state)))


def test_a_table_from_an_office_with_seven_bad_rows(house: House) -> None:
    client = house.signed_in("inspector")
    page = begin(house, client, file=(io.BytesIO(table(5)), "三月.csv"))
    shown = client.get(page).text
    assert "共 12 行" in shown
    assert "7 行有问题" in shown
    assert "第 8 行" in shown
    assert "校验位" in shown
    assert 'value="all"' not in shown
    bad = client.get(f"{page}/problems.csv")
    assert (bad.text.count("\r\n"), bad.text[0]) == (8, "\ufeff")
    assert "没有检查事项“NO-SUCH”" in bad.text
    answer = client.post(page, data={"go": "all"})
    assert (answer.status_code, "有 7 行有问题" in answer.text) == (409, True)
    client.post(page, data={"go": "skip"})
    jobs.run_waiting(house.perform, HANDLERS)
    assert states(house) == ["applied"] * 5
    head = house.signed_in("head")
    assert f"/inspect/approvals?batch={page.rsplit('/', 1)[1]}" in head.get(page).text
    assert "批准（5）" in head.get(f"/inspect/approvals?batch={page.rsplit('/', 1)[1]}").text
    approval = head.post(f"{page}/approve")
    jobs.run_waiting(house.perform, HANDLERS)
    assert "已批准 5 家" in head.get(approval.location).text
    assert states(house) == ["approved"] * 5


def test_a_faulty_code_is_told_once_and_an_unknown_name_as_a_name(house: House) -> None:
    client = house.signed_in("inspector")
    page = client.get(
        begin(house, client, list=f"{uscc(1)[:17]}{'1' if uscc(1)[17] != '1' else '2'}\n云汀无名商行")
    ).text
    assert page.count('class="error"') == 2
    assert "校验位" in page and "登记簿里没有（或不止一家）“云汀无名商行”" in page


def test_a_pasted_list_and_what_belongs_to_others(house: House) -> None:
    client = house.signed_in("inspector")
    page = begin(house, client, list=f"{uscc(1)} 云汀一店\n{uscc(2)} 云汀二店", title="西片")
    assert "全部提交" in client.get(page).text
    assert "西片" in client.get("/inspect/batch").text
    other = house.signed_in("inspector2")
    for method, path in (("get", page), ("post", page), ("get", f"{page}/problems.csv")):
        assert getattr(other, method)(path).status_code == 404
    assert "西片" not in other.get("/inspect/batch").text
    assert client.post(f"{page}/approve").status_code == 403
    client.post(page, data={"go": "drop"})
    assert "没有提交" in client.get(page).text
    assert states(house) == []


@pytest.mark.parametrize(
    "data",
    [
        {}, {"list": "x", "start": "x"}, {"list": "x", "end": "2026-03-03T08:00"}, {"list": "x", "minutes": "0"},
        {"file": (b"%PDF-1.7", "x.pdf")}, {"file": (b"a,b\n1,2", "x.csv")},
        {"list": "x", "plan_code": "x" * 100}, {"list": "x", "officers": "9" * 60},
    ],
)  # fmt: skip
def test_what_cannot_be_read_keeps_the_form(house: House, data: dict[str, Any]) -> None:
    client = house.signed_in("inspector")
    sent = {name: (io.BytesIO(value[0]), value[1]) if name == "file" else value for name, value in data.items()}
    answer = client.post("/inspect/batch", data=COMMON | sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert 'value="YJ-01" checked' in answer.text


def test_the_empty_table_can_be_read_back(house: House) -> None:
    from app.services.applying.batch_rows import read

    rows = read(house.signed_in("inspector").get("/inspect/batch/table.csv").data)
    assert rows[0].get("items") == "YJ-01"
