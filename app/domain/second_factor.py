"""The second factor: time-based one-time codes (RFC 6238 over RFC 4226) and recovery codes.

SHA-1, six digits, thirty seconds: what every authenticator app can do, 国内的 ones too. HMAC does not rest on the
collision resistance that SHA-1 lost.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from app.domain.ids import CROCKFORD, crockford

PERIOD, DIGITS, SECRET_BYTES = 30, 6, 20  # RFC 4226, R6: 160 bits
DRIFT = 1  # steps before and after that are taken: a phone's clock may be half a minute off (RFC 6238, 5.2)
RECOVERY_CODES, RECOVERY_LENGTH = 10, 16  # 80 random bits each
ISSUER = "检查码"
_MISREAD = str.maketrans("OIL", "011")


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // PERIOD


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a time step (HOTP of RFC 4226, 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def accepted_step(secret: bytes, typed: str, now: datetime, last_step: int | None) -> int | None:
    """The step whose code was typed, or None. A step that was used, or lies before one, is refused: a code works once."""
    code = "".join(c for c in typed if not c.isspace())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    found = None
    for step in range(step_of(now) - DRIFT, step_of(now) + DRIFT + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and (last_step is None or step > last_step):
            found = step
    return found


def base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def otpauth(secret: bytes, username: str) -> str:
    """What the QR of the enrolment holds (Key URI format of Google Authenticator, which all apps read)."""
    label = quote(f"{ISSUER}:{username}")
    return f"otpauth://totp/{label}?" + urlencode({"secret": base32(secret), "issuer": ISSUER}, quote_via=quote)


def recovery_text(random_bytes: bytes) -> str:
    """A recovery code as it is shown: four groups of four. `random_bytes`: ten."""
    text = crockford(int.from_bytes(random_bytes, "big"), RECOVERY_LENGTH)
    return "-".join(text[i : i + 4] for i in range(0, RECOVERY_LENGTH, 4))


def recovery_plain(typed: str) -> str | None:
    """A recovery code as it was typed, without separators, in one spelling; None where it cannot be one."""
    folded = typed.upper().translate(_MISREAD)
    text = "".join(c for c in folded if c in CROCKFORD)
    return text if len(text) == RECOVERY_LENGTH else None
