"""Reading a table from an office: CSV (UTF-8 with or without BOM, GB18030, Excel's Unicode text) or XLSX.

What a file is, its bytes tell, not its name. The header may stand below a title; its names may be Chinese or English.
Row numbers are those of the file. Everything that cannot be read raises Invalid("table_…", "file") with one sentence.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.domain.errors import Invalid
from app.services.imports.rows import Row
from app.services.imports.workbook import MOST_COLUMNS, MOST_ROWS, read_workbook

LARGEST = 40_000_000  # bytes of a file
LONGEST_FIELD = 100_000
HEADER_WITHIN = 30  # rows
# ASVS 1.2.10; an East Asian Excel takes the wide signs, too
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
NO_TABLES = (  # first bytes, what it is
    (b"\xd0\xcf\x11\xe0", "table_old_excel"), (b"%PDF", "table_no_table"), (b"\xff\xd8\xff", "table_no_table"),
    (b"\x89PNG", "table_no_table"), (b"GIF8", "table_no_table"), (b"Rar!", "table_no_table"), (b"MZ", "table_no_table"),
    (b"\x1f\x8b", "table_no_table"), (b"7z\xbc", "table_no_table"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind of table: its English name, the Chinese one and others that mean it; an example for templates."""

    name: str
    title: str
    others: tuple[str, ...] = ()
    needed: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the header, and what the reader should know: columns that nothing reads, formulas, other sheets."""

    rows: list[Row]
    unused: tuple[str, ...] = ()
    has_formulas: bool = False
    other_sheets: tuple[str, ...] = ()


Line = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Lines:
    """The cells of a file, row by row with their numbers, before anybody knows which row is the header."""

    lines: Sequence[Line] | Iterator[Line]
    has_formulas: bool = False
    other_sheets: tuple[str, ...] = ()


def read_table(data: bytes, columns: Sequence[Column]) -> Table:
    """All rows of a file under the English names of `columns`. Raises Invalid."""
    found = read_lines(data)
    return _table(found.lines, columns, found.has_formulas, found.other_sheets)


def read_lines(data: bytes) -> Lines:
    """All cells of a file. Raises Invalid("table_…", "file")."""
    if not data.strip():
        raise Invalid("file_empty", "file")
    if len(data) > LARGEST:
        raise Invalid("table_too_large", "file", most=LARGEST // 1_000_000)
    for beginning, problem in NO_TABLES:
        if data.startswith(beginning):
            raise Invalid(problem, "file")
    if data.startswith(b"PK\x03\x04"):
        sheet = read_workbook(data)
        return Lines(sorted(sheet.rows.items()), sheet.has_formulas, sheet.other_sheets)
    return Lines(_csv(data))


def _table(
    lines: Sequence[Line] | Iterator[Line],
    columns: Sequence[Column],
    has_formulas: bool,
    other_sheets: tuple[str, ...],
) -> Table:
    left = iter(lines)
    names, unused = _header(left, columns)
    rows = []
    for number, cells in left:
        fields = {name: plain(cells[at]) for at, name in names if at < len(cells)}
        if any(fields.values()):
            rows.append(Row(number, fields))
            if len(rows) > MOST_ROWS:
                raise Invalid("table_too_long", "file", most=MOST_ROWS)
    return Table(rows, unused, has_formulas, other_sheets)


def _header(lines: Iterator[Line], columns: Sequence[Column]) -> tuple[list[tuple[int, str]], tuple[str, ...]]:
    """(position, name) of the known columns in the first row that names all needed ones; the names of others."""
    meanings = {_named(word): c.name for c in columns for word in (c.name, c.title, *c.others)}
    needed = {c.name: c.title for c in columns if c.needed}
    nearest: tuple[int, Sequence[str], set[str]] = (0, (), set())
    for number, cells in islice(lines, HEADER_WITHIN):
        found = [(at, meanings[key]) for at, cell in enumerate(cells) if (key := _named(cell)) in meanings]
        names = [name for _, name in found]
        if len(set(names) & needed.keys()) > len(nearest[2]) or not nearest[1]:
            nearest = (number, cells, set(names) & needed.keys())
        if needed.keys() <= set(names):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                title = next(c.title for c in columns if c.name == twice)
                raise Invalid("table_column_twice", "file", row=number, column=title)
            known = {at for at, _ in found}
            return found, tuple(c.strip() for at, c in enumerate(cells) if c.strip() and at not in known)[:20]
    missing = "、".join(f"{title}（{name}）" for name, title in needed.items() if name not in nearest[2])
    seen = "、".join(c.strip()[:20] for c in nearest[1] if c.strip())[:200]
    raise Invalid("table_header", "file", missing=missing, seen=seen or "—", row=nearest[0] or 1)


def _named(cell: str) -> str:
    """The name of a column for comparing: without spaces, stars, brackets and what stands in them."""
    text = unicodedata.normalize("NFKC", cell[:100]).strip("\ufeff")
    return re.sub(r"\([^)]*\)|[\s*:]", "", text).lower()


def plain(cell: str) -> str:
    """A cell without what exports put before a formula's sign to make it harmless."""
    text = cell.strip().strip("\ufeff\u00a0\u3000")
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text


def _csv(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise Invalid("table_cell_too_long", "file", most=LONGEST_FIELD) from None
            raise Invalid("table_csv", "file", line=reader.line_num) from None
        number += 1
        if len(cells) > MOST_COLUMNS and any(c.strip() for c in cells[MOST_COLUMNS:]):
            raise Invalid("table_too_wide", "file", most=MOST_COLUMNS)
        yield number, cells


def _delimiter(text: str) -> str:
    """Comma, unless the first lines have none but tabs or semicolons."""
    beginning = "\n".join(text.splitlines()[:HEADER_WITHIN]) if len(text) < 1_000_000 else text[:20_000]
    if "," in beginning:
        return ","
    return max("\t;", key=beginning.count) if any(c in beginning for c in "\t;") else ","


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise Invalid("table_encoding", "file", line=1) from None
    if b"\x00" in data:
        raise Invalid("table_no_table", "file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse_mixed(data, error.start)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid("table_encoding", "file", line=line) from None


def _refuse_mixed(data: bytes, first_wrong: int) -> None:
    """Read as GB18030, a line in UTF-8 becomes nonsense without any error: so lines of both kinds are told.

    Raises Invalid("table_mixed") with the first line that is UTF-8 and the first that is not.
    """
    lines = data.split(b"\n")
    wrong = data.count(b"\n", 0, first_wrong) + 1
    for number, line in enumerate(lines, start=1):
        if not line.isascii() and _is_utf8_chinese(line):
            raise Invalid("table_mixed", "file", line=number, other=wrong)


def _is_utf8_chinese(line: bytes) -> bool:
    """Whether a line is UTF-8 with at least three Chinese characters and nothing else beyond ASCII: no accident."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    beyond = [c for c in text if not c.isascii()]
    return len(beyond) >= 3 and all("\u2000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in beyond)
