"""A map of tiles: each region one square, placed after where it lies, so that a small town is seen as well as a large one."""

from collections.abc import Mapping, Sequence
from math import ceil, sqrt

Place = tuple[int, int]  # latitude and longitude, in any one unit


def layout(codes: Sequence[str], places: Mapping[str, Place]) -> tuple[dict[str, tuple[int, int]], bool]:
    """(column, row) of each region from the upper left, and whether that is after their places (north up).

    Rows from north to south hold as many regions each, in a row they stand from west to east: neighbours stay near each
    other, distances mean nothing. Where a place is not known, all stand in the order of their codes.
    """
    across = max(1, ceil(sqrt(len(codes) * 4 / 3)))
    known = bool(codes) and all(code in places for code in codes)
    order = sorted(codes, key=lambda code: (-places[code][0], code)) if known else sorted(codes)
    found: dict[str, tuple[int, int]] = {}
    for row, start in enumerate(range(0, len(order), across)):
        line = order[start : start + across]
        if known:
            line = sorted(line, key=lambda code: (places[code][1], code))
        found |= {code: (column, row) for column, code in enumerate(line)}
    return found, known
