"""Recordings without what they tell beside the sound: titles, places, devices, hours, programs.

Each container is overwritten in place where places in it are counted in bytes, so that nothing else has to move:
RIFF/WAVE, ID3v2.4 and APEv2 around MPEG audio, Ogg (RFC 3533; comments of Opus RFC 7845 and Vorbis I), ISO BMFF (ISO/IEC
14496-12), WebM (RFC 8794, RFC 9559). What cannot be followed to its end is refused, not passed on.
"""

from collections.abc import Callable, Iterator

LARGEST_COMMENTS = 256_000  # of an Ogg file; more is a picture, and its checksum a second of work


def stripped(data: bytes, media_type: str) -> bytes:
    """The recording (`media_type` of domain.uploads.SOUNDS) without its metadata. Raises ValueError where it is broken."""
    try:
        return _STRIPPERS[media_type](data)
    except (IndexError, OverflowError, RecursionError) as error:
        raise ValueError("cut off") from error


def _wav(data: bytes) -> bytes:
    """Only the chunks that say how to play, and the samples."""
    kept, at = b"", 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]  # a recorder that was stopped says more than there is
        if name in (b"fmt ", b"fact", b"data"):
            kept += name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
        at += 8 + size + size % 2
    if b"fmt " not in kept[:4] or b"data" not in kept:
        raise ValueError("no sound")
    return b"RIFF" + (4 + len(kept)).to_bytes(4, "little") + b"WAVE" + kept


def _mpeg(data: bytes) -> bytes:
    """The frames between the tags."""
    while data[:3] == b"ID3":
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if data[-32:-24] == b"APETAGEX":
        data = data[: -int.from_bytes(data[-20:-16], "little") or None]
        data = data[:-32] if data[-32:-24] == b"APETAGEX" else data  # its header, where it has one
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        raise ValueError("no sound")
    return data


def _ogg(data: bytes) -> bytes:
    """The comments are the second packet: it keeps its length, and says nothing."""
    out, serials = bytearray(data), set()
    places: list[tuple[int, int]] = []  # of the second packet's bytes
    touched: list[tuple[int, int]] = []  # pages with such bytes
    packet = 0
    for start, body, lacing, end in _pages(data):
        serials.add(data[start + 14 : start + 18])
        at = body
        for length in lacing:
            if packet == 1:
                places.append((at, at + length))
                if not touched or touched[-1][0] != start:
                    touched.append((start, end))
            at += length
            packet += length < 255
        if packet > 1:
            break
    packed = b"".join(data[a:b] for a, b in places)
    silent = iter(_no_comments(packed))
    if len(serials) != 1:
        raise ValueError("several streams")
    for a, b in places:
        out[a:b] = bytes(next(silent) for _ in range(b - a))
    for start, end in touched:
        out[start + 22 : start + 26] = b"\0\0\0\0"
        out[start + 22 : start + 26] = _ogg_checksum(out[start:end]).to_bytes(4, "little")
    return bytes(out)


