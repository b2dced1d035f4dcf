"""Reading a table from an office: CSV (UTF-8 with or without BOM, GB18030) or XLSX; header in row 1."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from app.services.imports.rows import Row

LARGEST_UNPACKED = 512 * 1024 * 1024
LONGEST_FIELD = 100_000


def read_table(path: Path, needed: tuple[str, ...]) -> list[Row]:
    """All rows of a file. Raises click.ClickException with one sentence where the file cannot be read."""
    table = _xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm", ".xls") else _csv(path)
    header = [_name(cell) for cell in next(table, [])]
    if not any(header):
        raise click.ClickException(f"{path.name} is empty: row 1 must name the columns.")
    missing = [name for name in needed if name not in header]
    if missing:
        raise click.ClickException(
            f"{path.name}: row 1 has no column {', '.join(missing)}; it has {', '.join(header)}."
        )
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise click.ClickException(f"{path.name}: row 1 names {', '.join(sorted(twice))} twice.")
    rows = []
    for number, cells in enumerate(table, start=2):
        fields = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(fields.values()):
            rows.append(Row(number, fields))
    return rows


def _name(cell: str) -> str:
    return cell.strip().strip("\ufeff").lower()


def _csv(path: Path) -> Iterator[list[str]]:
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise click.ClickException(f"{path.name} is no CSV text: it contains NUL bytes. Save it as CSV UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise click.ClickException(
                f"{path.name} is neither UTF-8 nor GB18030 (byte {error.start}). Save it as CSV UTF-8."
            ) from None
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise click.ClickException(f"{path.name}, line {reader.line_num}: {error}.") from None


def _xlsx(path: Path) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(path)
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        table = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise click.ClickException(f"{path.name} cannot be read as a workbook: {error}.") from None
    for cells in table:
        yield [_text(cell) for cell in cells]


def _refuse_bombs(path: Path) -> None:
    """Looks at the sizes that a workbook declares before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise click.ClickException(f"{path.name} is no workbook (XLSX).") from None
    if size > LARGEST_UNPACKED:
        raise click.ClickException(f"{path.name} unpacks to {size:,} bytes, at most {LARGEST_UNPACKED:,}.")


def _text(cell: Any) -> str:
    """A cell as it would stand in CSV: whole numbers without .0, dates as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)
