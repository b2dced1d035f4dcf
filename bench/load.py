"""Requests as fast as a server answers them, over a few connections that stay open; how many a second.

One thread and plain sockets: the client must cost little beside what it measures.
"""

import json
import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

Flow = Generator[bytes, "Said", None]  # gives a request, is sent the answer, and ends when its work is done
CONNECTIONS = 4


class Said(bytes):
    """The body of an answer."""

    def json(self) -> Any:
        return json.loads(self)


def get(path: str, cookie: str = "") -> bytes:
    """Without Accept-Encoding, as the proxy in front asks (docs/deploy/nginx.conf): it compresses pages itself, and the bare
    view's answer is compressed by nobody."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{_cookie(cookie)}\r\n".encode()


def post(path: str, body: Any, token: str = "", cookie: str = "") -> bytes:
    said = json.dumps(body, ensure_ascii=False).encode()
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{_cookie(cookie)}{bearer}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said


def _cookie(cookie: str) -> str:
    return f"Cookie: {cookie}\r\n" if cookie else ""


def once(request: Callable[[], bytes]) -> Callable[[], Flow]:
    """A flow of one request."""

    def flow() -> Flow:
        yield request()

    return flow


def rate(port: int, flow: Callable[[], Flow], seconds: float, connections: int = CONNECTIONS) -> float:
    """Flows done a second. Raises AssertionError for any answer that is no 2xx."""
    with selectors.DefaultSelector() as ready:
        opened = [_Connection(socket.create_connection(("127.0.0.1", port)), flow) for _ in range(connections)]
        for connection in opened:
            ready.register(connection.socket, selectors.EVENT_READ, connection)
            connection.begin()
        begin, done, busy = time.perf_counter(), 0, len(opened)
        while busy:
            for key, _ in ready.select(30):
                if key.data.read():
                    done += 1
                    if time.perf_counter() - begin < seconds:
                        key.data.begin()
                    else:
                        busy -= 1
        spent = time.perf_counter() - begin
        for connection in opened:
            connection.socket.close()
    return done / spent


def timed(port: int, request: bytes, times: int) -> float:
    """Seconds of one request at a time: the fastest."""
    connection = _Connection(socket.create_connection(("127.0.0.1", port)), once(lambda: request))
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        connection.begin()
        while not connection.read():
            pass
        spent.append(time.perf_counter() - begin)
    connection.socket.close()
    return min(spent)


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    make: Callable[[], Flow]
    flow: Flow | None = None
    got: bytearray = field(default_factory=bytearray)

    def begin(self) -> None:
        self.flow = self.make()
        self.socket.sendall(next(self.flow))

    def read(self) -> bool:
        """Takes what came; whether a flow is done."""
        piece = self.socket.recv(1 << 16)
        assert piece, "the server hung up"
        self.got += piece
        head = self.got.find(b"\r\n\r\n")
        if head < 0:
            return False
        fields = bytes(self.got[:head]).lower()
        at = fields.find(b"content-length:")
        assert at >= 0, fields
        length = int(fields[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.got) < head + 4 + length:
            return False
        body = Said(self.got[head + 4 : head + 4 + length])
        assert fields[9:10] == b"2", bytes(self.got[: head + 400]).decode("utf-8", "replace")
        self.got.clear()
        assert self.flow is not None
        try:
            self.socket.sendall(self.flow.send(body))
        except StopIteration:
            return True
        return False
