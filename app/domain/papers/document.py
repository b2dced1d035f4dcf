"""A paper's content: JSON of a few kinds of blocks, in Chinese, complete as it is read.

One content makes the PDF (`app/typesetting`) and the print view (`templates/papers/document.html`), and is what the fact of
signing freezes. It holds no markup: every text is data. Codes and signatures are named, not contained; the renderer
fetches them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.times import SHANGHAI

LAYOUT = 1  # the layout that new papers are set in; a paper keeps the one it was signed with
RECIPIENT = "recipient"  # the slot that the enterprise's person signs in
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the blocks. `number` is the 文号, None before signing and where a kind has none."""

    title: str
    unit: str
    addressee: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The end: who issues it, on which day (None: not signed yet), whether a seal is put there, a line of small print."""

    unit: str
    day: date | None = None
    seal: bool = True
    foot: str = ""


def document(heading: Heading, blocks: Sequence[Block], closing: Closing) -> dict[str, Any]:
    """The content of a paper."""
    return {
        "layout": LAYOUT,
        "title": heading.title,
        "unit": heading.unit,
        "number": heading.number,
        "addressee": heading.addressee,
        "blocks": list(blocks),
        "closing": {
            "unit": closing.unit,
            "day": day_in_words(closing.day) if closing.day else None,
            "seal": closing.seal,
            "foot": closing.foot,
        },
    }


def signed(content: Mapping[str, Any], number: str | None, day: date) -> dict[str, Any]:
    """The content as it is when signed: with its number and its day."""
    closing = dict(content["closing"]) | {"day": day_in_words(day)}
    return dict(content) | {"number": number, "closing": closing}


def text(words: str) -> Block:
    """A paragraph; line ends begin a new one."""
    return {"block": "text", "text": words}


def heading(words: str) -> Block:
    return {"block": "heading", "text": words}


def rows(pairs: Sequence[tuple[str, str | Sequence[str]]]) -> Block:
    """A form: label and value, or several values under one label. Rows without a value are left out."""
    filled = [(label, [value] if isinstance(value, str) else list(value)) for label, value in pairs if value]
    return {"block": "rows", "rows": [{"label": label, "values": values} for label, values in filled]}


def table(
    head: Sequence[str], lines: Sequence[Sequence[str]], shares: Sequence[int], right: Sequence[int] = ()
) -> Block:
    """A table whose head repeats on each page. `shares` are the columns' shares of the width, `right` the numbers of
    the columns that are set to the right."""
    assert all(len(line) == len(head) for line in lines) and len(shares) == len(head)
    return {
        "block": "table",
        "head": list(head),
        "lines": [list(line) for line in lines],
        "shares": list(shares),
        "right": list(right),
    }


def numbered(points: Sequence[str]) -> Block:
    return {"block": "numbered", "points": list(points)}


def code(cti: str, short_code: str, address: str) -> Block:
    """An inspection code by its identity; `address` is the public address it was drawn for."""
    return {"block": "code", "cti": cti, "short_code": short_code, "address": address}


def picture(svg: str, alt: str, width_mm: int = 156) -> Block:
    """A drawing (a chart) as SVG of our own making, with its words for who cannot see it."""
    return {"block": "picture", "svg": svg, "alt": alt, "width_mm": width_mm}


def photos(taken: Sequence[tuple[str, str, str]]) -> Block:
    """Photographs, two beside each other: (file id, its SHA-256 in hex, what is said below). Named, not contained; the
    renderer draws each small."""
    return {"block": "photos", "photos": [{"file": f, "sha256": digest, "words": words} for f, digest, words in taken]}


def signatures(lines: Sequence[tuple[str, str | None]]) -> Block:
    """Lines to sign on: label, and the slot that a signature on the screen fills (None: by hand on paper)."""
    return {"block": "signatures", "lines": [{"label": label, "slot": slot} for label, slot in lines]}


def day_in_words(value: date | datetime) -> str:
    """2026年3月2日"""
    day = value.astimezone(SHANGHAI) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(value: datetime) -> str:
    """2026年3月2日9时05分"""
    local = value.astimezone(SHANGHAI)
    return f"{day_in_words(local)}{local.hour}时{local.minute:02d}分"


def period_in_words(start: datetime, end: datetime) -> str:
    """2026年3月2日9时00分至11时00分; the second day is named where it differs."""
    a, b = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    second = moment_in_words(end) if a.date() != b.date() else f"{b.hour}时{b.minute:02d}分"
    return f"{moment_in_words(start)}至{second}"
