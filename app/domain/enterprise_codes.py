"""The permanent code of an enterprise (企业码), and what an officer scans or types to say which enterprise this is.

An enterprise code is eleven random characters of Crockford's base32 and a check character: it says nothing by itself,
follows from nothing, and can be replaced. `https://HOST/e/CODE` hangs at the enterprise. A business licence carries a
QR code of its own (电子营业执照, the national publicity system): if the USCC stands in it, it is read; no link is followed.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from app.domain.codes.classify import CODE, SHORT_CODE, classify
from app.domain.codes.short import check_character
from app.domain.enterprises import is_early_pilot, normalise_uscc, uscc_problem
from app.domain.errors import Invalid
from app.domain.ids import CROCKFORD

PATH = "/e/"
RANDOM_LENGTH = 11
LENGTH = RANDOM_LENGTH + 1
MOST_TEXT = 4096
ENTERPRISE_CODE, LICENCE, USCC = "enterprise_code", "licence", "uscc"  # how an enterprise was named
CAMERA, PHOTO, TYPED, LINK = "camera", "photo", "typed", "link"  # how the text came here; LINK: the phone's own camera
HOWS = (CAMERA, PHOTO, TYPED, LINK)
_MISREAD = str.maketrans("OIL", "011")
_IN_ADDRESS = re.compile(r"https?://[^/?#\s]+(?:/[^/?#\s]+)*/e/([^/?#\s]+)/?(?:[?#]\S*)?", re.IGNORECASE)
_WORDS = re.compile(r"[0-9A-Z]+")


@dataclass(frozen=True, slots=True)
class Named:
    """Which enterprise a text names: by its code, or by a USCC (as typed alone, or as found in a licence's text)."""

    by: str
    value: str


def make_enterprise_code(random_bytes: bytes) -> str:
    """Twelve characters from at least seven random bytes (55 of their bits). Raises ValueError for fewer."""
    if len(random_bytes) < 7:
        raise ValueError("seven random bytes are needed")
    number = int.from_bytes(random_bytes[:7], "big") >> 1
    body = "".join(CROCKFORD[(number >> 5 * i) & 31] for i in reversed(range(RANDOM_LENGTH)))
    return body + check_character(body)


def normalise_enterprise_code(text: str) -> str | None:
    """What was typed as twelve characters, or None where it is no enterprise code: full width, lower case, separators,
    O for 0, I and L for 1 are understood."""
    folded = unicodedata.normalize("NFKC", text[:100]).upper().translate(_MISREAD)
    bare = "".join(c for c in folded if not c.isspace() and c not in "-‐‑–—_·.")
    if len(bare) != LENGTH or any(c not in CROCKFORD for c in bare):
        return None
    return bare if check_character(bare[:RANDOM_LENGTH]) == bare[RANDOM_LENGTH] else None


def display_enterprise_code(code: str) -> str:
    """Grouped for reading aloud: ABCD-EFGH-JKMN."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def named_enterprise(text: str) -> Named:
    """Which enterprise a scanned or typed text names; where an address leads is never looked at, and nothing followed.

    Raises Invalid("text", …): `inspection_code_scanned`, `no_uscc_in_text`, `several_uscc_in_text`.
    """
    text = text.strip()[:MOST_TEXT]
    in_address = _IN_ADDRESS.fullmatch(text)
    if code := normalise_enterprise_code(unquote(in_address.group(1)) if in_address else text):
        return Named(ENTERPRISE_CODE, code)
    if classify(text).kind in (CODE, SHORT_CODE):
        raise Invalid("inspection_code_scanned", "text")
    alone = normalise_uscc(text)
    if is_uscc(alone):
        return Named(USCC, alone)
    found = _usccs(text)
    if len(found) != 1:
        raise Invalid("several_uscc_in_text" if found else "no_uscc_in_text", "text")
    return Named(LICENCE, found.pop())


def is_uscc(text: str) -> bool:
    return uscc_problem(text) is None or is_early_pilot(text)


def _usccs(text: str) -> set[str]:
    """Every USCC that stands in a text as a word of its own, escaped or not."""
    folded = unicodedata.normalize("NFKC", f"{text} {unquote(text)}").upper()
    return {word for word in _WORDS.findall(folded) if is_uscc(word)}
