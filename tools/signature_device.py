"""A stand-in for a signature server or card: a process of its own that holds SM2 keys in a file and signs.

    python -m tools.signature_device SOCKET KEYS.json

Speaks what `app/store/signature_device.py` describes. For tests and trials: a site attaches a certified device instead.
"""

import argparse
import base64
import json
import os
import socketserver
from pathlib import Path
from typing import Any

from app.domain.codes.keys import SigningKey
from app.domain.codes.suites import SM2_SM3
from app.store.signature_device import LONGEST


class Keys:
    """Keys by name, in a file that only its owner may read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.kept: dict[str, str] = json.loads(file.read_text(encoding="ascii")) if file.exists() else {}

    def answer(self, request: dict[str, Any]) -> dict[str, str]:
        if request["op"] == "status":
            return {"device": f"stand-in with {len(self.kept)} keys"}
        if request["op"] == "generate":
            key, name = SigningKey.generate(SM2_SM3), str(len(self.kept) + 1)
            self.kept[name] = key.to_pem()
            self._save()
            return {"key": name, "public": _text(key.private.point)}
        if request["op"] == "sign":
            key = SigningKey.from_pem(SM2_SM3.name, self.kept[request["key"]])
            return {"signature": _text(key.sign(base64.b64decode(request["message"])))}
        return {"error": "status, generate and sign are what this device does"}

    def _save(self) -> None:
        beside = self.file.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            json.dump(self.kept, out)
        beside.replace(self.file)


def server(path: Path, keys: Keys) -> socketserver.BaseServer:
    """Listens on a socket that only its owner may use; one request after another."""

    class Request(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                answer = keys.answer(json.loads(self.rfile.readline(LONGEST)))
            except (KeyError, TypeError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")

    before = os.umask(0o177)
    try:
        return socketserver.UnixStreamServer(str(path), Request)
    finally:
        os.umask(before)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("socket", type=Path)
    parser.add_argument("keys", type=Path)
    arguments = parser.parse_args()
    arguments.socket.unlink(missing_ok=True)
    with server(arguments.socket, Keys(arguments.keys)) as listening:
        print("ready", flush=True)
        listening.serve_forever()


if __name__ == "__main__":
    main()
