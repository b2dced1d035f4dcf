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
from sqlalchemy import insert, select, text

from app.config import ConfigError, load_config
from app.outside import Outside
from app.services import addresses
from app.services.sending import outbox, senders
from app.store.models import OutboxRow
from app.store.unit_of_work import UnitOfWork
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
    assert house.perform(outbox._take, outbox.CHANNELS).id == message_id  # and dies
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


def test_a_slow_webhook_keeps_no_one_time_code_waiting_and_no_other_webhook(house: House) -> None:
    """One-time codes have a way of their own; what failed before comes after what is new."""
    sent: list[str] = []

    def slow(message: outbox.Message) -> None:
        sent.append(message.id)
        raise TimeoutError("no answer")

    failed = [queued(house, "webhook", "https://receiver.example/") for _ in range(2)]
    code = queued(house)
    ways = {"webhook": slow, "sms": lambda m: sent.append(m.id)}
    outbox.deliver(house.perform, ways, (outbox.MAIL, outbox.SMS))
    assert sent == [code]
    outbox.deliver(house.perform, ways)
    house.clock.move(minutes=1)
    new = queued(house, "webhook", "https://receiver.example/")
    outbox.deliver(house.perform, ways)
    assert sorted(sent[1:3]) == sorted(sent[4:]) == sorted(failed) and sent[3] == new


def test_a_thousand_messages_whose_time_is_over_keep_no_other_waiting(house: House) -> None:
    now = house.clock.now
    old = [
        {"id": f"{n:026d}", "channel": "sms", "topic": "space.code", "state": "queued", "tries": 0, "created_at": now,
         "next_at": now, "until": now}
        for n in range(1100)
    ]  # fmt: skip
    house.perform(lambda work: work.session.execute(insert(OutboxRow), old))
    message_id = queued(house)
    outbox.deliver(house.perform, {"sms": lambda m: None})
    assert row_of(house, message_id).state == "sent" and row_of(house, old[-1]["id"]).state == "given_up"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_gives_up_what_is_late_and_does_not_wait_for_what_another_is_at(house: House) -> None:
    held, free = queued(house), queued(house)
    house.clock.move(days=3)
    with house.installation.database.write() as another:
        another.get(OutboxRow, held, with_for_update=True)
        patience = text("SET LOCAL lock_timeout = '200ms'")

        def take(work: UnitOfWork) -> None:
            work.session.execute(patience)
            assert outbox._take(work, outbox.CHANNELS) is None

        house.perform(take)
    assert [row_of(house, i).state for i in (held, free)] == ["queued", "given_up"]


class Odd(http.server.BaseHTTPRequestHandler):
    """/ssh answers what is no HTTP; /stall says 200 and then nothing until `over`."""

    over = threading.Event()

    def do_POST(self) -> None:
        if self.path == "/ssh":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
            return
        self.send_response(200)
        self.end_headers()
        self.over.wait(5)

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_no_http_is_tried_again_and_the_status_alone_says_that_it_was_taken(house: House) -> None:
    Odd.over.clear()
    with serving(Odd) as port:
        ids = [queued(house, "webhook", f"http://127.0.0.1:{port}/{path}") for path in ("ssh", "stall")]
        outbox.deliver(house.perform, senders.from_config(Outside(), anywhere=True))
        assert not Odd.over.is_set()
        Odd.over.set()
    assert [row_of(house, i).state for i in ids] == ["queued", "sent"]
    assert "no HTTP" in str(row_of(house, ids[0]).problem)


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
