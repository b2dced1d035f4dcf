"""Industries by GB/T 4754-2017: a section letter A–T, then two to four digits whose first two name the division."""

import re
import unicodedata

# The divisions of each section, first and last (GB/T 4754-2017, table 1).
SECTIONS: dict[str, tuple[int, int]] = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60), "H": (61, 62),
    "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79), "O": (80, 82), "P": (83, 83),
    "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
_FORM = re.compile(r"([A-T])?(\d{2,4})?")


def normalise_industry(text: str) -> str | None:
    """`C1511` for c1511, Ｃ1511 or 1511; None where it is no code of GB/T 4754-2017."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    found = _FORM.fullmatch(folded)
    if found is None or not folded:
        return None
    letter, digits = found.groups()
    if digits is None:
        return letter
    section = section_of(int(digits[:2]))
    return f"{section}{digits}" if section is not None and letter in (None, section) else None


def section_of(division: int) -> str | None:
    """The section letter of a division, None where there is no such division."""
    return next((letter for letter, (first, last) in SECTIONS.items() if first <= division <= last), None)
