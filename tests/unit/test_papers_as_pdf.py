"""Every paper as a PDF: its text can be read out, its fonts are inside, its code can be scanned, nothing breaks its layout."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL.Image import Image

from app.domain.codes.draw import code_matrix, svg
from app.domain.papers import after, document, sheets, words
from app.domain.papers import visit as v
from app.domain.papers.kinds import KINDS
from app.typesetting import engine
from app.typesetting.engine import Rendering
from app.web import words as screen

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CTI = "ab" * 16
URL = "https://jcm.example/q/" + "1234567890" * 48
NUMBER = "云应急检通〔2026〕12号"
TYPED = {
    "present": "张三（店长）",
    "findings": "消防通道堆放杂物。",
    "statement": "我单位将立即整改。",
    "opinion": "请及时改正。",
    "problems": "灭火器过期",
    "basis": "《安全生产法》第三十六条",
    "requirement": "更换灭火器",
    "deadline": "2026-03-20",
}
LONG = "云汀区" + "非常长的企业名称" * 20 + "有限公司"


def visit(items: int = 2, officers: int = 2, **changes: Any) -> v.Visit:
    plain: dict[str, Any] = {
        "number": "YT-YJJ-2026-000123",
        "enterprise": "云汀示例一食品有限公司",
        "uscc": "91990101T0000001XX",
        "address": "云汀区白鹭镇一号路1号",
        "units": ("云汀区应急管理局",),
        "items": tuple(
            v.ItemOnPaper(f"第{n}项检查", "《安全生产法》第六十五条", "problem_found", "两具灭火器过期")
            for n in range(1, items + 1)
        ),
        "officers": tuple(
            v.OfficerOnPaper(f"赵{n}", f"990100{n:02d}", "云汀区应急管理局") for n in range(1, officers + 1)
        ),
        "window": (START, START + timedelta(hours=2)),
        "source": v.source_of("triggered", None, "complaint", "XS-1"),
        "reason": "市民来电反映",
        "place": "经营场所（白鹭镇一号路1号）",
        "way": "现场检查",
        "frequency": "本年度第1次计划检查，公布的年度上限为2次",
        "decision": v.Decision(
            "赵一", START - timedelta(days=1), "钱局长", START, "涉及安全生产", ("同一企业近期已有检查",)
        ),
        "code": v.CodeOnPaper(CTI, "7K2M9-PQ4TX1", "https://jcm.example"),
        "ended_at": START + timedelta(hours=1),
        "settings": {"duty_phone": "99-55550101", "hotline": "12345"},
    }
    return v.Visit(**(plain | changes))


def papers(said: v.Visit) -> dict[str, dict[str, Any]]:
    notice = v.notice(said)
    made = {
        "approval_sheet": v.approval_sheet(said),
        "notice": notice,
        "record": after.record(said, TYPED),
        "result": after.result(said, TYPED),
        "correction": after.correction(said, TYPED),
        "receipt": after.receipt(notice, said.who, None, ""),
    }
    return {kind: document.signed(content, NUMBER, date(2026, 3, 2)) for kind, content in made.items()}


def rendered(content: dict[str, Any], **changes: Any) -> bytes:
    return engine.pdf(Rendering(content, START, {CTI: svg(code_matrix(URL))}, **changes))


def text_of(pdf: bytes) -> str:
    """The text of all pages without white space, which lines and columns put anywhere."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def pictures(pdf: bytes) -> list[Image]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.render(scale=2.5).to_pil() for page in opened]


