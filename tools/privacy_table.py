"""Writes the table of docs/privacy.md from the record: `.venv/bin/python tools/privacy_table.py`. A test holds the page to it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.operating.privacy import BASES, RECORD

PAGE = Path(__file__).resolve().parent.parent / "docs" / "privacy.md"
BEGIN, END = "<!-- made by tools/privacy_table.py -->\n", "<!-- end -->\n"


def table() -> str:
    rows = [
        "| what | whose | why | basis | how long | erased by | where |\n",
        "| --- | --- | --- | --- | --- | --- | --- |\n",
    ]
    for kept in RECORD:
        where = "; ".join(f"`{line}`" for line in kept.columns)
        cells = (kept.what, kept.whose, kept.why, kept.basis, kept.how_long, kept.erased, where)
        rows.append(f"| {' | '.join(cells)} |\n")
    return "".join(rows) + "\n" + "".join(f"- **{name}**: {text}.\n" for name, text in BASES.items())


def text_of(page: str) -> str:
    """The page with the table of today."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(text_of(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
