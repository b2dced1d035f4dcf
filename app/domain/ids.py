"""Opaque identifiers: ULIDs for things whose age is no secret, random ones for speech.

A ULID (github.com/ulid/spec) is 48 bits of milliseconds and 80 random bits in 26 Crockford characters, so that new
rows land at the end of an index. A rating or report gets `random_id`, which says nothing about when it was made.
"""

from collections.abc import Callable
from datetime import datetime

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [one + other for one in CROCKFORD for other in CROCKFORD]  # of ten bits each
RandomBytes = Callable[[int], bytes]


def crockford(value: int, length: int) -> str:
    """The last `length` Crockford base32 characters of `value`, most significant first."""
    pairs = [_PAIRS[value >> at & 1023] for at in range((length + 1) // 2 * 10 - 10, -1, -10)]
    return "".join(pairs)[-length:]


def new_id(now: datetime, random: RandomBytes) -> str:
    """A ULID for the instant `now` (aware)."""
    millis = int(now.timestamp() * 1000)
    return crockford((millis << 80) | int.from_bytes(random(10), "big"), 26)


def random_id(random: RandomBytes) -> str:
    """130 random bits in 26 characters: no time, no order."""
    return crockford(int.from_bytes(random(17), "big") >> 6, 26)
