"""A table as an office has it: titles above the header, a header of one or two rows, merged cells, notes below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.errors import Invalid
from app.domain.plan_text import folded
from app.services.imports.rows import Row
from app.services.imports.tables import HEADER_WITHIN, read_lines
from app.services.imports.tables import plain as plain_cell

MOST_ROWS = 20_000
FIRST = "_first"  # the first cell of a row that says something, whatever its column is called
Grid = list[tuple[int, list[str]]]
Meaning = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands above the header, one text a row; the rows below it under the names that the header was given."""

    above: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()


def read_sheet(data: bytes, meaning: Meaning, needed: str) -> Sheet:
    """`meaning` gives a header's name or None. Raises Invalid("table_…" | "sheet_no_header", "file")."""
    found = read_lines(data)
    grid = _grid(found.lines)
    at = _header_row(grid, meaning, needed)
    header = grid[at][1]
    names = [meaning(cell) or "" for cell in header]
    first = at + 1
    if first < len(grid) and _continues(header, grid[first][1], meaning):
        below = [meaning(cell) for cell in grid[first][1]]
        width = max(len(names), len(below))
        names += [""] * (width - len(names))
        names = [lower or upper for upper, lower in zip(names, [*below, *[None] * width], strict=False)]
        first += 1
    rows = [Row(number, fields) for number, cells in grid[first:] if (fields := _fields(names, cells))]
    if not rows:
        raise Invalid("table_no_rows", "file")
    above = tuple(text for _, cells in grid[:at] if (text := " ".join(dict.fromkeys(c for c in cells if c))))
    unused = tuple(cell for name, cell in zip(names, header, strict=False) if cell and not name)
    return Sheet(above, tuple(n for n in names if n), tuple(rows), unused, found.other_sheets)


def read_grid(data: bytes) -> list[list[str]]:
    """All cells of a file, row by row, for lists without a header. Raises Invalid("table_…", "file")."""
    return [cells for _, cells in _grid(read_lines(data).lines)]


def _grid(lines: object) -> Grid:
    grid: Grid = []
    for number, cells in lines:  # type: ignore[attr-defined]
        grid.append((number, [plain_cell(cell) for cell in cells]))
        if len(grid) > MOST_ROWS:
            raise Invalid("table_too_long", "file", most=MOST_ROWS)
    return grid


def _fields(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell and not fields.get(name):
            fields[name] = cell
    if any(cells):
        fields[FIRST] = next(cell for cell in cells if cell)
    return fields


def _header_row(grid: Grid, meaning: Meaning, needed: str) -> int:
    best, most = -1, 0
    for at, (_, cells) in enumerate(grid[:HEADER_WITHIN]):
        names = {name for cell in cells if (name := meaning(cell))}
        if needed in names and len(names) > most:
            best, most = at, len(names)
    if best < 0:
        raise Invalid("sheet_no_header", "file")
    return best


def _continues(header: Sequence[str], following: Sequence[str], meaning: Meaning) -> bool:
    """Whether the row below is the header's second: every cell repeats the one above (merged) or is a name of its own."""
    upper = [*header, *[""] * len(following)]
    pairs = [(above, below) for above, below in zip(upper, following, strict=False) if below]
    return bool(pairs) and all(below == above or meaning(below) for above, below in pairs)


def compared(header: str) -> str:
    """A header for comparing: folded, without what stands in brackets and without marks."""
    text, depth = "", 0
    for c in folded(header[:100]).strip("\ufeff").lower():
        depth += (c in "([") - (c in ")]" and depth > 0)
        if depth == 0 and c not in ")]*:/、，,_\n":
            text += c
    return text
