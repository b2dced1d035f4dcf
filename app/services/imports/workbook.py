"""The first sheet of an XLSX workbook as rows of text, read as a stream: what a hostile or broken file asks for is bounded.

A reader of our own, because the quick ones build the whole rectangle that a file claims to have (two cells, A1 and
XFD1048576, are 16 billion) and believe the sizes that the archive declares. Python's zipfile never gives more than was
declared, expat tells every element as it comes, and a document type (what XML bombs need) is refused.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from xml.parsers import expat

from app.domain.errors import Invalid

LARGEST_UNPACKED = 200_000_000
MOST_PARTS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 256
LONGEST_CELL = 32_767  # what Excel itself allows
LONGEST_FORMAT = 255  # likewise; of a longer one, what stands in front
MOST_MERGES = 20_000
AT_ONCE = 256 * 1024
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
MOST_FILLED = 2_000_000  # cells filled from merged ones
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError,
    IndexError, ValueError, OverflowError,
)  # fmt: skip
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Sheet:
    """Rows that say something, by their number in the file; `has_formulas`: results were read, as they were saved."""

    rows: dict[int, list[str]] = field(default_factory=dict)
    has_formulas: bool = False
    other_sheets: tuple[str, ...] = ()


def read_workbook(data: bytes) -> Sheet:
    """The first sheet. Raises Invalid("table_…") with one sentence where the file cannot be read or asks for too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Reader(archive).sheet()
    except BROKEN as error:
        raise Invalid("table_broken", "file") from error


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if size > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
            raise Invalid("table_unpacks", "file", size=size // 1_000_000, most=LARGEST_UNPACKED // 1_000_000)
        self.archive = archive
        self.names = {part.filename for part in parts}

    def sheet(self) -> Sheet:
        workbook = _Workbook()
        self.parse("xl/workbook.xml", workbook.start)
        if not workbook.sheets:
            raise Invalid("table_no_sheet", "file")
        relations = _Relations()
        self.parse("xl/_rels/workbook.xml.rels", relations.start)
        (_, first), *others = workbook.sheets
        cells = _Cells(self.strings(), self.date_styles(), workbook.epoch)
        self.parse(relations.path(first), cells.start, cells.end, cells.characters)
        cells.merge()
        return Sheet(cells.rows, cells.has_formulas, tuple(name for name, _ in others))

    def strings(self) -> list[str]:
        strings = _Strings()
        if "xl/sharedStrings.xml" in self.names:
            self.parse("xl/sharedStrings.xml", strings.start, strings.end, strings.characters)
        return strings.found

    def date_styles(self) -> set[int]:
        styles = _Styles()
        if "xl/styles.xml" in self.names:
            self.parse("xl/styles.xml", styles.start, styles.end)
        return styles.dates

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        """Gives the elements of a part, without their namespace, to the handlers, piece by piece."""
        parser: Any = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda tag, attributes: start(tag.rsplit(":", 1)[-1], attributes)
        if end is not None:
            parser.EndElementHandler = lambda tag: end(tag.rsplit(":", 1)[-1])
        if characters is not None:
            parser.CharacterDataHandler = characters
        with self.archive.open(name) as part:
            while piece := part.read(AT_ONCE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: Any) -> None:
    raise Invalid("table_doctype", "file")


class _Workbook:
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.epoch = date(1899, 12, 30)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((v for k, v in attributes.items() if k.rsplit(":", 1)[-1] == "id"), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = date(1904, 1, 1)


class _Relations:
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def path(self, relation: str) -> str:
        target = self.targets[relation]
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


class _Styles:
    """Which styles show a number as a day."""

    def __init__(self) -> None:
        self.formats = set(DATE_FORMATS)
        self.dates: set[int] = set()
        self.inside, self.count = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", attributes.get("formatCode", "")[:LONGEST_FORMAT]).lower()
            if any(letter in plain for letter in "ymdh") and "general" not in plain:
                self.formats.add(int(attributes.get("numFmtId", "-1")))
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            if int(attributes.get("numFmtId", "0")) in self.formats:
                self.dates.add(self.count)
            self.count += 1

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self.inside = False


class _Text:
    """Collects the text of the elements `t` (and `v`), without phonetic runs, up to the longest a cell may hold."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length, self.wanted, self.phonetic = 0, False, False

    def characters(self, text: str) -> None:
        if self.wanted and not self.phonetic:
            self.length += len(text)
            if self.length > LONGEST_CELL:
                raise Invalid("table_cell_too_long", "file", most=LONGEST_CELL)
            self.parts.append(text)

    def take(self) -> str:
        text = "".join(self.parts)
        self.parts, self.length = [], 0
        return text


class _Strings(_Text):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "t":
            self.wanted = True
        elif tag == "rPh":
            self.phonetic = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self.wanted = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.found.append(self.take())


class _Cells(_Text):
    def __init__(self, strings: list[str], dates: set[int], epoch: date) -> None:
        super().__init__()
        self.strings, self.dates, self.epoch = strings, dates, epoch
        self.rows: dict[int, list[str]] = {}
        self.merges: list[str] = []
        self.has_formulas = False
        self.row, self.column, self.kind, self.style = 0, 0, "n", 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self.column, self.kind = self.column + 1, attributes.get("t", "n")
            self.style = int(attributes.get("s", "0"))
            if found := REFERENCE.fullmatch(attributes.get("r", "")):
                self.column, self.row = column_number(found[1]), int(found[2])
        elif tag in ("v", "t"):
            self.wanted = True
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif tag == "f":
            self.has_formulas = True
        elif tag == "mergeCell" and len(self.merges) < MOST_MERGES:
            self.merges.append(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.wanted = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c" and self.parts:
            self.put(self.text(self.take()).strip())

    def put(self, text: str) -> None:
        if not text:
            return
        if self.column > MOST_COLUMNS:
            raise Invalid("table_too_wide", "file", most=MOST_COLUMNS)
        cells = self.rows.get(self.row)
        if cells is None:
            if len(self.rows) >= MOST_ROWS:
                raise Invalid("table_too_long", "file", most=MOST_ROWS)
            cells = self.rows[self.row] = []
        cells.extend([""] * (self.column - len(cells)))
        cells[self.column - 1] = text

    def text(self, raw: str) -> str:
        """A cell as it would stand in CSV: shared strings by number, days as ISO, whole numbers without .0."""
        if self.kind == "s":
            return self.strings[int(raw)]
        if self.kind == "b":
            return "yes" if raw == "1" else "no"
        if self.kind != "n":
            return raw
        value = float(raw)
        if self.style in self.dates and 0 < value < 2_958_466:
            moment = datetime(self.epoch.year, self.epoch.month, self.epoch.day) + timedelta(days=value)  # noqa: DTZ001
            return moment.date().isoformat() if value == int(value) else moment.isoformat(timespec="seconds")
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else raw

    def merge(self) -> None:
        """What stands in a cell merged downwards is meant for each of its rows."""
        looked_at = 0
        for top, bottom, column in _downwards(self.merges):
            text = self.rows[top][column - 1] if len(self.rows.get(top, ())) >= column else ""
            if not text:
                continue
            looked_at += min(bottom - top, len(self.rows))
            if looked_at > MOST_FILLED:
                raise Invalid("table_merged", "file")
            for row in self.rows if bottom - top > len(self.rows) else range(top + 1, bottom + 1):
                cells = self.rows.get(row)
                if cells is not None and top < row <= bottom and not (len(cells) >= column and cells[column - 1]):
                    cells.extend([""] * (column - len(cells)))
                    cells[column - 1] = text


def _downwards(merges: list[str]) -> Iterator[tuple[int, int, int]]:
    """(first row, last row, column) of the merged cells that span rows of one column."""
    for merge in merges:
        ends = [REFERENCE.fullmatch(end) for end in merge.split(":")]
        if len(ends) == 2 and ends[0] and ends[1] and ends[0][1] == ends[1][1]:
            column = column_number(ends[0][1])
            if column <= MOST_COLUMNS and int(ends[1][2]) > int(ends[0][2]):
                yield int(ends[0][2]), int(ends[1][2]), column


def column_number(letters: str) -> int:
    """A is 1, XFD 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
