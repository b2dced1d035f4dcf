"""A document as PDF/A-2a by typst, with Chinese fonts embedded; the same input gives the same bytes.

Input is only ever data: the document goes to the layout as JSON and no text of it is read as markup.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

HERE = Path(__file__).parent
LAYOUTS = HERE / "layouts"
FONTS = HERE / "fonts"  # filled by `make setup` (tools/fetch-fonts.sh)
# Signs that turn letters around, which nobody sees: on paper one in a name would turn what other people said after it.
TURNING = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
SYSTEM_FONTS = Path("/usr/share/fonts/opentype/noto")  # Debian's fonts-noto-cjk and fonts-noto-cjk-extra
OFFICIAL, SHEET, REPORT, GUIDE = FORMS = ("official", "sheet", "report", "guide")
FAMILIES = ("Noto Serif SC", "Noto Serif CJK SC")  # as the layouts name them
ARCHIVE: Literal["a-2a"] = "a-2a"


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the renderer adds to a content: `drawings` as SVG by name (codes by cti, signatures), `filled` slots of signatures
    ({"drawing": name} or {"words": text}, and "when"), whether it is a draft, and the instant in the PDF's own date."""

    content: Mapping[str, Any]
    dated: datetime
    drawings: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    draft: bool = False


@cache
def fonts() -> typst.Fonts | None:
    """The fonts of papers, read once a process; None where there are none (then only the print view is offered)."""
    for folder in (FONTS, SYSTEM_FONTS):
        if folder.is_dir():
            found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
            if any(family in FAMILIES for family in found.families()):
                return found
    return None


def can_set() -> bool:
    """Whether PDFs can be made here."""
    return fonts() is not None


def pdf(rendering: Rendering) -> bytes:
    """The PDF. Without the archive profile where a character is in no font (it shows as a box): better than no paper."""
    found = fonts()
    assert found is not None, "ask can_set() first"
    given = {
        "content": rendering.content,
        "drawings": dict(rendering.drawings),
        "filled": {slot: dict(value) for slot, value in rendering.filled.items()},
        "draft": rendering.draft,
    }
    form = rendering.content.get("form", OFFICIAL)
    assert form in FORMS
    layout = LAYOUTS / str(int(rendering.content["layout"])) / f"{form}.typ"
    compiler = typst.Compiler(
        layout,
        root=layout.parent,
        font_paths=found,
        sys_inputs={"paper": json.dumps(given, ensure_ascii=False, sort_keys=True).translate(TURNING)},
    )
    stamp = int(rendering.dated.timestamp())
    try:
        made = compiler.compile(format="pdf", timestamp=stamp, pdf_standards=ARCHIVE)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        made = compiler.compile(format="pdf", timestamp=stamp)
    assert isinstance(made, bytes)
    return made
