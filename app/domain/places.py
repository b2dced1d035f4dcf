"""Where a code was shown: coarse on purpose. Hundredths of a degree are about a kilometre; nothing finer is taken."""

import math

EARTH_KM = 6371.0
FAR_KM = 10  # farther than a town is wide: worth a second look, no more


def coarse(degrees: float) -> int:
    """Degrees as whole hundredths."""
    return round(degrees * 100)


def is_place(lat: float, lon: float) -> bool:
    return math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180


def distance_km(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Whole kilometres between two coarse places (great circle, haversine)."""
    (a, b), (c, d) = ((math.radians(x / 100) for x in place) for place in (one, other))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return round(2 * EARTH_KM * math.asin(math.sqrt(h)))
