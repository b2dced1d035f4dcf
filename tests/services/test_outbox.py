"""Messages leave the house at least once, sealed until then, and are given up when they help nobody any more."""

import hashlib
import hmac
import http.server
import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.config import ConfigError, load_config
from app.outside import Outside
from app.services import addresses
from app.services.sending import outbox, senders
from app.store.models import OutboxRow
from tests.house import House


class Mailbox(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) to take a mail."""

    received: list[str] = []

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (data := self.rfile.readline()) != b".\r\n":
                    lines.append(data.decode())
                self.received.append("".join(lines))
            self.wfile.write(b"250 yes\r\n" if word != b"QUIT" else b"221 bye\r\n")
            if word == b"QUIT":
                return


class Gateway(http.server.BaseHTTPRequestHandler):
    received: list[tuple[str, bytes]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.headers.get("X-JCM-Signature", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def row_of(house: House, message_id: str) -> OutboxRow:
    with house.installation.reading() as session:
        return session.get_one(OutboxRow, message_id)


def queued(house: House, channel: str = "sms", to: str = "13800000001", **options: Any) -> str:
    return house.perform(outbox.enqueue, channel, to, "六位数字是 123456", topic="space.code", **options)


def test_a_mail_and_a_text_message_arrive_and_are_forgotten(house: House) -> None:
    Mailbox.received.clear(), Gateway.received.clear()
    with serving(Mailbox) as mail, serving(Gateway) as sms:
        outside = Outside(f"smtp://127.0.0.1:{mail}", "jcm@example.com", f"http://127.0.0.1:{sms}/send", "a key")
        ids = [queued(house, "mail", "wang@example.com", subject="验证码"), queued(house)]
        assert "123456" not in str(row_of(house, ids[0]).sealed)
        assert outbox.deliver(house.perform, senders.from_config(outside)) == 2
    assert "To: wang@example.com" in Mailbox.received[0]
    signature, body = Gateway.received[0]
    assert json.loads(body) == {"to": "13800000001", "text": "六位数字是 123456"}
    assert signature == hmac.new(b"a key", body, hashlib.sha256).hexdigest()
    assert [(row_of(house, i).state, row_of(house, i).sealed) for i in ids] == [("sent", None)] * 2


def test_what_was_not_taken_is_tried_again_later_and_given_up_in_the_end(house: House) -> None:
    tries = []

    def broken(message: outbox.Message) -> None:
        tries.append(message.id)
        raise OSError(f"gateway says no to {message.to}")

    message_id = queued(house, good_for=timedelta(minutes=10))
    for _ in range(3):
        assert outbox.deliver(house.perform, {"sms": broken}) in (0, 1)
    assert len(tries) == 1  # not at once
    for _ in range(40):
        house.clock.move(seconds=20)
        outbox.deliver(house.perform, {"sms": broken})
    row = row_of(house, message_id)
    assert 4 <= len(tries) <= 7 and "13800000001" not in (row.problem or "")
    house.clock.move(minutes=10)
    outbox.deliver(house.perform, {"sms": broken})
    row = row_of(house, message_id)
    assert (row.state, row.sealed) == ("given_up", None)


def test_a_message_whose_worker_died_is_sent_by_the_next_one(house: House) -> None:
    message_id = queued(house)
    assert house.perform(outbox._take).id == message_id  # and dies
    sent: list[str] = []
    senders_now = {"sms": lambda m: sent.append(m.id)}
    outbox.deliver(house.perform, senders_now)
    assert sent == []
    house.clock.move(minutes=3)
    outbox.deliver(house.perform, senders_now)
    assert sent == [message_id]


def test_two_workers_send_a_message_once(house: House) -> None:
    for _ in range(6):
        queued(house)
    sent: list[str] = []
    threads = [
        threading.Thread(target=outbox.deliver, args=(house.perform, {"sms": lambda m: sent.append(m.id)}))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 6


def test_a_slow_webhook_keeps_no_one_time_code_waiting(house: House) -> None:
    """A digest for twenty receivers that do not answer takes ten minutes: a code asked for meanwhile goes out next."""
    sent: list[str] = []

    def slow(message: outbox.Message) -> None:
        sent.append(message.channel)
        if len(sent) == 1:
            house.clock.move(seconds=30)
            queued(house)

    for _ in range(3):
        queued(house, "webhook", "https://receiver.example/")
    outbox.deliver(house.perform, {"webhook": slow, "sms": lambda m: sent.append(m.channel)})
    assert sent == ["webhook", "sms", "webhook", "webhook"]


def test_without_a_gateway_nothing_is_kept(house: House) -> None:
    message_id = queued(house)
    outbox.deliver(house.perform, {})
    assert (row_of(house, message_id).state, row_of(house, message_id).sealed) == ("given_up", None)


def test_a_host_that_sends_a_byte_now_and_then_keeps_no_other_message_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its TLS record is promised long and comes byte by byte: each is in time, the whole is not."""
    monkeypatch.setattr(senders, "LONGEST", 0.2)
    monkeypatch.setattr(addresses, "_is_public", lambda _: True)
    at_its_end = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as peer, suppress(OSError):
            peer.sendall(b"\x16\x03\x03\x40\x00")
            for _ in range(200):
                peer.sendall(b"\0")
                at_its_end.wait(0.02)
            at_its_end.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        message = outbox.Message("m", "webhook", f"https://127.0.0.1:{server.getsockname()[1]}/", "", "{}")
        with pytest.raises(OSError):
            senders.from_config(Outside())["webhook"](message)
        assert not at_its_end.is_set()
        at_its_end.set()
        thread.join()


def test_a_redirect_leads_no_message_astray_and_a_password_needs_tls(house: House) -> None:
    Gateway.received.clear()
    Gateway.status = 302
    with serving(Gateway) as sms, serving(Mailbox) as mail:
        outside = Outside(f"smtp://user:secret@127.0.0.1:{mail}", "jcm@example.com", f"http://127.0.0.1:{sms}/send")
        ids = [queued(house), queued(house, "mail", "wang@example.com")]
        outbox.deliver(house.perform, senders.from_config(outside))
    Gateway.status = 200
    assert [row_of(house, i).state for i in ids] == ["queued", "queued"]
    assert "no TLS" in str(row_of(house, ids[1]).problem)
    with house.installation.reading() as session:
        assert all("secret" not in (r.problem or "") for r in session.scalars(select(OutboxRow)))


@pytest.mark.parametrize(
    "env",
    [
        {"JCM_SMTP_URL": "http://mail.example"},
        {"JCM_SMTP_URL": "smtp://mail.example"},
        {"JCM_SMS_WEBHOOK": "ftp://sms.example"},
        {"JCM_SPACE_ISSUER": "https://city.example"},
    ],
)
def test_settings_that_cannot_work_stop_the_start(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        load_config({"JCM_ENV": "test", **env})
