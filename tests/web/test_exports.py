"""Every list of the supervisor as a file: what the page shows, harmless in a spreadsheet, on record before it leaves."""

import csv
import io
import json
import re
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from app.domain.applications import EnterpriseRef
from app.services.imports.tables import plain
from app.services.speaking import speech
from app.services.supervising import exporting
from app.store.models import Enterprise, FactRow
from tests.house import House, uscc
from tests.web.test_seeing import busy, rows

MARCH = "from=2026-03-01&to=2026-03-31"


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def facts(house: House) -> list[dict[str, Any]]:
    with house.installation.reading() as session:
        query = select(FactRow).where(FactRow.kind == "export.made").order_by(FactRow.seq)
        return [json.loads(f.body) | {"by": f.recorded_by} for f in session.scalars(query)]


def test_an_export_holds_the_list_of_its_page_with_its_filters(house: House) -> None:
    busy(house)
    client = house.signed_in("supervisor")
    for page, asked in (
        ("inspections", ""), ("inspections", "?count=scanned&" + MARCH), ("inspections", "?state=cancelled"),
        ("flags", ""), ("flags", "?count=upheld&" + MARCH), ("flags", "?open=1&unit=YT-YJJ"),
    ):  # fmt: skip
        shown = client.get(f"/supervise/{page}{asked}")
        link = re.search(r'href="(/supervise/export/[^"]+\.jsonl[^"]*)"', shown.text)
        if not rows(client, f"/supervise/{page}{asked}"):
            assert not link  # an empty list is no file
            continue
        assert link, (page, asked)
        got = lines(client.get(link[1].replace("&amp;", "&")))
        assert len(got) == rows(client, f"/supervise/{page}{asked}"), (page, asked)
        assert facts(house)[-1]["rows"] == len(got)
    assert facts(house)[1] == {
        "what": "inspections",
        "form": "jsonl",
        "rows": 3,
        "filters": {"count": "scanned", "from": "2026-03-01", "to": "2026-03-31"},
        "by": house.people["supervisor"].id,
    }


def test_the_figures_of_an_export_are_those_of_the_page(house: House) -> None:
    busy(house)
    client = house.signed_in("supervisor")
    for address in (f"/supervise/figures?{MARCH}", f"/supervise/units?{MARCH}"):
        page = client.get(address).text
        what, of_unit = ("figures", "") if "figures" in address else ("units", "&amp;unit=YT-YJJ")
        on_page = re.findall(rf'count=(\w+)&amp;from=2026-03-01&amp;to=2026-03-31{of_unit}">([\d,]+)</a>', page)
        got = lines(client.get(f"/supervise/export/{what}.jsonl?{MARCH}"))
        if what == "figures":
            numbers = {r["figure"]: r["found"] for r in got if r["first"] == "2026-03-01"}
        else:
            numbers = next(r for r in got if r["unit"] == "YT-YJJ")
        assert {name: numbers[name] for name, _ in on_page} == {name: int(n) for name, n in on_page}
        assert {"visits", "triggered", "raised", "upheld", "corrected"} == {name for name, _ in on_page}


def test_a_name_that_a_spreadsheet_would_run_is_harmless(house: House) -> None:
    house.completed(enterprise=EnterpriseRef(uscc=uscc(1), name="云汀示例一食品有限公司"))
    with house.installation.database.write() as session:
        session.execute(update(Enterprise).values(name='=HYPERLINK("http://evil.example","x")'))
    client = house.signed_in("supervisor")
    text = client.get("/supervise/export/inspections.csv").get_data().decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0][0] == "检查编号" and table[1][table[0].index("企业")].startswith("'=")
    book = client.get("/supervise/export/enterprises.xlsx").data
    found = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert found[1][1].startswith("=HYPERLINK"), "a text that stays a text"
    assert b"<f>" not in book


def test_every_sign_that_begins_a_formula_stays_text_and_is_read_back_as_it_was() -> None:
    cells = [f"{sign}1+1" for sign in "=+-@＝＋－＠"] + ["\t=1", "\r=1", "\n=1", "\0=1"]
    written = list(csv.reader(io.StringIO("".join(exporting.csv_text(["cell"], [[c] for c in cells], harmless=True)))))
    assert [line[0] for line in written[1:]] == [f"'{cell}" for cell in cells]
    inside = "".join(exporting.csv_text(["cell"], [["x\r=1+1"], ["x\n=1+1"]], harmless=True))
    assert '"x\r=1+1"' in inside and '"x\n=1+1"' in inside  # no line of its own
    assert [plain(line[0]) for line in written[1:9]] == cells[:8]


def test_an_export_is_on_record_before_its_first_byte(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.completed()
    seen: list[int] = []
    from app.queries import exports as queries

    plain = queries.inspections

    def watched(*args: Any) -> Any:
        seen.append(len(facts(house)))
        return plain(*args)

    monkeypatch.setattr(queries, "inspections", watched)
    assert house.signed_in("supervisor").get("/supervise/export/inspections.csv").data
    assert seen == [1]


def test_another_district_takes_out_nothing_of_it_and_a_unit_no_list_at_all(house: House) -> None:
    busy(house)
    neighbour = house.signed_in("neighbour")
    own = lines(house.signed_in("supervisor").get("/supervise/export/flags.jsonl"))
    assert own and all("officer" in row for row in own)
    command = house.app.test_cli_runner().invoke(args=["export", "flags"]).output.splitlines()
    assert len(command) > 1 and {len(row.split(",")) for row in command} == {7} and "officer" not in command[0]
    for what in ("inspections", "flags"):
        assert lines(neighbour.get(f"/supervise/export/{what}.jsonl")) == []
        assert house.signed_in("inspector").get(f"/supervise/export/{what}.jsonl").status_code == 403
    assert neighbour.get("/supervise/export/speech.csv").status_code == 404
    assert neighbour.get("/supervise/export/flags.docx").status_code == 404


def test_no_export_tells_that_a_visit_was_rated(house: House) -> None:
    """Promise 4: taken out before and after a rating, every list is the same."""
    inspection = house.completed()
    client = house.signed_in("supervisor")
    wanted = [
        f"/supervise/export/{what}.jsonl" for what in ("inspections", "units", "enterprises", "ratings", "figures")
    ]
    before = [client.get(address).text for address in wanted]
    assert inspection.code
    house.perform(speech.rate, speech.Rating(inspection.code.short_code, 5), "a phone")
    assert [client.get(address).text for address in wanted] == before
