"""Visits registered elsewhere, brought in by an administrator on the page of tables."""

from app.services import registers
from app.store.models import FactRow, InspectionRow
from tests.house import House
from tests.web.test_admin import post, rows, send, untouched_past_the_platform, work


def test_visits_registered_elsewhere_come_in_on_the_page_with_who_brought_them(house: House) -> None:
    house.perform(registers.adopt)
    admin = house.signed_in("admin")
    template = admin.get("/admin/tables/inspections/template.utf-8").data.decode()
    good = template.splitlines()[1]
    bad = good.replace("QT-2026-0001", "QT-2026-0002").replace("YJ-01", "YJ-77")
    foreign = good.replace("QT-2026-0001", "QT-2026-0003").replace("YT-YJJ", "BU-01")
    job = send(admin, "inspections", "\n".join((template.strip(), bad, foreign)).encode()).location
    work(house)
    seen = admin.get(job).text.split('class="button main" href="')[1].split('"')[0]
    page = admin.get(seen).text
    assert "YJ-77" in page and "BU-01" in page and "确认导入" in page and rows(house, InspectionRow) == []
    post(admin, seen, skip_bad="1")
    work(house)
    (visit,) = rows(house, InspectionRow)
    (fact,) = rows(house, FactRow, FactRow.kind == "inspection.imported")
    assert (visit.number, visit.state, visit.imported) == ("QT-2026-0001", "completed", True)
    assert fact.recorded_by == house.people["admin"].id
    assert untouched_past_the_platform(house)
    listed = admin.get("/admin/tables").text
    assert "/admin/tables/inspections" in listed and "inspections/export" not in listed  # it leaves by other doors
