"""The administrator's pages: what is dated gets new periods, what belongs to others does not exist, tables are looked at first."""

import io
import json
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.services import jobs, registers
from app.services.auditing.register_audit import register_discrepancies
from app.services.imports.kinds import KINDS
from app.services.job_handlers import HANDLERS
from app.store.followup import terms
from app.store.models import (
    CalendarDay,
    Certificate,
    DoNotDisturb,
    Enterprise,
    FileRow,
    ItemTerm,
    Job,
    Officer,
    RoleAssignment,
    Unit,
    UnitTerritory,
)
from app.web.admin.words import TABLES
from tests.house import PASSWORD, House, uscc

TODAY, TOMORROW, YESTERDAY = "2026-03-02", "2026-03-03", "2026-03-01"


@pytest.fixture
def admin(house: House) -> FlaskClient:
    house.perform(registers.adopt)
    return house.signed_in("admin")


def rows(house: House, model: Any, *where: Any) -> list[Any]:
    with house.installation.reading() as session:
        return list(session.scalars(select(model).where(*where)))


def untouched_past_the_platform(house: House) -> bool:
    with house.installation.reading() as session:
        return list(register_discrepancies(session)) == []


def post(client: FlaskClient, path: str, status: int = 303, **data: Any) -> str:
    answer = client.post(path, data=data)
    assert answer.status_code == status, answer.text
    return answer.text if status != 303 else answer.location


def work(house: House) -> None:
    jobs.run_waiting(house.perform, HANDLERS)


def test_every_page_opens_with_something_in_it_and_says_what_holds(house: House, admin: FlaskClient) -> None:
    house.applied()
    enterprise = rows(house, Enterprise)[0].id
    officer = rows(house, Officer)[0].id
    account = house.people["inspector"].id
    for path in (
        "/", "/units", "/units/new", "/units/YT-YJJ", "/officers", "/officers/new", f"/officers/{officer}", "/items", "/items/new",
        "/items/YJ-01", "/enterprises", "/enterprises/new", f"/enterprises/{enterprise}", "/accounts", "/accounts/new",
        f"/accounts/{account}", "/settings", "/calendar", "/calendar?year=2027", "/calendar?year=x", "/regions", "/tables",
        "/officers?state=expired&q=孙", "/items?published=no", "/units?q=%25&level=区&role=inspecting",
        "/enterprises?q=ytsl&region=990101&risk=低&credit=A&industry=C&list=quiet", "/enterprises?list=key",
        "/accounts?role=head&open=no&q=x&unit=YT-YJJ",
        *(f"/tables/{kind.name}" for kind in KINDS.values() if kind.on_page),
    ):  # fmt: skip
        assert admin.get(f"/admin{path}").status_code == 200, path
    assert "99010003" in admin.get("/admin/officers?state=expired").text
    assert "99010001" not in admin.get("/admin/officers?state=expired").text
    assert "赵一" in admin.get(f"/admin/officers/{officer}").text


def test_what_held_is_never_changed_and_what_comes_can_be_taken_back(house: House, admin: FlaskClient) -> None:
    said = post(admin, "/admin/items/YJ-01/terms", 422, yearly_cap="5", valid_from=YESTERDAY, published="1")
    assert "以前的情况不再改动" in said and 'value="5"' in said
    post(admin, "/admin/items/YJ-01/terms", yearly_cap="1", valid_from=TOMORROW, published="1")
    assert "已经有一段" in post(admin, "/admin/items/YJ-01/terms", 422, yearly_cap="3", valid_from=TOMORROW)
    terms = rows(house, ItemTerm, ItemTerm.item == "YJ-01")
    assert [(t.yearly_cap, t.valid_from.isoformat()) for t in terms] == [(2, "2020-01-01"), (1, TOMORROW)]
    page = admin.get("/admin/items/YJ-01").text
    assert "现行" in page and "将来" in page
    assert "已经生效" in post(admin, f"/admin/items/YJ-01/terms/{terms[0].id}", 422)
    post(admin, f"/admin/items/YJ-01/terms/{terms[1].id}")
    assert len(rows(house, ItemTerm, ItemTerm.item == "YJ-01")) == 1
    assert untouched_past_the_platform(house)


