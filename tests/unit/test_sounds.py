"""Recordings: what is told beside the sound goes, the sound stays."""

import random
from contextlib import suppress

import pytest

from app.domain import sounds, uploads

SECRET, SOUND = b"Zhang San's phone, 31.2N 121.5E", bytes(range(256)) * 3


def box(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


def element(name: bytes, body: bytes, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else (len(body) | 1 << 56).to_bytes(8, "big")
    return name + size + body


def page(packets: list[bytes], number: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets)
    head = b"OggS\0\0" + bytes(8) + b"abcd" + number.to_bytes(4, "little")
    whole = head + bytes(4) + bytes([len(lacing)]) + lacing + b"".join(packets)
    return whole[:22] + sounds._ogg_checksum(whole).to_bytes(4, "little") + whole[26:]


def wav() -> bytes:
    chunks = b"".join(
        name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
        for name, body in ((b"fmt ", bytes(16)), (b"LIST", b"INFOINAM" + SECRET), (b"data", SOUND))
    )
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


def mpeg() -> bytes:
    tag = b"ID3\x04\0\0" + bytes([0, 0, len(SECRET) >> 7, len(SECRET) & 127]) + SECRET
    ape = SECRET + b"APETAGEX" + (2000).to_bytes(4, "little") + (len(SECRET) + 32).to_bytes(4, "little") + bytes(16)
    return tag + b"\xff\xfb\x90\x00" + SOUND + ape + b"TAG" + SECRET.ljust(125, b"\0")


def ogg() -> bytes:
    comments = b"OpusTags" + len(SECRET).to_bytes(4, "little") + SECRET + bytes(4)
    return page([b"OpusHead" + bytes(11)], 0) + page([comments], 1) + page([SOUND], 2)


def mp4() -> bytes:
    handler = box(b"hdlr", bytes(24) + SECRET)
    track = box(
        b"trak", box(b"udta", SECRET) + box(b"mdia", box(b"mdhd", bytes(4) + b"THENTHEN" + bytes(12)) + handler)
    )
    movie = box(b"moov", box(b"mvhd", bytes(4) + b"THENTHEN" + bytes(90)) + track + box(b"meta", SECRET))
    return box(b"ftyp", b"M4A ") + movie + box(b"uuid", SECRET) + box(b"mdat", SOUND)


def webm() -> bytes:
    info = element(b"\x15\x49\xa9\x66", element(b"\x4d\x80", SECRET) + element(b"\x44\x61", SECRET))
    track = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\x53\x6e", SECRET) + element(b"\x86", b"A_OPUS")))
    cluster = element(b"\x1f\x43\xb6\x75", element(b"\xa3", SOUND), unknown=True)
    segment = info + track + cluster + cluster + element(b"\x12\x54\xc3\x67", SECRET * 9)
    return element(b"\x1a\x45\xdf\xa3", bytes(5)) + element(b"\x18\x53\x80\x67", segment, unknown=True)


MADE = {"audio/wav": wav(), "audio/mpeg": mpeg(), "audio/ogg": ogg(), "audio/mp4": mp4(), "audio/webm": webm()}


@pytest.mark.parametrize("kind", uploads.SOUNDS)
def test_what_is_told_beside_the_sound_goes_and_the_sound_stays(kind: str) -> None:
    before = MADE[kind]
    after = sounds.stripped(before, kind)
    assert uploads.media_type(before) == uploads.media_type(after) == kind
    assert SECRET in before and SECRET[:10] not in after and b"THEN" not in after
    assert after.count(SOUND) == before.count(SOUND) > 0
    assert sounds.stripped(after, kind) == after
    if kind in ("audio/ogg", "audio/mp4", "audio/webm"):
        assert len(after) == len(before)  # places in it are counted in bytes


def test_pages_of_ogg_keep_a_checksum_that_fits() -> None:
    after = sounds.stripped(MADE["audio/ogg"], "audio/ogg")
    for start, _, _, end in sounds._pages(after):
        blank = after[start : start + 22] + bytes(4) + after[start + 26 : end]
        assert sounds._ogg_checksum(blank).to_bytes(4, "little") == after[start + 22 : start + 26]


@pytest.mark.parametrize("kind", uploads.SOUNDS)
def test_what_is_broken_is_refused_and_never_an_error_of_ours(kind: str) -> None:
    chance = random.Random(8)
    for _ in range(150):
        data = bytearray(MADE[kind][: chance.randrange(len(MADE[kind]))])
        for _ in range(chance.randrange(6)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(ValueError):
            sounds.stripped(bytes(data), kind)
    with pytest.raises(ValueError):
        sounds.stripped(MADE[kind][:13], kind)
