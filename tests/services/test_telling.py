"""Weekly, monthly and yearly reports: the numbers of the pages, as PDF and workbook, kept, and made by themselves."""

import io
import re
from datetime import date
from html import unescape
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.cli.telling import report_make
from app.cli.worker import HANDLERS
from app.domain import telling
from app.domain.applications import EnterpriseRef
from app.domain.errors import Invalid
from app.services import day_figures, jobs
from app.services.transparency import log, log_audit
from app.store import day_figures as figures_by_day
from app.store import distinct
from app.store.models import FactRow, FileRow
from app.telling import making, writing
from app.telling.gathering import gather
from app.web.words import FIGURES
from tests.house import House, uscc
from tests.web.test_seeing import busy

MARCH = "from=2026-03-01&to=2026-03-31"


def made(house: House, form: str, kind: str = "monthly", period: str = "2026-03") -> bytes:
    wanted = telling.asked(kind, period, form, date(2026, 12, 1))
    installation = house.installation
    who = house.people["supervisor"]
    return making.make(installation.perform, installation.reading, who, str(who.region), wanted, house.clock.now)


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def page_columns(page: str) -> dict[str, list[str]]:
    """The rows of the page's table of periods: word → what stands in each column, without markup."""
    table = re.search(r'<table class="list periods">(.*?)</table>', page, re.S)
    assert table
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table[1], re.S)
    plain = {word: re.findall(r"<td>(.*?)</td>", cells, re.S) for word, cells in rows}
    return {
        word: [" ".join(unescape(re.sub(r"<[^>]+>", " ", c)).split()) for c in cells] for word, cells in plain.items()
    }


def test_a_report_says_the_numbers_of_the_page_one_by_one(house: House) -> None:
    busy(house)
    page = page_columns(house.signed_in("supervisor").get(f"/supervise/figures?{MARCH}").text)
    book = sheets(made(house, "xlsx"))
    report = {row[0]: row[1:] for row in book["主要数字"][1:] if row[0]}
    compared = 0
    for word, columns in page.items():
        for n, shown in enumerate(columns):
            cells = report[word][5 * n : 5 * n + 5]
            if "/" in shown:
                share, counts = shown.split()[0], re.findall(r"(\d+)/\s*(\d+)", shown)[0]
                assert (telling.percent(cells[0]), int(cells[1]), int(cells[2])) == (share, *map(int, counts)), word
            elif re.fullmatch(r"[\d,]+", shown):
                assert int(cells[0]) == int(shown.replace(",", "")), word
            elif re.fullmatch(r"[\d.]+", shown):
                assert f"{cells[0]:.1f}" == shown, word
            else:
                assert cells[0] in (shown, "不足 10 家企业，不显示"), word
            compared += 1
    assert compared == 3 * len(page) == 45
    assert sum(row[1] for row in book["各单位"][1:] if isinstance(row[1], float)) == report["检查次数"][0] == 6
    assert sum(row[1] + row[2] for row in book["每天的检查次数"][1:32]) == 6
    assert sum(row[1] for row in book["预警来源"][1:] if isinstance(row[1], float)) == report["预警"][0] > 0


def test_the_words_of_a_report_are_those_of_the_pages() -> None:
    assert {n: FIGURES[n]._args[0] for n in writing.WORDS} == writing.WORDS


def test_the_pdf_can_be_read_and_says_the_same(house: House) -> None:
    busy(house)
    reader = pypdf.PdfReader(io.BytesIO(made(house, "pdf")))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert "涉企行政检查监督月报" in text and "2026年3月" in text
    assert re.search("共登记涉企检查6次，[^。]*上月[^。]*；涉及企业4家。", text), "what grew stands beside its number"
    assert "2026年3月（截至3月" in text and "本期未完" in text, "a month that runs is compared with a whole one"
    assert "上月为0" in text and "增加" not in text, "nothing grew where nothing was registered"
    assert "不发被监督单位" in text
    row = {r[0]: r for r in sheets(made(house, "xlsx"))["主要数字"]}["扫码率"]
    assert f"{telling.percent(row[1])}（{int(row[2])}/{int(row[3])}；" in text


def test_no_report_says_how_a_unit_was_rated_outside_of_closed_quarters(house: House) -> None:
    busy(house)
    book = sheets(made(house, "xlsx"))
    assert not any("评价" in word for word in book["各单位"][0])
    assert "企业评价（已结季度）" not in book
    who = house.people["supervisor"]
    wanted = telling.asked("weekly", "2026-W10", "pdf", date(2026, 12, 1))
    with house.installation.reading() as session:
        found = gather(session, str(who.region), who.regions, wanted)
    assert found.ratings == () and found.columns[0][1].rate("rated") is None