def test_a_unit_gets_and_loses_a_territory_by_day(house: House, admin: FlaskClient) -> None:
    post(
        admin,
        "/admin/units/new",
        code="YT-Ｎ1",
        role="inspecting",
        name="新单位",
        level="区",
        region="990101",
        since="2026-01-01",
    )
    path = "/admin/units/YT-N1"
    post(admin, f"{path}/territories", territory="990101005", valid_from=TODAY)
    home, town = rows(house, UnitTerritory, UnitTerritory.unit == "YT-N1")
    assert "最早到今天" in post(admin, f"{path}/territories/{home.id}", 422, last=YESTERDAY)
    post(admin, f"{path}/territories/{home.id}", last=TODAY)
    changed = {
        "name": "改名单位",
        "level": "区",
        "region": "990101",
        "role": "inspecting",
        "parent": "YT-YJJ",
        "phone": "1",
    }
    post(admin, path, **changed)
    unit = rows(house, Unit, Unit.code == "YT-N1")[0]
    assert (unit.name, unit.parent, unit.phone, unit.supervised) == ("改名单位", "YT-YJJ", "1", False)
    assert "上级单位" in post(admin, "/admin/units/YT-YJJ", 422, **changed | {"parent": "YT-N1"})
    assert "没有区划" in post(admin, f"{path}/territories", 422, territory="990102", valid_from=TODAY)
    assert town.valid_until is None and untouched_past_the_platform(house)


def test_certificates_are_renewed_suspended_and_warned_of(house: House, admin: FlaskClient) -> None:
    made = post(admin, "/admin/officers/new", certificate_no="88", name="新一", unit="YT-YJJ", valid_from="2025-01-01",
                valid_until="2026-03-31")  # fmt: skip
    path = made.removesuffix("?saved=1")
    assert "30 天内到期" in admin.get("/admin/").text
    assert "新一" in admin.get("/admin/officers?state=expiring").text
    assert "到期" in house.signed_in("inspector").get("/inspect/").text
    post(admin, f"{path}/certificates", valid_from="2026-04-01", valid_until="2029-03-31")
    assert "新一" not in admin.get("/admin/officers?state=expiring").text
    assert "请填写这一项" in post(admin, f"{path}/suspensions", 422, valid_from=TODAY)
    post(admin, f"{path}/suspensions", valid_from=TODAY, reason="年度审验未通过")
    assert "停用中" in admin.get("/admin/officers?q=88").text
    assert "已经登记" in post(
        admin, "/admin/officers/new", 422, certificate_no="88", name="x", unit="YT-YJJ", valid_from=TODAY
    )
    assert untouched_past_the_platform(house)


def test_a_head_keeps_the_own_officers_from_today_on_and_nothing_else(house: House, admin: FlaskClient) -> None:
    head = house.signed_in("head")
    assert "99020001" not in head.get("/admin/officers").text
    mine = rows(house, Officer, Officer.certificate_no == "99010003")[0]
    other = rows(house, Officer, Officer.certificate_no == "99020001")[0]
    assert head.get(f"/admin/officers/{other.id}").status_code == 404
    path = f"/admin/officers/{mine.id}"
    assert "以前的情况不再改动" in post(head, f"{path}/certificates", 422, valid_from="2026-02-01")
    post(head, f"{path}/certificates", valid_from=TODAY)
    post(head, path, name="孙三", unit="YT-SCJG")
    assert rows(house, Officer, Officer.id == mine.id)[0].unit == "YT-YJJ"
    for page in ("/admin/", "/admin/units", "/admin/items", "/admin/enterprises", "/admin/accounts", "/admin/tables"):
        assert head.get(page).status_code == 403
    post(head, f"/admin/officers/{other.id}/certificates", 404, valid_from=TODAY)
    assert len(rows(house, Certificate, Certificate.certificate_no == "99020001")) == 1


def test_what_belongs_to_another_district_does_not_exist(house: House, admin: FlaskClient) -> None:
    theirs = rows(house, Officer, Officer.certificate_no == "99030001")[0].id
    neighbour = house.people["neighbour"].id
    for path in ("/units/GB-YJJ", "/items/GB-01", f"/officers/{theirs}", f"/accounts/{neighbour}"):
        assert admin.get(f"/admin{path}").status_code == 404, path
    for path in (
        "/units",
        "/items",
        "/officers",
        "/accounts",
        "/regions",
        "/tables/units/export.csv",
        "/tables/officers/export.csv",
    ):
        assert "隔壁区" not in admin.get(f"/admin{path}").text, path
    post(admin, f"/admin/accounts/{neighbour}/password", 404)
    post(admin, "/admin/items/GB-01/terms", 404, valid_from=TODAY)


