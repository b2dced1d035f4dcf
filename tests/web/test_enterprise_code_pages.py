"""企业码 on the pages: what a passer-by reads, where an officer lands, the sheet to print, making them all."""

from app.domain.applications import EnterpriseRef
from app.services import jobs
from app.services.job_handlers import HANDLERS
from app.services.visiting import enterprise_codes
from tests.house import House, uscc
from tests.services.test_arrivals import permanent
from tests.services.test_joint import stored


def test_a_passer_by_reads_no_visit(house: House) -> None:
    approved = house.approved()
    page = house.client().get(f"/e/{permanent(house, approved)}")
    assert page.status_code == 200 and "云汀示例一食品有限公司" in page.text
    for said in (approved.number, "赵一", "YJ-01", "应急管理局", uscc(1)):
        assert said not in page.text


def test_a_replaced_and_an_unknown_code_say_so(house: House) -> None:
    approved = house.approved()
    old = permanent(house, approved)
    house.perform(enterprise_codes.replace, house.people["supervisor"], approved.enterprise_id, "污损")
    page = house.client().get(f"/e/{old.lower()}")
    assert "已更换" in page.text and "云汀示例一食品有限公司" not in page.text
    assert house.client().get("/e/nonsense").status_code == 404


def test_an_officer_who_opens_it_with_the_phones_camera_confirms_the_arrival(house: House) -> None:
    approved = house.approved()
    code = permanent(house, approved)
    officer = house.signed_in("inspector")
    opened = officer.get(f"/e/{code}", follow_redirects=True)
    assert opened.request.path == f"/inspect/e/{code}" and "是这家，登记到场" in opened.text
    data = {"inspection": approved.id, "text": code, "how": "link"}
    assert officer.post("/inspect/scan/arrive", data=data).location == f"/inspect/{approved.id}/code"
    assert stored(house, approved.id).officer_scanned_at
    again = officer.get(f"/inspect/e/{code}").text
    assert "执法人员已到场" in again and "登记到场</button>" not in again


def test_a_signed_out_officer_is_asked_who_it_is_and_a_supervisor_reads_the_enterprise(house: House) -> None:
    approved = house.approved()
    code = permanent(house, approved)
    officer = house.signed_in("inspector")
    officer.post("/logout")
    assert officer.get(f"/e/{code}", follow_redirects=True).request.path == "/login"
    supervisor = house.signed_in("supervisor")
    assert supervisor.get(f"/e/{code}", follow_redirects=True).request.path.startswith("/supervise/enterprises/")
    assert house.signed_in("admin").get(f"/e/{code}", follow_redirects=True).request.path == "/admin/enterprise-codes"


def test_the_wrong_door_is_told_plainly_and_offers_to_apply(house: House) -> None:
    house.approved()
    other = house.applied(enterprise=EnterpriseRef(uscc(2), "云汀示例二店"))
    officer = house.signed_in("inspector")
    page = officer.post("/inspect/scan", data={"text": permanent(house, other), "how": "camera"}).text
    assert "不是这一家" in page and "云汀示例一食品有限公司" in page
    assert uscc(2) in officer.get(f"/inspect/apply?enterprise={other.enterprise_id}").text
    nobody = house.signed_in("inspector2").post("/inspect/scan", data={"text": uscc(2)}).text
    assert "没有已批准的检查" in nobody


def test_what_cannot_be_read_is_told_and_kept(house: House) -> None:
    officer = house.signed_in("inspector")
    answer = officer.post("/inspect/scan", data={"text": "http://www.gsxt.gov.cn/x?token=1"})
    assert answer.status_code == 422 and "token=1" in answer.text and "没有找到企业码" in answer.text


def test_the_sheet_is_made_on_request_and_replaced_by_the_supervisor(house: House) -> None:
    enterprise = house.approved().enterprise_id
    inspector, supervisor = house.signed_in("inspector"), house.signed_in("supervisor")
    path = f"/inspect/enterprises/{enterprise}/code"
    assert "还没有企业码" in inspector.get(path).text
    assert inspector.post(path).status_code == 303
    sheet = inspector.get(path).text
    assert "<svg" in sheet and "更换" not in sheet.split("</article>")[1]
    path = f"/supervise/enterprises/{enterprise}/code"
    assert supervisor.post(path, data={"go": "replace", "reason": ""}).status_code == 422
    assert supervisor.post(path, data={"go": "replace", "reason": "污损"}).status_code == 303
    assert supervisor.get(path).text != sheet
    assert inspector.get("/inspect/enterprises/none/code").status_code == 404


def test_the_administrator_has_the_missing_ones_made_in_the_background(house: House) -> None:
    house.approved()
    admin = house.signed_in("admin")
    job = admin.post("/admin/enterprise-codes").location
    assert jobs.run_waiting(house.perform, HANDLERS) == 1
    assert "新生成 1 个企业码" in admin.get(job).text
    assert "1 家企业中，1 家有企业码" in admin.get("/admin/enterprise-codes").text
    enterprise = admin.get("/admin/enterprise-codes?q=示例一").text
    assert "云汀示例一食品有限公司" in enterprise
    exported = house.app.test_cli_runner().invoke(args=["export", "enterprise-codes", "--make"])
    assert exported.exit_code == 0 and "http://localhost/e/" in exported.output