EXPECTED = {
    "approval_sheet": (
        "行政检查审批表", "任务来源", "投诉举报", "线索编号：XS-1", "检查频次", "同意实施检查", "批准人：钱局长",
        "同一企业近期已有检查",
    ),
    "notice": (
        "行政检查通知书", "《安全生产法》第六十五条", "执法主体", "任务来源", "检查频次", "赵1（执法证号：99010001）",
        "赵2（执法证号：99010002）", "不安排协助人员（0人）", "申请回避", "陈述、申辩", "行政复议", "五个严禁",
        *words.FIVE_PROHIBITIONS, "7K2M9-PQ4TX1", "99-55550101", "盖章处",
    ),
    "record": (
        "现场检查笔录", "第1项检查", "发现问题", "两具灭火器过期", "张三（店长）", "我单位将立即整改。", "（签名）",
        "2026年3月2日9时00分至10时00分",
    ),
    "result": ("检查结果告知书", "第2项检查", "处理意见", "请及时改正。", "陈述、申辩"),
    "correction": (
        "责令改正通知书", "灭火器过期", "《安全生产法》第三十六条", "更换灭火器", "2026年3月20日前", "行政复议",
        "行政诉讼",
    ),
    "receipt": ("送达回证", "《行政检查通知书》", "送达方式", "收件人", "拒签事由", "见证人"),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_paper_says_what_it_must_in_text_that_can_be_read_out(kind: str) -> None:
    said = text_of(rendered(papers(visit())[kind]))
    missing = [words for words in (*EXPECTED[kind], NUMBER, "YT-YJJ-2026-000123") if words not in said]
    assert missing == []


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_paper_is_an_archive_pdf_with_its_fonts_inside(kind: str) -> None:
    pdf = rendered(papers(visit())[kind])
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert b"pdfaid:part>2<" in pdf or b'pdfaid:part="2"' in pdf
    fonts = [f.get_object() for page in reader.pages for f in page["/Resources"]["/Font"].values()]
    assert {f["/BaseFont"].partition("+")[2].partition("-")[0] for f in fonts} <= {"NotoSerifSC", "NotoSerifCJKsc"}
    for font in fonts:
        assert "/FontFile2" in (d := font["/DescendantFonts"][0]["/FontDescriptor"]) or "/FontFile3" in d
    assert reader.metadata is not None and reader.metadata.title == papers(visit())[kind]["title"]


def test_the_same_paper_is_the_same_bytes() -> None:
    content = papers(visit())["notice"]
    assert rendered(content) == rendered(content)


def test_the_printed_code_can_be_scanned() -> None:
    found = [
        code.text for page in pictures(rendered(papers(visit())["notice"])) for code in zxingcpp.read_barcodes(page)
    ]
    assert found == [URL]


def test_pages_are_numbered_and_a_draft_says_so_on_each() -> None:
    content = papers(visit(items=40))["notice"]
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(rendered(content, draft=True))).pages]
    assert len(pages) > 1
    for n, page in enumerate(pages, 1):
        assert f"—{n}/{len(pages)}—" in re.sub(r"\s", "", page)
        assert "草稿" in page
    assert "草稿" not in text_of(rendered(content))


@pytest.mark.parametrize("kind", EXPECTED)
def test_forty_items_ten_officers_and_long_names_stay_inside_the_margins(kind: str) -> None:
    long = visit(
        40,
        10,
        enterprise=LONG,
        address="白鹭镇" * 100,
        units=("云汀区应急管理局", "云汀区市场监督管理局"),
        number="X" * 64,
    )
    content = papers(long)[kind]
    pdf = rendered(content)
    said = text_of(pdf)
    assert LONG in said or kind in ("receipt",)
    for page in pictures(pdf):
        grey = page.convert("L")
        millimetre = grey.width / 210
        for left, right in ((0, 26), (186, 210)):  # nothing is printed outside the text block
            strip = grey.crop((int(left * millimetre), 0, int(right * millimetre), grey.height))
            assert strip.getextrema() == (255, 255), kind


def test_who_came_along_and_each_check_point_stand_in_the_record() -> None:
    item = v.ItemOnPaper(
        "消防检查", "《消防法》", "problem_found", "过期", points=(("灭火器在有效期内", "problem_found", "两具"),)
    )
    said = visit(items=0, companions=("随行专家　某研究所　刘工",), headcount=3, assisting=1)
    said = replace(said, items=(item,))
    record = text_of(rendered(papers(said)["record"]))
    for words_ in ("1.1灭火器在有效期内发现问题两具", "随行专家　某研究所　刘工".replace("　", ""), "3人"):
        assert words_ in record
    assert "1人，只协助、不单独检查" in text_of(rendered(papers(said)["notice"]))


