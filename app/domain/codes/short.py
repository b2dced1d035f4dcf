"""The short code (短码) for typing: ten random Crockford characters and a check character.

The check character is the sum of c_i · α^i in GF(32) (x⁵+x²+1), i = 1…10: every single wrong character and every swap
of two characters is noticed. Fifty random bits and a throttle keep others from guessing one.
"""

import unicodedata

from app.domain.ids import CROCKFORD

RANDOM_LENGTH = 10
LENGTH = RANDOM_LENGTH + 1
_MISREAD = str.maketrans("OIL", "011")
_SEPARATORS = frozenset("-‐‑‒–—―−_·.")


def make_short_code(random_bytes: bytes) -> str:
    """Eleven characters from at least seven random bytes (50 of their bits). Raises ValueError for fewer."""
    if len(random_bytes) < 7:
        raise ValueError("seven random bytes are needed")
    number = int.from_bytes(random_bytes[:7], "big") >> 6
    body = "".join(CROCKFORD[(number >> 5 * i) & 31] for i in reversed(range(RANDOM_LENGTH)))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The eleventh character for ten of the alphabet."""
    total = 0
    weight = 1
    for c in body:
        weight = _times_alpha(weight)
        total ^= _multiply(CROCKFORD.index(c), weight)
    return CROCKFORD[total]


def normalise_short_code(text: str) -> str | None:
    """What was typed as eleven characters, or None when it is no short code.

    Takes full-width and lower case, spaces and hyphens, O for 0, I and L for 1 (Crockford's base32).
    """
    if len(text) > 100:
        return None
    folded = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    bare = "".join(c for c in folded if not c.isspace() and c not in _SEPARATORS)
    if len(bare) != LENGTH or any(c not in CROCKFORD for c in bare):
        return None
    return bare if check_character(bare[:RANDOM_LENGTH]) == bare[RANDOM_LENGTH] else None


def display_short_code(code: str) -> str:
    """Grouped for reading aloud: ABCD-EFGH-JKM."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _multiply(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = _times_alpha(a), b >> 1
    return product
