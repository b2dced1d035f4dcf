"""How many distinct enterprises the days of a period have together (docs/decisions/0039, 0053).

Each mark has a place, given once a process. The days of a month under one key are joined once into a bitmap over these places and
kept under a hash of their digests: whoever asks again reads no marks, and a day that was summed again has another digest, so
nothing kept is ever old. Few marks among many places stay a set, which is then the smaller of the two.
"""

import hashlib
import threading
from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

SPARSE = 512  # bits of a bitmap for each mark: with more, a set is smaller
MOST_PLACES = 2_000_000
MOST_BYTES = 64 << 20  # of what is kept
BYTES_OF_A_MARK = 64  # in a set
Joined = int | frozenset[int]  # a bitmap over places, or marks
Read = Callable[[Collection[date], Collection[str]], Iterable[tuple[bytes, "array[int]"]]]
Part = tuple[str, int]  # a key of the sums, and a month


class _Kept:
    """The place of each mark, and what was joined, for those who asked last."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.joined: OrderedDict[bytes, Joined] = OrderedDict()
        self.bytes = 0
        self.lock = threading.Lock()

    def known(self, own: bytes) -> Joined | None:
        with self.lock:
            if own in self.joined:
                self.joined.move_to_end(own)
            return self.joined.get(own)

    def join(self, own: bytes, days: Iterable["array[int]"]) -> Joined:
        marks = set[int]().union(*days)
        with self.lock:
            room = len(self.places) + len(marks) <= MOST_PLACES
            made = self._bitmap(marks) if room and len(marks) * SPARSE >= len(self.places) else frozenset(marks)
            self.bytes += _size(made) - _size(self.joined.get(own, 0))
            self.joined[own] = made
            while self.bytes > MOST_BYTES and len(self.joined) > 1:
                self.bytes -= _size(self.joined.popitem(last=False)[1])
            return made

    def _bitmap(self, marks: Collection[int]) -> int:
        if not marks:
            return 0
        at = [self.places.setdefault(mark, len(self.places)) for mark in marks]
        bits = bytearray(max(at) // 8 + 1)
        for place in at:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")


def _size(joined: Joined) -> int:
    return joined.bit_length() // 8 if isinstance(joined, int) else len(joined) * BYTES_OF_A_MARK


KEPT = _Kept()


@dataclass(slots=True)
class Distinct:
    """The days of one group: `parts` holds the digests of its kept sums, `marks` what was counted from rows."""

    parts: dict[Part, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    days: dict[Part, list[date]] = field(default_factory=lambda: defaultdict(list))
    marks: set[int] = field(default_factory=set)

    def add(self, key: str, day: date, digest: bytes, marks: Collection[int]) -> None:
        if digest:
            part = key, day.year * 12 + day.month
            self.parts[part].append(digest)
            self.days[part].append(day)
        self.marks.update(marks)


def count(groups: Mapping[str, Distinct], read: Read) -> dict[str, int]:
    """How many enterprises each group has. `read` gives (digest, marks) of kept sums by days and keys; it is asked at most once."""
    found: dict[str, list[Joined]] = {name: [] for name in groups}
    unknown: list[tuple[str, Part, bytes]] = []
    for name, group in groups.items():
        for part, digests in group.parts.items():
            own = hashlib.blake2b(b"".join(sorted(digests)), digest_size=16).digest()
            known = KEPT.known(own)
            if known is None:
                unknown.append((name, part, own))
            else:
                found[name].append(known)
    if unknown:
        days = {day for name, part, _ in unknown for day in groups[name].days[part]}
        marks = dict(read(days, {part[0] for _, part, _ in unknown}))
        for name, part, own in unknown:
            found[name].append(KEPT.join(own, [marks[digest] for digest in groups[name].parts[part]]))
    return {name: _together(found[name], group.marks) for name, group in groups.items()}


def _together(joined: Iterable[Joined], marks: Collection[int]) -> int:
    bitmap, few = 0, set(marks)
    for one in joined:
        if isinstance(one, int):
            bitmap |= one
        else:
            few |= one
    if not bitmap:
        return len(few)
    bits = bitmap.to_bytes(bitmap.bit_length() // 8 + 1, "little")
    places = (KEPT.places.get(mark, -1) for mark in few)
    twice = sum(0 <= at < len(bits) * 8 and bits[at >> 3] >> (at & 7) & 1 for at in places)
    return bitmap.bit_count() + len(few) - twice
