"""Layouts that papers were signed with do not change: a paper that is set again must look as it did."""

import hashlib

import pytest

from app.typesetting.engine import LAYOUTS

# SHA-256 of each file. A changed look is a new folder with a new line here (docs/papers.md), never another sum.
SUMS = {
    "1/official.typ": "15672918a522988100b69ca0353343faeceabf894e12cc251520377262b52bcf",
    "1/sheet.typ": "4e49b7244f1206f1cc719918283fdc5e5d090eed752651394d165cf3bd5de80f",
}


@pytest.mark.parametrize("name", SUMS)
def test_a_layout_in_use_is_copied_and_never_edited(name: str) -> None:
    assert hashlib.sha256((LAYOUTS / name).read_bytes()).hexdigest() == SUMS[name], f"copy {name} to a new layout"
