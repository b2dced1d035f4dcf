"""The comparison number (对照码): six digits made for one scan, on that phone and on the inspector's own page.

It is random and belongs to the scan, not to the code, so that a screenshot of a code is worth nothing.
"""

from collections.abc import Collection
from datetime import timedelta

from app.domain.ids import RandomBytes

LIFETIME = timedelta(minutes=2)
_NUMBERS = 1_000_000
_FAIR = (1 << 24) // _NUMBERS * _NUMBERS  # draws above would favour small numbers


def make_digits(random: RandomBytes, taken: Collection[str] = ()) -> str:
    """Six digits, each number equally likely, none of `taken` (the inspection's other open challenges)."""
    while True:
        drawn = int.from_bytes(random(3), "big")
        digits = f"{drawn % _NUMBERS:06d}"
        if drawn < _FAIR and digits not in taken:
            return digits


def format_digits(digits: str) -> str:
    """For reading aloud: 482 917."""
    return f"{digits[:3]} {digits[3:]}"
