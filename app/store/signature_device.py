"""Speaks to a signature server or card through a small process beside us, over a unix socket.

One connection a request; one line of JSON each way, at most 16 MiB, bytes in base64:

    {"op": "status"}                                        → {"device": "what it calls itself"}
    {"op": "generate", "purpose": "code YT-YJJ"}            → {"key": "17", "public": x ‖ y}
    {"op": "sign", "key": "17", "message": …}               → {"signature": r ‖ s}
    anything that cannot be done                            → {"error": "why"}

The site supplies that process: it turns these requests into calls of its device's library (SDF of GM/T 0018, or the
service of GM/T 0029) and is the only one that holds its credentials. `tools/signature_device.py` is a stand-in with keys in a
file, for tests and trials.
"""

import base64
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.crypto import DeviceError

LONGEST = 16 * 1024 * 1024  # the signed list of a large district's keys
TIMEOUT = 5.0  # seconds; a signature takes a thousandth of one


@dataclass(frozen=True, slots=True)
class SocketDevice:
    """The device behind the socket at `path`."""

    path: Path

    def status(self) -> str:
        return _text(self._ask({"op": "status"}), "device")

    def generate(self, purpose: str) -> tuple[str, bytes]:
        answer = self._ask({"op": "generate", "purpose": purpose})
        return _text(answer, "key"), _data(answer, "public")

    def sign(self, name: str, message: bytes) -> bytes:
        asked = {"op": "sign", "key": name, "message": base64.b64encode(message).decode()}
        return _data(self._ask(asked), "signature")

    def _ask(self, request: dict[str, str]) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT)
                connection.connect(str(self.path))
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as lines:
                    answer = json.loads(lines.readline(LONGEST))
        except (OSError, ValueError) as error:
            raise DeviceError(f"the signature device at {self.path} does not answer: {error}") from error
        if not isinstance(answer, dict) or "error" in answer:
            said = answer.get("error") if isinstance(answer, dict) else answer
            raise DeviceError(f"the signature device refuses: {said}")
        return answer


def _text(answer: dict[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise DeviceError(f"the signature device gives no {name}")
    return found


def _data(answer: dict[str, Any], name: str) -> bytes:
    """64 bytes: a point or a signature."""
    try:
        data = base64.b64decode(_text(answer, name), validate=True)
    except ValueError:
        data = b""
    if len(data) != 64:
        raise DeviceError(f"the signature device gives no {name}")
    return data
