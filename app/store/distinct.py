"""How many distinct marks the days of a period have together (docs/decisions/0024, 0039).

Each mark has a place, given once a process, and the marks of a day are a bitmap over these places: a day joins others in a
microsecond instead of one for each of its marks. Bitmaps are kept by a hash of the marks themselves, so none is ever old.
"""

import hashlib
import threading
from array import array
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field

SPARSE = 128  # bits of a bitmap for each mark of a day: with more, a set is smaller and quicker
MOST_PLACES = 2_000_000
MOST_BYTES = 64 << 20  # of bitmaps


class _Places:
    """The place of each mark, and the bitmaps of the days that were asked for last."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}
        self.bitmaps: OrderedDict[bytes, int] = OrderedDict()
        self.bytes = 0
        self.lock = threading.Lock()

    def bitmap(self, marks: "array[int]") -> int | None:
        """The bitmap of a day; None where a set does better."""
        if len(marks) * SPARSE < len(self.of):
            return None
        own = hashlib.blake2b(marks, digest_size=16).digest()
        with self.lock:
            known = self.bitmaps.get(own)
            if known is not None:
                self.bitmaps.move_to_end(own)
                return known
            return self._made(own, marks) if len(self.of) + len(marks) <= MOST_PLACES else None

    def _made(self, own: bytes, marks: "array[int]") -> int:
        places = [self.of.setdefault(mark, len(self.of)) for mark in marks]
        bits = bytearray(max(places) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        self.bitmaps[own] = made = int.from_bytes(bits, "little")
        self.bytes += len(bits)
        while self.bytes > MOST_BYTES and len(self.bitmaps) > 1:
            _, oldest = self.bitmaps.popitem(last=False)
            self.bytes -= (oldest.bit_length() + 7) // 8
        return made


PLACES = _Places()


@dataclass(slots=True)
class Distinct:
    """The marks of some days together."""

    bits: int = 0
    few: set[int] = field(default_factory=set)

    def add(self, marks: Collection[int]) -> None:
        bitmap = PLACES.bitmap(marks) if isinstance(marks, array) and marks else None
        if bitmap is None:
            self.few.update(marks)
        else:
            self.bits |= bitmap

    def __len__(self) -> int:
        if not self.bits:
            return len(self.few)
        bits = self.bits.to_bytes(self.bits.bit_length() // 8 + 1, "little")
        places = (PLACES.of.get(mark, -1) for mark in self.few)
        twice = sum(0 <= at < len(bits) * 8 and bits[at >> 3] >> (at & 7) & 1 for at in places)
        return self.bits.bit_count() + len(self.few) - twice
