"""Files of plans as offices write them, made anew for each test, and short words to work with plans."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from app.domain.plans import Content, Line
from app.services.planning import plans

HEADER = (
    "序号", "检查事项", "实施依据", "检查对象（数量）\n或双随机比例", "检查内容", "检查方式", "检查频次和上限", "时间安排",
    "承办机构", "是否跨部门联合\n（牵头／配合）", "备注",
)  # fmt: skip


def office_workbook() -> bytes:
    """A yearly plan as a bureau has it: two title rows merged over all columns, a header of two merged rows, an item merged
    downwards, dates as text and as a spreadsheet's number, full-width digits, a sum and a signature below."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, plain = book.add_worksheet("计划"), book.add_format({"text_wrap": True})
    sheet.merge_range(0, 0, 0, 10, "附件1", plain)
    sheet.merge_range(1, 0, 1, 10, "云汀区应急管理局 2026年度行政检查计划", plain)
    for column, word in enumerate(HEADER):
        sheet.merge_range(2, column, 3, column, word, plain)
    rows: list[list[Any]] = [
        [1, "YJ-01", "", "危化品企业 ３２ 家", "安全生产", "现场检查", "每年不超过2次", "3-5月", "执法大队", "否", ""],
        [2, "", "", "双随机 5%", "隐患排查", "双随机", "每家1次", 46082, "执法大队", "牵头（市场监管局）", "重点"],
        [
            3,
            " 对危险化学品单位安全管理情况的检查 ",
            "《条例》第七条",
            "１２ 户",
            "",
            "现场",
            "２次／年",
            "第二季度",
            "",
            "配合",
            "",
        ],
    ]
    for at, row in enumerate(rows, start=4):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(at, column, value)
    sheet.merge_range(4, 1, 5, 1, "YJ-01", plain)
    sheet.merge_range(4, 2, 5, 2, "《安全生产法》第六十五条", plain)
    sheet.merge_range(7, 0, 7, 10, "注：时间安排可视情况调整。", plain)
    sheet.write(8, 0, "合计")
    sheet.write(8, 3, "44")
    sheet.write(9, 0, "填表人：赵一")
    book.close()
    return out.getvalue()


def collected_workbook() -> bytes:
    """What a justice bureau collects: several units in one table, units merged downwards, whether joint in two columns under
    one, shares as percent cells, items by code and name in one cell, dates of approval as real dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, plain = book.add_worksheet(), book.add_format()
    percent, day = book.add_format({"num_format": "0%"}), book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 0, 8, "云汀区2026年度涉企行政检查计划汇总表", plain)
    upper = ("检查单位", "检查事项", "双随机比例", "检查户数", "实施时间", "", "", "批准时间", "备案时间")
    for column, word in enumerate(upper):
        if word:
            sheet.merge_range(1, column, 2, column, word, plain)
    sheet.merge_range(1, 5, 1, 6, "是否跨部门联合", plain)
    sheet.write_row(2, 5, ("牵头部门", "配合部门"))
    rows: list[list[Any]] = [
        ["", "YJ-01 对生产经营单位执行安全生产法律法规和标准情况的检查", 0.05, "", "2026年3月－5月", "√", ""],
        ["", "YJ-02", "", "１２户", "二、三季度", "", "区消防救援局"],
        ["市场监督管理局", "对食品生产经营者的监督检查", 0.1, "", "6月底前", "", ""],
    ]
    for at, row in enumerate(rows, start=3):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(at, column, value, percent if column == 2 else plain)
        sheet.write_datetime(at, 7, datetime(2025, 12, 20), day)
        sheet.write_datetime(at, 8, datetime(2025, 12, 28), day)
    sheet.merge_range(3, 0, 4, 0, "云汀区应急管理局", plain)
    book.close()
    return out.getvalue()


def content(**changes: Any) -> Content:
    """A yearly plan of 2026 with two rows."""
    plain: dict[str, Any] = {
        "title": "2026 年度行政检查计划",
        "kind": "yearly",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "lines": (Line("YJ-01", objects="20 家", wanted=20), Line("YJ-02", objects="双随机 50%", share=5000)),
    }
    return Content(**(plain | changes))


def filed(house: Any, code: str = "P-1", **changes: Any) -> Any:
    """A plan drafted by the inspector, approved by the head, filed by the supervisor."""
    plan = house.perform(plans.draft, house.people["inspector"], code, content(**changes))
    house.perform(plans.submit, house.people["inspector"], plan.id)
    house.perform(plans.approve, house.people["head"], plan.id)
    return house.perform(plans.file, house.people["supervisor"], plan.id)
