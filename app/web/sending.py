"""Tables on their way out of a page: streamed as CSV or JSON lines, a workbook from disk; harmless in a spreadsheet."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

from app.context import installation
from app.services.supervising.exporting import BOM, csv_text, json_lines, write_xlsx

CSV, XLSX, JSONL = FORMS = ("csv", "xlsx", "jsonl")
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSONL: "application/x-ndjson",
}
PIECE = 64 * 1024


def download(pieces: Iterable[bytes], name: str, content_type: str) -> Response:
    """A file under `name`, piece by piece."""
    response = Response(pieces, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str, name: str) -> Response:
    """Rows as CSV (UTF-8 with BOM, formulas made harmless), XLSX or JSON lines. A generator is read while it is sent."""
    if form == XLSX:
        return workbook(columns, rows, name)
    pieces = json_lines(columns, rows) if form == JSONL else csv_text(columns, rows, harmless=True)
    return download(stream_with_context(_encoded(pieces, form)), f"{name}.{form}", TYPES[form])


def _encoded(pieces: Iterable[str], form: str) -> Iterator[bytes]:
    if form == CSV:
        yield BOM.encode()
    for piece in pieces:
        yield piece.encode()


def workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A workbook is written to disk and sent from there: it cannot be streamed before it is complete."""
    folder = installation().config.instance
    handle, path = tempfile.mkstemp(suffix=".xlsx", dir=folder if os.access(folder, os.W_OK) else None)
    os.close(handle)
    try:
        write_xlsx(columns, rows, path)
        file = open(path, "rb")  # noqa: SIM115 closed by pieces()
    finally:
        os.unlink(path)  # the open file stays readable until it is closed

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(PIECE):
                yield piece

    return download(pieces(), f"{name}.xlsx", TYPES[XLSX])