def _pages(data: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """(start, where its body begins, lengths of its segments, end) of each page."""
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS":
            raise ValueError("no page")
        count = data[at + 26]
        lacing = data[at + 27 : at + 27 + count]
        body = at + 27 + count
        if body + sum(lacing) > len(data):
            raise ValueError("cut off")
        yield at, body, lacing, body + sum(lacing)
        at = body + sum(lacing)


def _no_comments(packet: bytes) -> bytes:
    """A packet of comments of the same length: a maker of spaces, and no comment."""
    magic, last = (b"OpusTags", b"") if packet[:8] == b"OpusTags" else (b"\x03vorbis", b"\x01")
    spaces = len(packet) - len(magic) - 8 - len(last)
    if not packet.startswith(magic) or spaces < 0 or len(packet) > LARGEST_COMMENTS:
        raise ValueError("no comments")
    return magic + spaces.to_bytes(4, "little") + b" " * spaces + b"\0\0\0\0" + last


def _ogg_checksum(page: bytes | bytearray) -> int:
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def _crc_of(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


_CRC = tuple(_crc_of(byte) for byte in range(256))

_BOXES_WITH_BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"edts")
_TIMED = (b"mvhd", b"tkhd", b"mdhd")
_TOP = (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx")


def _mp4(data: bytes) -> bytes:
    out = bytearray(data)
    _boxes(out, 0, len(out), top=True)
    return bytes(out)


def _boxes(out: bytearray, at: int, end: int, top: bool = False) -> None:
    """User data, unknown extensions and free space become empty free space; times of making become zero."""
    while at < end:
        size, head = int.from_bytes(out[at : at + 4], "big"), 8
        name = bytes(out[at + 4 : at + 8])
        if size == 1:
            size, head = int.from_bytes(out[at + 8 : at + 16], "big"), 16
        size = size or end - at
        if size < head or at + size > end:
            raise ValueError("a box longer than its place")
        if name in (b"udta", b"meta", b"uuid", b"free", b"skip") or (top and name not in _TOP):
            out[at + 4 : at + 8] = b"free"
            out[at + head : at + size] = bytes(size - head)
        elif name in _BOXES_WITH_BOXES:
            _boxes(out, at + head, at + size)
        elif name in _TIMED:
            wide = 16 if out[at + head] == 1 else 8
            out[at + head + 4 : at + head + 4 + wide] = bytes(wide)
        elif name == b"hdlr":
            out[at + head + 24 : at + size] = bytes(size - head - 24)
        at += size


_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE
_HEADER, _SEEK_HEAD, _CUES = 0x1A45DFA3, 0x114D9B74, 0x1C53BB6B
_MAKERS = (0x4D80, 0x5741)  # MuxingApp, WritingApp: have to be there
_KEPT_WHOLE = (_HEADER, _SEEK_HEAD, _CUES, _CLUSTER)
_INFO_KEPT = (0x2AD7B1, 0x4489)  # TimestampScale, Duration
_TRACK_NAMES = (0x536E, 0x258688)  # Name, CodecName
_FIRST_LEVEL = (_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES, 0x1254C367, 0x1941A469, 0x1043A770)


def _webm(data: bytes) -> bytes:
    out = bytearray(data)
    for element, start, body, end in _elements(out, 0, len(out)):
        if element == _SEGMENT:
            for inner in _elements(out, body, end):
                _first_level(out, *inner)
        elif element != _HEADER:
            _void(out, start, end)
    return bytes(out)


def _first_level(out: bytearray, element: int, start: int, body: int, end: int) -> None:
    if element == _INFO:
        for child, first, inside, last in _elements(out, body, end):
            if child in _MAKERS:
                out[inside:last] = b" " * (last - inside)
            elif child not in _INFO_KEPT:
                _void(out, first, last)
    elif element == _TRACKS:
        for track, _, begin, stop in _elements(out, body, end):
            for child, first, _, last in _elements(out, begin, stop) if track == _TRACK else ():
                if child in _TRACK_NAMES:
                    _void(out, first, last)
    elif element not in _KEPT_WHOLE:
        _void(out, start, end)


def _elements(out: bytearray, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(id, start, where its body begins, end) of each element. A length that is not known (a live recording) ends where
    the next of the same level begins."""
    while at < end:
        start = at
        element, size, at = _head(out, at, end)
        if size is None:
            size = (end if element == _SEGMENT else _end_of_cluster(out, at, end)) - at
        if at + size > end:
            raise ValueError("an element longer than its place")
        yield element, start, at, at + size
        at += size


def _head(out: bytearray, at: int, end: int) -> tuple[int, int | None, int]:
    """(id, size or None for one that is not known, where the body begins) of the element at `at`."""
    width = 9 - out[at].bit_length()
    element, at = int.from_bytes(out[at : at + width], "big"), at + width
    width = 9 - out[at].bit_length()
    most = (1 << 7 * width) - 1
    size = int.from_bytes(out[at : at + width], "big") & most
    if width > 8 or at + width > end:
        raise ValueError("no element")
    return element, None if size == most else size, at + width


def _end_of_cluster(out: bytearray, at: int, end: int) -> int:
    while at < end:
        start = at
        element, size, at = _head(out, at, end)
        if element in _FIRST_LEVEL:
            return start
        if size is None:
            raise ValueError("no element")
        at += size
    return end


def _void(out: bytearray, start: int, end: int) -> None:
    """Empty space (Void) in the place of an element."""
    whole = end - start
    if whole < 2:
        raise ValueError("no element")
    width = 1 if whole - 2 < 0x7F else 8
    content = whole - 1 - width
    out[start:end] = b"\xec" + (content | 1 << 7 * width).to_bytes(width, "big") + bytes(content)


_STRIPPERS: dict[str, Callable[[bytes], bytes]] = {
    "audio/wav": _wav,
    "audio/mpeg": _mpeg,
    "audio/ogg": _ogg,
    "audio/mp4": _mp4,
    "audio/webm": _webm,
}