@pytest.mark.parametrize(
    ("kind", "period", "field"),
    [
        ("weekly", "2026-03", "period"), ("monthly", "2026-13", "period"), ("yearly", "2026-Q1", "period"),
        ("weekly", "2026-W54", "period"), ("monthly", "2027-01", "period"), ("daily", "2026", "kind"),
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_refused_at_its_field(kind: str, period: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        telling.asked(kind, period, "pdf", date(2026, 3, 2))
    assert refused.value.problems[0][0] == field


def test_the_last_whole_period_is_the_one_that_is_over() -> None:
    assert telling.last_whole("weekly", date(2026, 1, 1)) == "2025-W52"
    assert telling.last_whole("monthly", date(2026, 3, 1)) == "2026-02"
    assert telling.last_whole("yearly", date(2026, 12, 31)) == "2025"
    assert telling.last_few("weekly", date(2026, 1, 5), 3) == ["2026-W02", "2026-W01", "2025-W52"]


def test_the_page_makes_a_report_and_who_made_it_is_a_fact(house: House) -> None:
    house.completed()
    client = house.signed_in("supervisor")
    asked = client.post("/supervise/telling", data={"period": "monthly 2026-03", "format": "xlsx"})
    assert asked.status_code == 303
    jobs.run_waiting(house.installation.perform, HANDLERS)
    assert "2026年3月" in client.get(asked.location).text
    page = client.get("/supervise/telling").text
    links = re.findall(r'class="row-link" href="([^"]+)"', page)
    assert len(links) == 1 and "supervisor" in page
    answer = client.get(links[0])
    assert sheets(answer.data)["主要数字"] and "attachment" in answer.headers["Content-Disposition"]
    with house.installation.reading() as session:
        fact = session.scalars(select(FactRow).where(FactRow.kind == "telling.made")).one()
        assert fact.recorded_by == house.people["supervisor"].id and "2026-03" in fact.body
    assert house.signed_in("neighbour").get(links[0]).status_code == 404
    assert house.signed_in("inspector").get(links[0]).status_code == 403
    for bad in ({"period": "monthly 2099-01", "format": "pdf"}, {"period": "nonsense", "format": "pdf"}, {}):
        assert client.post("/supervise/telling", data=bad).status_code == 422


def test_a_report_is_of_one_moment_and_says_where_the_latest_changes_are_missing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.completed()
    house.perform(day_figures.refresh)
    marks = figures_by_day.marks

    def changed_meanwhile(*asked: Any) -> Any:
        monkeypatch.setattr(figures_by_day, "marks", marks)
        house.completed(enterprise=EnterpriseRef(uscc(7), "云汀示例七店"))
        house.perform(day_figures.refresh)
        return marks(*asked)

    monkeypatch.setattr(figures_by_day, "marks", changed_meanwhile)
    monkeypatch.setattr(distinct, "KEPT", distinct._Kept())  # nothing was joined by an earlier test
    client = house.signed_in("supervisor")
    client.post("/supervise/telling", data={"period": "monthly 2026-03", "format": "xlsx"})
    jobs.run_waiting(house.installation.perform, HANDLERS)
    page = client.get("/supervise/telling").text
    book = sheets(client.get(re.findall(r'class="row-link" href="([^"]+)"', page)[0]).data)
    assert {row[0]: row[1] for row in book["主要数字"][1:]}["检查次数"] == 1, "as it was when it was begun"
    house.completed(enterprise=EnterpriseRef(uscc(8), "云汀示例八店"))
    monkeypatch.setattr(figures_by_day, "MOST_COUNTED", 0)
    told = str(sheets(made(house, "xlsx")))
    assert "最新的变化还没有计入" in told and "最新的变化还没有计入" not in str(book)


def test_a_report_that_was_exchanged_is_told_by_log_verify(house: House) -> None:
    house.completed()
    made(house, "xlsx")
    log.advance(house.perform)
    with house.installation.database.write() as session:
        row = session.scalars(select(FileRow).where(FileRow.subject_kind == "telling")).one()
        row.sha256 = b"\0" * 32
    with house.installation.reading() as session:
        assert {d.table for d in log_audit.audit(session)} == {"files"}


def test_the_worker_makes_each_report_once_when_its_period_is_over(house: House) -> None:
    installation = house.installation

    def round_() -> int:
        return making.on_schedule(
            installation.perform, installation.reading, installation.config.jurisdiction, house.clock.now
        )

    assert round_() == 0, "nothing was visited yet"
    house.completed()
    assert round_() == 0, "the week is not over"
    house.clock.move(days=7)
    assert (round_(), round_()) == (2, 0), "the week as PDF and workbook, once"
    with installation.reading() as session:
        bodies = session.scalars(select(FactRow.body).where(FactRow.kind == "telling.made")).all()
    assert all('"period":"2026-W10"' in body for body in bodies)


def test_the_command_makes_a_report(house: House, tmp_path: Any) -> None:
    house.completed()
    out = tmp_path / "report.pdf"
    runner = house.app.test_cli_runner()
    done = runner.invoke(report_make, ["--kind", "monthly", "--period", "2026-03", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes()[:5] == b"%PDF-"
    wrong = runner.invoke(report_make, ["--kind", "monthly", "--period", "2026-3"])
    assert wrong.exit_code == 1 and "2026-10" in wrong.output