def test_an_enterprise_gets_a_new_record_and_stands_on_the_list(house: House, admin: FlaskClient) -> None:
    data = {"uscc": uscc(5), "name": "云汀示例五店", "industry": "Ｃ1411", "risk": "低", "since": "2026-01-01"}
    path = post(admin, "/admin/enterprises/new", **data).removesuffix("?saved=1")
    assert "已经登记在另一家企业" in post(admin, "/admin/enterprises/new", 422, **data)
    said = post(admin, path, 422, **data | {"since": TOMORROW, "industry": "X99", "risk": "高"})
    assert 'value="高"' in said
    post(admin, path, **data | {"name": "云汀示例五分店", "risk": "高", "since": TODAY})
    post(admin, path, **data | {"name": "更早的名称", "since": "2025-06-01"})  # learned late: not what holds now
    page = admin.get(path).text
    assert "<h1>云汀示例五分店</h1>" in page and "更早的名称" in page and "C1411" in page
    assert "云汀示例五分店" in admin.get("/admin/enterprises?risk=高&q=ytslwfd").text
    assert "云汀示例五分店" not in admin.get("/admin/enterprises?risk=低").text
    assert "请填写这一项" in post(admin, f"{path}/quiet", 422, valid_from=TODAY)
    post(admin, f"{path}/quiet", valid_from="2026-01-01", source="无感监管对象清单（2026）")
    assert "云汀示例五分店" in admin.get("/admin/enterprises?list=quiet").text
    entry = rows(house, DoNotDisturb)[0]
    post(admin, f"{path}/quiet/{entry.id}", last=TODAY)
    assert rows(house, DoNotDisturb)[0].valid_until == date(2026, 3, 2)
    assert untouched_past_the_platform(house)


def test_settings_and_the_calendar_change_from_a_day_on(house: House, admin: FlaskClient) -> None:
    assert "请写明依据" in post(
        admin, "/admin/settings/refusal_text", 422, value="可以拒绝没有检查码的检查", valid_from=TODAY
    )
    post(admin, "/admin/settings/duty_phone", value="99-00001111", valid_from=TOMORROW)
    page = admin.get("/admin/settings").text
    assert "99-55550101" in page and "99-00001111" in page
    post(admin, "/admin/settings/followup_answer_days", 422, value="251", valid_from=TODAY)
    post(admin, "/admin/settings/followup_answer_days", value="7", valid_from=TODAY)
    with house.installation.reading() as session:
        assert terms(session, "990101", date(2026, 3, 2)).answer == 7
    post(admin, "/admin/settings/no_such", 404, value="x", valid_from=TODAY)
    assert "以前的工作日" in post(admin, "/admin/calendar", 422, day=YESTERDAY, working="yes")
    post(admin, "/admin/calendar", day="2026-03-07", working="yes")
    assert "本来就是这样" in post(admin, "/admin/calendar", 422, day="2026-03-07", working="yes")
    post(admin, "/admin/calendar", day="2026-03-07", working="no")
    assert [(d.version, d.working) for d in rows(house, CalendarDay)] == [(1, True), (2, False)]
    assert untouched_past_the_platform(house)


def test_accounts_are_added_reset_and_closed_and_nobody_changes_the_own(house: House, admin: FlaskClient) -> None:
    page = admin.post(
        "/admin/accounts/new", data={"username": "new1", "name": "新人", "unit": "YT-YJJ", "role": "inspector"}
    ).text
    password = page.split('id="password">')[1].split("<")[0]
    client = house.client()
    assert client.post("/login", data={"username": "new1", "password": password}).status_code == 303
    account = rows(house, RoleAssignment)[-1].actor
    path = f"/admin/accounts/{account}"
    assert "监督单位" in post(admin, f"{path}/roles", 422, unit="YT-YJJ", role="supervisor", valid_from=TODAY)
    post(admin, f"{path}/roles", unit="YT-SCJG", role="head", valid_from=TOMORROW)
    post(admin, f"{path}/open", go="disable")
    assert client.get("/inspect/").status_code == 302  # signed out at once
    assert client.post("/login", data={"username": "new1", "password": password}).status_code == 409
    post(admin, f"{path}/open", go="enable")
    renewed = admin.post(f"{path}/password").text.split('id="password">')[1].split("<")[0]
    assert renewed != password and renewed not in admin.get(path).text
    own = f"/admin/accounts/{house.people['admin'].id}"
    assert "自己的账号" in post(admin, f"{own}/open", 422, go="disable")
    assert "自己的角色" in post(admin, f"{own}/roles", 422, unit="YT-SFJ", role="supervisor", valid_from=TODAY)
    assert house.client().post("/login", data={"username": "admin", "password": PASSWORD}).status_code == 303


def send(client: FlaskClient, kind: str, data: bytes, name: str = "x.csv") -> Any:
    return client.post(f"/admin/tables/{kind}", data={"file": (io.BytesIO(data), name)})


