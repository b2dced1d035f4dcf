"""Every column of the database is known to hold personal data, and stands in the record, or to hold none."""

from pathlib import Path

from app.operating.privacy import personal_columns
from app.store.models.base import Base
from tools import privacy_table

PLAIN = Path(__file__).with_name("plain_columns.txt")


def _plain() -> dict[str, set[str]]:
    lines = (line.partition(": ") for line in PLAIN.read_text(encoding="utf-8").splitlines() if line)
    return {table: set(names.split()) for table, _, names in lines}


def test_every_column_is_in_the_record_or_known_to_hold_nothing_personal() -> None:
    """A new column fails here. Does it say something about a person (name, number, address, words, a mark of a device)?
    Then it goes into `app/operating/privacy.py` (and `tools/privacy_table.py` writes the page), else into plain_columns.txt.
    """
    personal, plain = personal_columns(), _plain()
    for table in Base.metadata.tables.values():
        columns = {column.name for column in table.columns}
        known = personal.get(table.name, set()) | plain.get(table.name, set())
        assert columns - known == set(), f"{table.name}: not in the record of personal data, nor known to hold none"
        assert known - columns == set(), f"{table.name}: no longer there"
        assert not personal.get(table.name, set()) & plain.get(table.name, set()), table.name


def test_what_is_sealed_is_in_the_record() -> None:
    """Who seals a column thinks that it is worth protecting; keys of the platform itself are nobody's data."""
    ours = {"unit_keys": {"private"}, "logs": {"private"}, "lots": {"sealed_seed"}}
    for table, names in _plain().items():
        assert {n for n in names if "sealed" in n or n in ("private", "secret")} <= ours.get(table, set()), table


def test_the_page_is_that_of_the_record() -> None:
    """After changing the record: `.venv/bin/python tools/privacy_table.py`."""
    page = privacy_table.PAGE.read_text(encoding="utf-8")
    assert page == privacy_table.text_of(page)
