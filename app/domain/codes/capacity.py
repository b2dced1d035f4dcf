"""How large a QR code a URL needs: ISO/IEC 18004:2015 at level M, one byte segment and one numeric segment."""

# Data codewords of versions 1 to 13 at level M (ISO/IEC 18004, table 7).
_CODEWORDS_M = (16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334)
LARGEST_VERSION = len(_CODEWORDS_M)
USUAL_VERSION = 11  # the budget of a usual code; larger ones read worse on paper and at arm's length
_NUMERIC_TAIL = (0, 4, 7)


def segment_bits(byte_count: int, digit_count: int, version: int) -> int:
    """The bits of a byte segment followed by a numeric one; an absent segment costs nothing."""
    wide = version >= 10
    text = 4 + (16 if wide else 8) + 8 * byte_count if byte_count else 0
    digits = 4 + (12 if wide else 10) + 10 * (digit_count // 3) + _NUMERIC_TAIL[digit_count % 3] if digit_count else 0
    return text + digits


def smallest_version(byte_count: int, digit_count: int) -> int | None:
    """The smallest version at level M that holds both segments, None above LARGEST_VERSION."""
    for version, codewords in enumerate(_CODEWORDS_M, 1):
        if segment_bits(byte_count, digit_count, version) <= 8 * codewords:
            return version
    return None
