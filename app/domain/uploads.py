"""What a sent file may be: its size, and its kind told by its first bytes, never by its name or its sender's word."""

from dataclasses import dataclass

from app.domain.errors import Invalid

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
IMAGES = (JPEG, PNG, WEBP)
SOUNDS = ("audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/wav")
PAPERS = (PDF, *IMAGES)
LARGEST = {**dict.fromkeys(IMAGES, 15_000_000), PDF: 20_000_000, **dict.fromkeys(SOUNDS, 8_000_000)}
LARGEST_BODY = 45_000_000  # of one request that sends files
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the sender's name for it, and its bytes."""

    name: str
    data: bytes


def media_type(data: bytes) -> str | None:
    """The kind of a file by its first bytes; None for what is not taken here."""
    if data[:3] == b"\xff\xd8\xff":
        return JPEG
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return PNG
    if data[:5] == b"%PDF-":
        return PDF
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": "audio/wav"}.get(data[8:12])
    if data[:4] == b"\x1aE\xdf\xa3":
        return "audio/webm"
    if data[:4] == b"OggS":
        return "audio/ogg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    return None


def check(upload: Upload, kinds: tuple[str, ...], field: str) -> str:
    """The media type of an upload. Raises Invalid("file_empty" | "file_kind" | "file_too_large")."""
    if not upload.data:
        raise Invalid("file_empty", field)
    kind = media_type(upload.data)
    if kind not in kinds:
        raise Invalid("file_kind", field, name=safe_name(upload.name))
    if len(upload.data) > LARGEST[kind]:
        raise Invalid("file_too_large", field, name=safe_name(upload.name), most=LARGEST[kind] // 1_000_000)
    return kind


def safe_name(name: str) -> str:
    """A file's name without folders and unprintable characters, for showing it again."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip()[-NAME_LENGTH:]
