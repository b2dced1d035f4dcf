"""A document as PDF (by the layout `report`) or as a workbook with charts; both from the same cells."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from app.domain.figures import Rate
from app.domain.telling import Bars, Block, Cell, Document, Heat, Table, Text, as_text, is_number
from app.telling.writing import HIDDEN
from app.typesetting import engine
from app.typesetting.engine import REPORT, Rendering

LAYOUT = 1
NARROW, USUAL, WIDE = 2, 4, 5
SHARE, ONE, WHOLE = "share", "one", "whole"
OF_A_RATE = ("件数", "总数", "区间下限", "区间上限")


def as_pdf(document: Document, dated: datetime) -> bytes:
    """The PDF. The caller asks engine.can_set() first."""
    content = {
        "layout": LAYOUT,
        "form": REPORT,
        "title": document.title,
        "unit": document.unit,
        "period": document.period,
        "as_of": document.as_of,
        "foot": document.foot,
        "blocks": [_for_print(block) for block in document.blocks],
    }
    return engine.pdf(Rendering(content, dated))


def _for_print(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        columns = [[line[n] for line in block.lines] for n in range(len(block.head))]
        return {
            "block": "table",
            "heading": block.heading,
            "head": block.head,
            "lines": [[as_text(cell, HIDDEN) for cell in line] for line in block.lines],
            "right": [n for n, column in enumerate(columns) if is_number(column)],
            "shares": [_width(column) for column in columns],
            "note": block.note,
        }
    if isinstance(block, Bars):
        series = [{"word": word, "values": values} for word, values in block.series]
        return {"block": "bars", "heading": block.heading, "labels": block.labels, "series": series}
    if isinstance(block, Heat):
        return {
            "block": "heat", "heading": block.heading, "rows": block.rows, "columns": block.columns,
            "counts": block.counts,
        }  # fmt: skip
    return {"block": "text", "heading": block.heading, "paragraphs": block.paragraphs}


def _width(column: Sequence[Cell]) -> int:
    return NARROW if is_number(column) else WIDE if any(isinstance(cell, Rate) for cell in column) else USUAL


def as_xlsx(document: Document) -> bytes:
    """The workbook: the text on the first sheet, then a sheet for each table and chart. Texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        made = _Book(book)
        made.texts(document)
        for block in document.blocks:
            if isinstance(block, Table):
                made.table(block)
            elif isinstance(block, Bars):
                made.bars(block)
            elif isinstance(block, Heat):
                made.heat(block)
    return out.getvalue()


class _Book:
    """The sheets of one workbook, with the formats that they share."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.share = book.add_format({"num_format": "0.0%"})
        self.one = book.add_format({"num_format": "#,##0.0"})
        self.whole = book.add_format({"num_format": "#,##0"})

    def texts(self, document: Document) -> None:
        sheet = self.book.add_worksheet("说明")
        sheet.set_column(0, 0, 100)
        lines = [document.title, document.period, f"规则最近一次按时间核对：{document.as_of}", document.foot]
        for block in document.blocks:
            if isinstance(block, Text):
                lines += ["", block.heading, *block.paragraphs]
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line, self.head if row == 0 else self.wrapped)

    def table(self, block: Table) -> None:
        """A share stands in five columns: itself, what it is of, and its interval, so that it can be worked with."""
        sheet = self.sheet(block.heading)
        rated = [any(isinstance(line[n], Rate) for line in block.lines) for n in range(len(block.head))]
        head: list[str] = []
        for word, is_rate in zip(block.head, rated, strict=True):
            head += [word, *(f"{word}·{more}" for more in OF_A_RATE)] if is_rate else [word]
        self.headings(sheet, head)
        for row, line in enumerate(block.lines, start=1):
            column = 0
            for cell, is_rate in zip(line, rated, strict=True):
                for value, form in _spread(cell) if is_rate else [_plain(cell)]:
                    self.cell(sheet, row, column, value, form)
                    column += 1
        if block.note:
            sheet.write_string(len(block.lines) + 2, 0, block.note)

    def bars(self, block: Bars) -> None:
        sheet = self.sheet(block.heading)
        self.headings(sheet, ["", *(word for word, _ in block.series)])
        for row, label in enumerate(block.labels, start=1):
            sheet.write_string(row, 0, label)
            for column, (_, values) in enumerate(block.series, start=1):
                sheet.write_number(row, column, values[row - 1], self.whole)
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        last = len(block.labels)
        fillings: Sequence[dict[str, Any]] = (
            {"fill": {"color": "#404040"}},
            {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#404040", "bg_color": "#ffffff"}},
        )
        for column, (_, filling) in enumerate(zip(block.series, fillings, strict=False), start=1):
            place = [sheet.name, 1, 0, last, 0], [sheet.name, 1, column, last, column]
            chart.add_series(
                {"name": [sheet.name, 0, column], "categories": place[0], "values": place[1], "border": {"color": "#404040"}}
                | filling
            )  # fmt: skip
        chart.set_title({"name": block.heading})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 380})
        sheet.insert_chart(1, len(block.series) + 2, chart, {"description": block.heading})

    def heat(self, block: Heat) -> None:
        sheet = self.sheet(block.heading)
        self.headings(sheet, ["", *block.columns])
        for row, (word, counts) in enumerate(zip(block.rows, block.counts, strict=True), start=1):
            sheet.write_string(row, 0, word)
            sheet.write_row(row, 1, counts, self.whole)

    def sheet(self, heading: str) -> Any:
        """A sheet under the heading without what a sheet's name may not hold."""
        name = heading.split("、", 1)[-1].translate({ord(sign): None for sign in "[]:*?/\\'"})[:31]
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        return sheet

    def headings(self, sheet: Any, head: Iterable[str]) -> None:
        for column, word in enumerate(head):
            sheet.write_string(0, column, word, self.head)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 60, 11)

    def cell(self, sheet: Any, row: int, column: int, value: Cell, form: str) -> None:
        if isinstance(value, str):
            sheet.write_string(row, column, value)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, {SHARE: self.share, ONE: self.one, WHOLE: self.whole}[form])


def _plain(cell: Cell) -> tuple[Cell, str]:
    return (HIDDEN if cell is None else cell), ONE if isinstance(cell, float) else WHOLE


def _spread(cell: Cell) -> list[tuple[Cell, str]]:
    """A rate as the cells of five columns; what else stands in such a column keeps to the first."""
    if not isinstance(cell, Rate):
        return [_plain(cell), *[(None, WHOLE)] * len(OF_A_RATE)]
    counts: list[tuple[Cell, str]] = [(cell.found, WHOLE), (cell.of, WHOLE)]
    if cell.share is None:
        return [("—", WHOLE), *counts, (None, WHOLE), (None, WHOLE)]
    return [(cell.share, SHARE), *counts, *((end, SHARE) for end in cell.interval)]