def test_a_table_is_looked_at_confirmed_and_stored_once(house: House, admin: FlaskClient) -> None:
    text = f"信用代码,企业名称\n{uscc(1)},一店\n{uscc(2)},二店\n{uscc(3)[:-1]}A,=三店\n".encode("gb18030")
    job = send(admin, "enterprises", text).location
    assert rows(house, Enterprise) == []
    work(house)
    page = admin.get(job).text
    assert "有 1 行不能导入" in page
    seen = page.split('class="button main" href="')[1].split('"')[0]
    page = admin.get(seen).text
    assert "校验位不符" in page and "信用代码" in page and "确认导入" in page
    assert rows(house, Enterprise) == []
    assert "校验位不符" in admin.get(f"{seen}/errors.csv").text
    first = post(admin, seen, skip_bad="1")
    assert post(admin, seen, skip_bad="1") == first  # pressed twice
    work(house)
    assert "已导入：新增 2" in admin.get(first).text
    assert [e.name for e in rows(house, Enterprise)] == ["一店", "二店"]
    assert rows(house, FileRow)[0].sealed is None  # the file is forgotten
    assert house.signed_in("head").get(seen).status_code == 403
    assert untouched_past_the_platform(house)


def test_without_leave_to_skip_a_bad_row_keeps_everything_out(house: House, admin: FlaskClient) -> None:
    send(admin, "units", "单位代码,单位名称,区划代码\nYT-8,新单位,990101\nYT-9,坏的,999999\n".encode())
    work(house)
    job = rows(house, Job)[0]
    post(admin, f"/admin/tables/seen/{json.loads(job.params)['file']}")
    work(house)
    assert "没有导入任何一行" in admin.get(f"/admin/tables/seen/{json.loads(job.params)['file']}").text
    assert rows(house, Unit, Unit.code == "YT-8") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "这个文件是空的"),
        (b"%PDF-1.7", "不是表格文件"),
        ("名称,备注\n".encode(), "缺少列"),
        ("信用代码,名称\n".encode(), "没有数据"),
        (b"PK\x03\x04", "打不开"),
    ],
)
def test_a_wrong_file_is_told_at_its_field(house: House, admin: FlaskClient, data: bytes, said: str) -> None:
    answer = send(admin, "enterprises", data)
    assert answer.status_code == 422 and said in answer.text and 'href="#table-file"' in answer.text


def test_no_file_and_unknown_tables_get_a_sentence(house: House, admin: FlaskClient) -> None:
    assert admin.post("/admin/tables/units", data={}).status_code == 422
    for path in ("case-records", "no-such", "units/export.exe", "seen/1", "no/export.csv"):
        assert admin.get(f"/admin/tables/{path}").status_code == 404, path


@pytest.mark.parametrize("form", ["csv", "utf-8", "gb18030", "xlsx"])
def test_what_a_page_exports_can_be_sent_back_and_changes_nothing(house: House, admin: FlaskClient, form: str) -> None:
    for kind in ("officers", "items", "regions"):
        exported = admin.get(f"/admin/tables/{kind}/export.{form}").data
        assert send(admin, kind, exported).status_code == 303
        template = admin.get(f"/admin/tables/{kind}/template.{form}").data
        assert send(admin, kind, template).status_code == 303
    work(house)
    results = [json.loads(j.result) for j in rows(house, Job) if j.result]
    checks = [r for r in results if r["rows"] > 1]
    assert len(checks) == 3 and all(r["added"] == r["changed"] == r["bad"] == 0 for r in checks), checks


@pytest.mark.parametrize(
    "path",
    [
        "/units/new",
        "/officers/new",
        "/items/new",
        "/enterprises/new",
        "/accounts/new",
        "/calendar",
        "/settings/hotline",
    ],
)
def test_hostile_forms_get_sentences(house: House, admin: FlaskClient, path: str) -> None:
    names = ("code", "name", "unit", "role", "region", "level", "parent", "phone", "since", "valid_from", "valid_until",
             "certificate_no", "basis", "yearly_cap", "uscc", "address", "industry", "risk", "credit", "username", "day",
             "working", "value", "source")  # fmt: skip
    for value in ("", "x" * 5000, "\u202e<script>", "9999-99-99", "0001-01-01", "１２", "a\nb", "%(x)s"):
        answer = admin.post(f"/admin{path}", data=dict.fromkeys(names, value))
        assert answer.status_code in (303, 422), (path, value, answer.status_code)
        assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_each_table_on_the_page_has_its_name() -> None:
    assert [kind.name for kind in KINDS.values() if kind.on_page and kind.name not in TABLES] == []
