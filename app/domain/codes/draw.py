"""Drawing a code: the module matrix by `qrcode`, SVG and PNG written from it by runs.

The version is computed beforehand and the mask is fixed, which spares `qrcode` its trials (2.5 ms instead of 25).
Any mask is legal, the penalty score of ISO/IEC 18004 only recommends one; 0 read best of 0 to 3 when blurred to the
edge of what can be read.
"""

import re
import struct
import zlib
from functools import cache
from xml.sax.saxutils import escape

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_NUMBER, QRData

from app.domain.codes.capacity import LARGEST_VERSION, smallest_version

Matrix = list[list[bool]]

MASK = 0
QUIET_ZONE = 4  # modules of white on each side (ISO/IEC 18004, 9.1)
_TRAILING_DIGITS = re.compile(r"[0-9]+\Z", re.ASCII)
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class TooMuchForQr(ValueError):
    """The text does not fit a QR of version 13 at level M."""


def code_matrix(url: str) -> Matrix:
    """The modules of a QR that holds `url`, without quiet zone; True is dark. Raises TooMuchForQr above version 13."""
    found = _TRAILING_DIGITS.search(url)
    digits = found.group() if found else ""
    prefix = url[: len(url) - len(digits)].encode()
    version = smallest_version(len(prefix), len(digits))
    if version is None:
        raise TooMuchForQr(f"more than version {LARGEST_VERSION} holds")
    qr = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    for data, mode in ((prefix, MODE_8BIT_BYTE), (digits.encode(), MODE_NUMBER)):
        if data:
            qr.add_data(QRData(data, mode=mode, check_data=False))
    qr.make(fit=False)
    return qr.modules  # type: ignore[no-any-return]


def svg(matrix: Matrix, title: str = "") -> str:
    """An SVG document with its quiet zone. Presentation attributes only, so it stands under a CSP without styles."""
    size = len(matrix) + 2 * QUIET_ZONE
    label = f"<title>{escape(title)}</title>" if title else ""
    spoken = 'role="img"' if title else 'aria-hidden="true" focusable="false"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" {spoken}>'
        f'{label}<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path stroke="#000" d="{_lines(matrix)}"/></svg>'
    )


def png(matrix: Matrix, module_px: int = 8) -> bytes:
    """A PNG of one bit per pixel with its quiet zone, `module_px` pixels a module (1 to 40; else ValueError)."""
    if not 1 <= module_px <= 40:
        raise ValueError("1 to 40 pixels a module")
    size = (len(matrix) + 2 * QUIET_ZONE) * module_px
    stride = (size + 7) // 8
    white = b"\x00" + b"\xff" * stride
    margin, spare = "1" * (QUIET_ZONE * module_px), "1" * (stride * 8 - size)
    dark, light = "0" * module_px, "1" * module_px
    repeated = (b"\x02" + bytes(stride)) * (module_px - 1)  # filter "up": no difference from the row above
    rows = [white * (QUIET_ZONE * module_px)]
    for row in matrix:
        bits = margin + "".join([dark if module else light for module in row]) + margin + spare
        rows.append(b"\x00" + int(bits, 2).to_bytes(stride, "big") + repeated)
    rows.append(rows[0])
    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 4)
    return _PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _lines(matrix: Matrix) -> str:
    """One subpath a row, relative: dark runs are drawn, light ones are moved over."""
    steps = _run_steps(len(matrix))
    parts = []
    for y, row in enumerate(matrix, QUIET_ZONE):
        line = "".join(["1" if module else "0" for module in row]).rstrip("0")
        runs = line.replace("10", "1 0").replace("01", "0 1").split()
        parts.append(f"M{QUIET_ZONE} {y}.5" + "".join([steps[run] for run in runs]))
    return "".join(parts)


@cache
def _run_steps(size: int) -> dict[str, str]:
    """The path command of every run of modules that a row of `size` can have."""
    lengths = range(1, size + 1)
    return {"1" * n: f"h{n}" for n in lengths} | {"0" * n: f"m{n} 0" for n in lengths}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
