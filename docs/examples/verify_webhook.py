"""How the receiver of a webhook of 检查码 tells that it is ours, untouched, fresh, and not one it has seen. Standard library only.

The headers are those of Standard Webhooks (standardwebhooks.com): `webhook-id` stays the same when a message is sent
again, `webhook-timestamp` is the second of sending, `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body` with the key of the receiver: what the desk shows as `whsec_…` (`key_of`), or for the city's gateway of text
messages the bytes that the operator set (JCM_SMS_WEBHOOK_KEY).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, MutableSet

FRESH = 5 * 60  # seconds: what is older was kept by somebody


def key_of(secret: str) -> bytes:
    """The key behind a secret as Standard Webhooks writes it."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def is_ours(headers: Mapping[str, str], body: bytes, key: bytes, now: float) -> bool:
    """Whether the raw `body` was signed with `key` within the last five minutes. Do not parse it before."""
    message, sent, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (sent.isascii() and sent.isdigit()) or abs(now - int(sent)) > FRESH:
        return False
    mac = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(mac).decode()
    # Several stand there, apart by blanks, while a key is exchanged.
    return any(hmac.compare_digest(one.encode(), wanted.encode()) for one in signatures.split())


def is_new(headers: Mapping[str, str], seen: MutableSet[str]) -> bool:
    """Whether a message that is ours came for the first time; answer 200 to both, so that it is not sent again.

    `seen` is a table with a unique column in earnest; ids older than two days may be forgotten: nothing is retried longer."""
    message = headers["webhook-id"]
    if message in seen:
        return False
    seen.add(message)
    return True