def test_text_is_never_markup() -> None:
    nasty = '#panic("x") *bold* $x^2$ <label> @ref \\ #read("/etc/passwd") // -- ```'
    content = papers(visit(enterprise=nasty, reason=nasty))["approval_sheet"]
    assert re.sub(r"\s", "", nasty) in text_of(rendered(content))


def test_a_character_that_no_font_has_still_gives_a_paper() -> None:
    pdf = rendered(papers(visit(enterprise="𰻞𰻞面馆🙂"))["notice"])
    assert "面馆" in text_of(pdf)


def test_a_signature_and_a_refusal_stand_on_the_recipients_line() -> None:
    content = papers(visit())["record"]
    refused = {document.RECIPIENT: {"words": "拒签（要等老板）　见证人：李四", "when": "2026年3月2日"}}
    assert "拒签（要等老板）" in text_of(rendered(content, filled=refused))


def test_charts_are_drawn_with_their_words() -> None:
    chart = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><rect width="120" height="20" fill="#0b4ea2"/>'
        '<text x="130" y="15" font-size="12">白鹭镇 12</text></svg>'
    )
    heading = document.Heading("检查情况月报", "云汀区司法局")
    table = document.table(["街镇", "检查次数"], [["白鹭镇", "12"]], [3, 1], right=[1])
    content = document.document(
        heading, [document.picture(chart, "各街镇检查次数"), table], document.Closing("云汀区司法局")
    )
    assert "白鹭镇12" in text_of(rendered(content))


def test_papers_say_the_same_words_as_the_screen() -> None:
    for ours, theirs in (
        (words.CAUSES, screen.CAUSES),
        (words.PLACES, screen.PLACES),
        (words.WAYS, screen.WAYS),
        (words.OUTCOMES, screen.OUTCOMES),
        (words.EXCEPTIONS, screen.EXCEPTIONS),
        (words.COMPANIONS, screen.COMPANIONS),
    ):
        assert ours == {key: theirs[key]._args[0] for key in theirs}  # the sources of lazy words
    assert {name for kind in KINDS.values() for name in (f.name for f in kind.fields)} == set(screen.PAPER_FIELDS)


def posted(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "district": "云汀区",
        "scan": "https://jcm.example/scan/",
        "home": "https://jcm.example",
        "fingerprint": "ABCD EFGH JKMN PQRS ABCD EFGH JKMN PQRS",
        "duty_phone": "99-55550101",
        "hotline": "12345",
    }
    return sheets.posted_notice(sheets.Posted(**(plain | changes)), "2026-03-02 09:00")


def test_the_sheets_to_hang_up_are_one_page_with_a_code_that_can_be_scanned() -> None:
    crowded = posted(
        refusal=("没有检查码的检查，" * 10, "某某办法第十条"), issuers=("市统一综合执法系统签发的码：city.example",)
    )
    name = "云汀示例" * 20 + "有限公司"
    hung = sheets.enterprise_sheet(name, "ABCD-EFGH-JKM", "https://jcm.example/e/ABCDEFGHJKM", "12345", "2026年3月2日")
    for content, expected in (
        (posted(), "ABCDEFGHJKMNPQRS"),
        (posted(fingerprint=None, duty_phone=None, district=""), "根证书还没有公布"),
        (crowded, "某某办法第十条"),
        (hung, name),
    ):
        pdf = engine.pdf(Rendering(content, START, {sheets.QR: svg(code_matrix("https://jcm.example/scan/"))}))
        pages = pictures(pdf)
        assert len(pages) == 1
        assert expected in text_of(pdf)
        assert [code.text for code in zxingcpp.read_barcodes(pages[0])] == ["https://jcm.example/scan/"]


def test_no_sign_in_a_name_turns_around_what_stands_after_it() -> None:
    plain, turned = (papers(visit(enterprise=name))["notice"] for name in ("甲公司", "\u202e甲\u2067公司"))
    assert rendered(turned) == rendered(plain)
