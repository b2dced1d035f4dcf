"""Tables from offices: what they mean is taken, what is not clear is told, nothing is half done, twice is once."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Invalid
from app.queries.register_exports import EXPORTS
from app.services import registers
from app.services.imports import enterprises as enterprise_imports
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Outcome
from app.services.imports.running import run
from app.services.imports.tables import Table, read_table
from app.services.supervising.exporting import csv_text
from app.store.models import (
    Certificate,
    DoNotDisturb,
    Enterprise,
    EnterpriseRecord,
    FactRow,
    Item,
    ItemTerm,
    Region,
    Unit,
)
from tests.house import House, uscc

TODAY = "2026-03-02"


def table(kind: str, lines: list[list[Any]] | str, encoding: str = "utf-8") -> Table:
    if isinstance(lines, str):
        return read_table(lines.encode(encoding), KINDS[kind].columns)
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return read_table(out.getvalue().encode(encoding), KINDS[kind].columns)


def bring(house: House, kind: str, lines: list[list[Any]] | str, actor: Actor = SYSTEM, **how: bool) -> Outcome:
    return run(KINDS[kind], house.perform, table(kind, lines).rows, lambda n: None, actor, **how)[0]


def said(outcome: Outcome) -> list[tuple[int, str, str]]:
    return [(p.row, p.field, p.reason) for p in outcome.problems]


def exported(house: House, kind: str) -> str:
    with house.installation.reading() as session:
        rows = EXPORTS[kind](session, None, house.clock.now.date())
        return "".join(csv_text([c.name for c in KINDS[kind].columns], rows, harmless=True))


def facts(house: House) -> int:
    with house.installation.reading() as session:
        return len(session.scalars(select(FactRow.id)).all())


def workbook(tmp_path: Path, write: Any) -> bytes:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        write(book, book.add_worksheet())
    return path.read_bytes()


def test_every_register_taken_out_and_brought_back_changes_nothing(house: House) -> None:
    bring(house, "enterprises", [["uscc", "name", "region", "risk"], [uscc(1), "=云汀(示例)一店", "白鹭镇", "低"]])
    bring(house, "do-not-disturb", [["uscc", "valid_from", "source"], [uscc(1), TODAY, "名单"]])
    bring(house, "items", [["code", "unit", "name", "yearly_cap"], ["YJ-01", "YT-YJJ", "改名", "1"]])
    for kind in EXPORTS:
        before = facts(house)
        text = exported(house, kind)
        assert text.count("\n") > 1, kind
        outcome = bring(house, kind, text)
        assert (said(outcome), outcome.stored, facts(house)) == ([], 0, before), kind
        assert outcome.unchanged == text.count("\n") - 1


def test_a_dry_run_and_a_bad_row_store_nothing_and_the_good_ones_can_be_kept(house: House) -> None:
    lines = [["uscc", "name"], [uscc(1), "一店"], [uscc(2)[:-1] + "A", "二店"], [uscc(3), ""]]
    before = facts(house)
    for how in ({"dry_run": True}, {}):
        outcome = bring(house, "enterprises", lines, **how)
        assert said(outcome) == [(3, "uscc", "cell_uscc_check_digit"), (4, "name", "cell_empty")]
        assert facts(house) == before
    assert bring(house, "enterprises", lines, skip_bad=True).added == 1
    assert bring(house, "enterprises", lines, skip_bad=True).stored == 0
    with house.installation.reading() as session:
        assert [e.name for e in session.scalars(select(Enterprise))] == ["一店"]


def test_a_new_grade_is_a_new_record_and_what_is_left_empty_stays(house: House) -> None:
    bring(house, "enterprises", [["uscc", "name", "address", "risk"], [uscc(1), "一店", "示例路 1 号", "低"]])
    house.clock.move(days=1)
    outcome = bring(
        house, "enterprises", [["信用代码", "企业名称", "风险等级", "行业"], [uscc(1), "一店", "高", "1411"]]
    )
    assert (outcome.stored, outcome.added) == (1, 0)
    with house.installation.reading() as session:
        records = session.scalars(select(EnterpriseRecord).order_by(EnterpriseRecord.id)).all()
        assert [(r.risk, r.industry, r.address) for r in records] == [
            ("低", None, "示例路 1 号"),
            ("高", "C1411", "示例路 1 号"),
        ]


def test_the_same_enterprise_twice_is_told(house: House) -> None:
    lines = [["uscc", "name"], [uscc(1), "一店"], [uscc(1), "一店"], [uscc(1), "另一店"]]
    outcome = bring(house, "enterprises", lines)
    assert said(outcome) == [(3, "uscc", "row_repeated"), (4, "uscc", "row_contradicts")]
    assert len(outcome.errors) == 1


def test_somebody_who_enters_the_same_enterprise_meanwhile_is_not_overwritten(house: House) -> None:
    rows = table("enterprises", [["uscc", "name"], [uscc(1), "一店"]]).rows
    calls: list[Any] = []

    def perform(use_case: Any, *args: Any) -> Any:
        if use_case is enterprise_imports.publish and not calls:
            calls.append(1)
            bring(house, "enterprises", [["uscc", "name"], [uscc(1), "别处登记的名称"]])
        return house.perform(use_case, *args)

    outcome, kept = enterprise_imports.bring(perform, rows, lambda n: None, SYSTEM, lambda _: True)
    assert (kept, outcome.added, outcome.stored) == (True, 0, 1)  # compared anew: a change of name, not a second entry
    with house.installation.reading() as session:
        assert len(session.scalars(select(Enterprise)).all()) == 1


def test_an_offices_workbook_is_understood(house: House, tmp_path: Path) -> None:
    """A title above the header, merged units, days as days, as text and as numbers, full-width digits, empty columns."""

    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.merge_range("A1:F1", "云汀区行政执法人员名册（2026）")
        sheet.write_row("A2", ["序号", "执法证号*", "姓 名", "单位（必填）", "有效期起", "有效期至", "", "备注"])
        sheet.merge_range("D3:D5", "云汀区应急管理局")
        sheet.write_row("A3", [1, 99018881, "新一"])
        sheet.write_number("E3", 46023, day)
        sheet.write("F3", "2029年12月31日")
        sheet.write_row("A4", [2, "９９０１８８８２", "新二"])
        sheet.write_row("E4", [46023, "长期"])
        sheet.write_row("A5", [3, "99018883", "新三"])
        sheet.write_row("E5", ["2026.1.1", "20291231"])
        sheet.write_blank("Z5", None, day)

    got = read_table(workbook(tmp_path, write), KINDS["officers"].columns)
    assert got.unused == ("序号", "备注")
    outcome, kept = run(KINDS["officers"], house.perform, got.rows, lambda n: None, SYSTEM)
    assert (said(outcome), kept, outcome.added) == ([], True, 3)
    with house.installation.reading() as session:
        query = (
            select(Certificate).where(Certificate.certificate_no.like("9901888%")).order_by(Certificate.certificate_no)
        )
        assert [(c.certificate_no, str(c.valid_from), str(c.valid_until)) for c in session.scalars(query)] == [
            ("99018881", "2026-01-01", "2029-12-31"),
            ("99018882", "2026-01-01", "None"),
            ("99018883", "2026-01-01", "2029-12-31"),
        ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_the_encodings_of_offices(encoding: str) -> None:
    got = table("enterprises", f"信用代码\t名称\n{uscc(1)}\t云汀示例一店\n", encoding)
    assert [r.fields["name"] for r in got.rows] == ["云汀示例一店"]


def code_of(data: bytes, kind: str = "enterprises") -> str:
    with pytest.raises(Invalid) as refused:
        read_table(data, KINDS[kind].columns)
    assert refused.value.field == "file"
    return refused.value.code


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


WORKBOOK = {
    "xl__workbook.xml": b'<workbook xmlns:r="r"><sheets><sheet name="1" r:id="a"/></sheets></workbook>',
    "xl___rels__workbook.xml.rels": b'<Relationships><Relationship Id="a" Target="s.xml"/></Relationships>',
}


def sheet(cells: bytes) -> bytes:
    parts = {k.replace("xl___rels", "xl/_rels"): v for k, v in WORKBOOK.items()}
    return zipped(**parts, **{"xl__s.xml": b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"})


def test_files_that_are_no_tables_get_a_sentence() -> None:
    header = b"uscc,name\n"
    assert code_of(b"") == "file_empty"
    assert code_of(b"%PDF-1.7") == "table_no_table"
    assert code_of(b"\xd0\xcf\x11\xe0 old excel") == "table_old_excel"
    assert code_of(b"PK\x03\x04 nothing else") == "table_broken"
    assert code_of(zipped(word__document=b"x")) == "table_broken"
    assert code_of(b"a,b\x00c") == "table_no_table"
    assert code_of("企业,备注\n".encode()) == "table_header"
    assert code_of(b"uscc,name,uscc\n") == "table_column_twice"
    assert code_of(header + b'"1,2\n') == "table_csv"
    assert code_of(header + b"1," + b"x" * 200_000) == "table_cell_too_long"
    assert code_of(header + b"1,\xff\xfe\xff") == "table_encoding"
    assert code_of(header + "1,云汀示例一店\n".encode() + "2,云汀二店\n".encode("gb18030")) == "table_mixed"
    assert code_of(header + b"," * 300 + b"x") == "table_too_wide"


def test_workbooks_that_ask_for_too_much_get_a_sentence() -> None:
    head = b'<row r="1"><c r="A1" t="str"><v>uscc</v></c><c r="B1" t="str"><v>name</v></c></row>'
    far = b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    assert code_of(sheet(head + far)) == "table_too_wide"
    assert code_of(sheet(head + b'<c r="A2" t="str"><v>' + b"x" * 10_000_000 + b"</v></c>")) == "table_cell_too_long"
    assert code_of(sheet(head + b'<c r="A2" t="s"><v>5</v></c>')) == "table_broken"
    assert code_of(zipped(**{"xl__workbook.xml": b" " * 201_000_000})) == "table_unpacks"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
    assert code_of(zipped(**{"xl__workbook.xml": bomb})) == "table_doctype"
    rows = read_table(
        sheet(head + b'<row r="1048576"><c r="B1048576" t="str"><v>x</v></c></row>'), KINDS["enterprises"].columns
    )
    assert [r.number for r in rows.rows] == [1_048_576]


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(sheet(b" " * 5_000_000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert code_of(bytes(data)) == "table_broken"


def test_formulas_are_read_as_saved_and_their_errors_are_told(house: House, tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["uscc", "name", "address"])
        sheet.write_string("A2", uscc(1))
        sheet.write_formula("B2", '="云汀"&"一店"', None, "云汀一店")
        sheet.write_string("A3", uscc(2))
        sheet.write_formula("B3", "=VLOOKUP(1,2,3)", None, "#N/A")
        sheet.write_number("A4", 919901010000000123)
        sheet.write_string("B4", "二店")

    got = read_table(workbook(tmp_path, write), KINDS["enterprises"].columns)
    assert got.has_formulas
    outcome = run(KINDS["enterprises"], house.perform, got.rows, lambda n: None, SYSTEM)[0]
    assert said(outcome) == [(3, "name", "cell_error"), (4, "uscc", "cell_lost_digits")]


def test_what_held_before_is_never_changed_by_a_file(house: House) -> None:
    bring(house, "items", [["code", "unit", "name", "yearly_cap"], ["N-1", "YT-YJJ", "新事项", "2"]])
    terms = [["code", "unit", "name", "yearly_cap", "valid_from"]]
    past = bring(house, "items", [*terms, ["N-1", "YT-YJJ", "新事项", "9", "2000-01-01"]])
    assert said(past) == [(2, "valid_from", "row_held_before")]
    assert bring(house, "items", [*terms, ["N-1", "YT-YJJ", "新事项", "9", "2026-04-01"]]).stored == 1
    assert bring(house, "items", [*terms, ["N-1", "YT-YJJ", "新事项", "8", "2026-04-01"]]).stored == 1  # not begun yet
    over = [["certificate_no", "name", "unit", "valid_from", "valid_until"]]
    longer = bring(house, "officers", [*over, ["99010003", "孙三", "YT-YJJ", "2020-01-01", "2030-01-01"]])
    assert said(longer) == [(2, "valid_until", "row_over")]
    with house.installation.reading() as session:
        found = session.scalars(select(ItemTerm).where(ItemTerm.item == "N-1").order_by(ItemTerm.valid_from))
        assert [(t.yearly_cap, str(t.valid_from)) for t in found] == [(2, "2000-01-01"), (8, "2026-04-01")]


def test_an_administrator_brings_in_only_what_belongs_to_the_own_district(house: House) -> None:
    admin = house.people["admin"]
    units = [["code", "name", "region"], ["GB-YJJ", "改名", "990102"], ["YT-9", "新单位", "云汀区"]]
    assert said(bring(house, "units", units, admin)) == [(2, "region", "cell_not_yours")]
    items = [["code", "unit", "name"], ["GB-01", "YT-YJJ", "夺来的事项"]]
    assert said(bring(house, "items", items, admin)) == [(2, "unit", "cell_not_yours")]
    officers = [["certificate_no", "name", "unit"], ["99030001", "郑七", "YT-YJJ"]]
    assert said(bring(house, "officers", officers, admin)) == [(2, "unit", "cell_not_yours")]
    with house.installation.reading() as session:
        assert session.get_one(Unit, "GB-YJJ").name == "隔壁区应急管理局"
        assert session.scalars(select(Item).where(Item.code == "GB-01")).one().unit == "GB-YJJ"


def test_territories_begin_and_end_by_day(house: House) -> None:
    lines = [["code", "name", "region", "territories"], ["YT-T05", "白鹭镇人民政府", "白鹭镇", "云汀街道"]]
    assert bring(house, "units", lines).stored == 1
    assert bring(house, "units", lines).stored == 0
    assert "990101001\r\n" in exported(house, "units")


def test_every_stored_row_of_a_bulk_import_is_a_fact(house: House) -> None:
    lines = [["uscc", "name"], *([uscc(n), f"示例{n}店"] for n in range(1, 30))]
    before = facts(house)
    bring(house, "enterprises", lines)
    assert facts(house) == before + 2 * 29
    bring(house, "do-not-disturb", [["uscc", "valid_from"], [uscc(1), TODAY]])
    with house.installation.reading() as session:
        records = list(session.scalars(select(EnterpriseRecord)))
        assert len({r.id for r in records}) == 29
        entry = session.scalars(select(DoNotDisturb)).one()
        kind = registers.subject_kind(DoNotDisturb)
        assert session.scalars(
            select(FactRow).where(FactRow.subject_kind == kind, FactRow.subject_id == str(entry.id))
        ).one()
    house.applied()  # the next number is free for those who enter one by one


def test_the_server_brings_what_lies_above_its_district_and_beside_it(house: House) -> None:
    lines = [
        ["code", "name", "parent", "level"], ["990000", "示例省", "", "province"], ["990100", "示例市", "990000", "city"],
        ["990101", "云汀新区", "", ""], ["990103", "新邻区", "990100", "district"], ["990101009", "新镇", "", ""],
    ]  # fmt: skip
    assert not bring(house, "regions", lines).errors
    assert bring(house, "regions", lines).stored == 0
    with house.installation.reading() as session:
        found = {r.code: (r.name, r.level, r.parent) for r in session.scalars(select(Region))}
    assert found["990000"] == ("示例省", "province", None)
    assert found["990101"] == ("云汀新区", "district", "990100")
    assert found["990101009"] == ("新镇", "town", "990101")
