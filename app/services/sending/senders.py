"""How messages leave: mail by SMTP, text messages through the city's gateway, webhooks. Each is there only where set."""

import base64
import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import partial
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit

from app.clock import Clock, system_clock
from app.outside import Outside
from app.services import addresses
from app.services.sending.outbox import MAIL, SMS, WEBHOOK, Message, Sender

TIMEOUT = 15  # seconds without a byte
LONGEST = 30.0  # seconds that a webhook or the gateway may take altogether
Dial = Callable[..., socket.socket]


def from_config(outside: Outside, *, anywhere: bool = False, clock: Clock = system_clock) -> dict[str, Sender]:
    """The senders that an installation has, by channel. `anywhere`: webhooks may lead into this network (demonstration).
    `clock` says when a message is signed."""
    senders: dict[str, Sender] = {WEBHOOK: lambda m: _webhook(outside, m, anywhere, clock)}
    if outside.smtp_url:
        senders[MAIL] = lambda m: _mail(outside, m)
    if outside.sms_webhook:
        senders[SMS] = lambda m: _sms(outside, m, clock)
    return senders


def _mail(outside: Outside, message: Message) -> None:
    """One connection a message: a gateway of an office sends tens an hour, not thousands.

    EmailMessage refuses line breaks in headers (ValueError)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = outside.mail_from, message.to, message.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    with mail_server(outside) as server:
        server.send_message(mail)


@contextmanager
def mail_server(outside: Outside, timeout: float = TIMEOUT) -> Iterator[smtplib.SMTP]:
    """The mail server, signed in to where it asks for that; a password is sent over TLS only. Raises OSError."""
    url = urlsplit(outside.smtp_url)
    context = ssl.create_default_context()
    try:
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                url.hostname or "", url.port or 465, timeout=timeout, context=context
            )
        else:
            server = smtplib.SMTP(url.hostname or "", url.port or 25, timeout=timeout)
        with server:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif url.scheme == "smtp" and url.username:
                raise OSError("the mail server offers no TLS: the password is not sent")
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            yield server
    except smtplib.SMTPException as error:  # its words may name the recipient
        raise OSError(f"SMTP {getattr(error, 'smtp_code', type(error).__name__)}") from None


def _sms(outside: Outside, message: Message, clock: Clock) -> None:
    body = json.dumps({"to": message.to, "text": message.text}, ensure_ascii=False).encode()
    _post(outside.sms_webhook, body, _signed(message, body, outside.sms_webhook_key, clock))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message goes where it was addressed to, nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Dialled(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """http and https over connections that `dial` opens."""

    def __init__(self, dial: Dial) -> None:
        super().__init__()
        self.dial = dial

    def _connection(self, kind: type[http.client.HTTPConnection], *args: Any, **kwargs: Any) -> Any:
        connection = kind(*args, **kwargs)
        connection._create_connection = self.dial  # type: ignore[attr-defined]
        return connection

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(self._connection, http.client.HTTPConnection), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        made = partial(self._connection, http.client.HTTPSConnection)
        return self.do_open(made, request, context=ssl.create_default_context())


@contextmanager
def _hung_up_after(seconds: float, dial: Dial) -> Iterator[Dial]:
    """`dial` for calls that end in time: a host that sends a byte now and then would keep messages waiting."""
    opened: list[socket.socket] = []
    over = threading.Event()

    def dial_and_note(*args: Any, **kwargs: Any) -> socket.socket:
        connection = dial(*args, **kwargs)
        opened.append(connection.dup())  # TLS takes the first handle over
        if over.is_set():
            connection.close()
            raise TimeoutError("no connection in time")
        return connection

    def hang_up() -> None:
        over.set()
        for connection in opened:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.start()
    try:
        yield dial_and_note
    finally:
        timer.cancel()
        for connection in opened:
            connection.close()


def _webhook(outside: Outside, message: Message, anywhere: bool, clock: Clock) -> None:
    """Posts to an address that a user typed: by https, past any proxy, to hosts of the public internet. Raises like `_post`."""
    body = message.text.encode()
    headers = _signed(message, body, outside.sms_webhook_key if message.common else "", clock)
    if anywhere:
        _post(message.to, body, headers)
    elif urlsplit(message.to).scheme != "https":
        raise ValueError("a webhook is called by https only")
    else:
        _post(message.to, body, headers, addresses.connect, urllib.request.ProxyHandler({}))


def _signed(message: Message, body: bytes, key: str, clock: Clock) -> dict[str, str]:
    """The headers of Standard Webhooks: an id that stays when a message is sent again, the second of sending, and for each
    key (the receiver's own, newest first, then the installation's `key`) the HMAC-SHA256 of both and the body;
    docs/examples/verify_webhook.py checks them. `X-JCM-Signature` is the HMAC of the body alone in hex with the
    installation's key, for gateways that know that one."""
    sent = str(int(clock().timestamp()))
    headers = {"webhook-id": message.id, "webhook-timestamp": sent}
    own = [base64.b64decode(secret.removeprefix("whsec_")) for secret in message.keys]
    signed = f"{message.id}.{sent}.".encode() + body
    macs = [hmac.digest(one, signed, "sha256") for one in (*own, *([key.encode()] if key else []))]
    if macs:
        headers["webhook-signature"] = " ".join("v1," + base64.b64encode(mac).decode() for mac in macs)
    if key:
        headers["X-JCM-Signature"] = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return headers


def _post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    dial: Dial = socket.create_connection,
    *ways: urllib.request.BaseHandler,
) -> None:
    """POSTs JSON; the status alone says whether it was taken. Raises OSError with what went wrong, or ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("not an http address")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} | headers, method="POST")  # noqa: S310
    with _hung_up_after(LONGEST, dial) as dial_in_time:
        opener = urllib.request.build_opener(_NoRedirect, _Dialled(dial_in_time), *ways)
        try:
            opener.open(request, timeout=TIMEOUT).close()
        except HTTPError as error:
            error.close()
            raise OSError(f"HTTP {error.code}") from None
        except URLError as error:
            raise (error.reason if isinstance(error.reason, OSError) else OSError(error.reason)) from None
        except http.client.HTTPException as error:
            raise OSError(f"what came is no HTTP ({type(error).__name__})") from None
