"""A strict reader for deterministically encoded CBOR (RFC 8949, section 4.2), for bytes that strangers send.

General decoders accept indefinite lengths, numbers in longer forms, duplicate keys, trailing bytes and tags that build
objects. A code has exactly one encoding, so all of that is refused here. Written data comes from `cbor2`.
"""

from typing import Any

MAX_DEPTH = 4
MAX_INTEGER = 2**53 - 1  # what a browser's numbers hold exactly
_NULL = 22  # of the simple values; booleans and floats have no place in a code
_BREAK = 0xFF  # begins no item
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_SMALLEST = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}


class CborError(ValueError):
    """The bytes are not one deterministically encoded item of the kinds that a code uses."""


def read(data: bytes) -> Any:
    """The single item in `data`: int, bytes, str, None, list or dict. Raises CborError, also on trailing bytes."""
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise CborError("trailing bytes")
    return value


def read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument and the offset behind it, in shortest form. Raises CborError."""
    try:
        initial = data[at]
    except IndexError:
        raise CborError("cut off") from None
    argument = initial & 0x1F
    if argument < 24:
        return initial >> 5, argument, at + 1
    if argument == 24 and at + 1 < len(data) and (value := data[at + 1]) >= 24:
        return initial >> 5, value, at + 2
    return initial >> 5, *_long_argument(data, at + 1, argument)


def _long_argument(data: bytes, at: int, kind: int) -> tuple[int, int]:
    end = at + _LENGTHS.get(kind, len(data))
    if end > len(data):
        raise CborError("indefinite, reserved or cut off")
    value = int.from_bytes(data[at:end], "big")
    if value < _SMALLEST[kind] or value > MAX_INTEGER:
        raise CborError("not the shortest form, or too large")
    return value, end


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """The byte string at an offset, and the offset behind it. Raises CborError."""
    major, length, start = read_head(data, at)
    if major != 2:
        raise CborError("a byte string was expected")
    return _bytes(data, start, start + length)


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """One item. The kinds that a code is full of come first."""
    major, argument, start = read_head(data, at)
    if major == 3:
        return _text(data, start, start + argument)
    if major == 0:
        return argument, start
    if major == 2:
        return _bytes(data, start, start + argument)
    if major == 4 and depth < MAX_DEPTH and argument <= len(data):
        return _array(data, start, argument, depth + 1)
    if major == 1:
        return -1 - argument, start
    if major == 7 and argument == _NULL:
        return None, start
    if major == 5 and depth < MAX_DEPTH and argument <= len(data):
        return _map(data, start, argument, depth + 1)
    raise CborError("a tag, a simple value or too deep")


def _bytes(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    if end > len(data):
        raise CborError("cut off")
    return data[start:end], end


def _text(data: bytes, start: int, end: int) -> tuple[str, int]:
    if end > len(data):
        raise CborError("cut off")
    try:
        return data[start:end].decode(), end
    except UnicodeDecodeError as error:
        raise CborError("not UTF-8") from error


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    size = len(data)
    for _ in range(count):
        initial = data[at] if at < size else _BREAK
        if initial < 24:  # a small number, most of what arrays hold
            values.append(initial)
            at += 1
        elif 0x60 <= initial < 0x78 and (end := at + initial - 0x5F) <= size:  # a short text
            values.append(_text(data, at + 1, end)[0])
            at = end
        else:
            value, at = _item(data, at, depth)
            values.append(value)
    return values, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[int | str, Any], int]:
    """Keys are integers or texts in the bytewise order of their encodings, which also rules out duplicates."""
    values: dict[int | str, Any] = {}
    previous = b""
    for _ in range(count):
        key, end = _item(data, at, depth)
        encoded = data[at:end]
        if encoded <= previous or not isinstance(key, int | str):
            raise CborError("keys out of order, twice or of another type")
        previous = encoded
        values[key], at = _item(data, end, depth)
    return values, at
