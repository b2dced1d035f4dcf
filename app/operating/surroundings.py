"""What stands around the program: its settings, folder and certificate, the servers it calls, its own address from outside."""

import json
import os
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from app import config_names, zones
from app.config import Config
from app.config_connector import LOCAL
from app.operating.findings import FAULT, OK, WARNING, Finding, finding
from app.operating.logs import masked
from app.services.sending import senders

SECRETS = ("secret.key", "key-encryption.key", "root.key", zones.KEY_FILE)
SELF_SIGNED = "self-signed"
CERTIFICATE_SHORT = timedelta(days=14)
PATIENCE = 5  # seconds for each server that is asked


def names(env: Iterable[str]) -> Iterator[Finding]:
    """Variables that look like settings and are none: what they should say does not hold."""
    for name, meant in config_names.unknown(env):
        yield finding("setting_meant" if meant else "setting_unknown", WARNING, name=name, meant=meant)


def here(config: Config, now: datetime) -> Iterator[Finding]:
    """What can be looked at on this machine alone."""
    if config.instance.exists() and not os.access(config.instance, os.W_OK | os.X_OK):
        yield finding("instance_closed", FAULT, path=config.instance)
    for path in (config.instance, *(config.instance / name for name in SECRETS)):
        if os.access(path, os.F_OK) and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield finding("secret_open", FAULT, path=path, mode="700" if path.is_dir() else "600")
    if (config.instance / "root.key").exists():
        yield finding("root_here", OK if not config.is_production else WARNING, path=config.instance / "root.key")
    if config.tls not in ("", SELF_SIGNED):
        yield _certificate(config.tls, now)
    if config.is_production and config.is_https and not config.tls and not config.trusted_proxies:
        yield finding("proxies_none", WARNING)


def tls_files(setting: str) -> tuple[Path, Path]:
    """The certificate and the key that JCM_TLS names. Raises ValueError with what is wrong with them."""
    certificate, _, key = setting.partition(",")
    for name in (certificate, key):
        if not name:
            raise ValueError("JCM_TLS must be self-signed or CERTIFICATE.pem,KEY.pem.")
        try:
            Path(name).read_bytes()
        except OSError as error:
            raise ValueError(f"JCM_TLS: {name}: {error.strerror}.") from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError):
        raise ValueError(f"JCM_TLS: {certificate} and {key} are no certificate with its key (PEM).") from None
    return Path(certificate), Path(key)


def _certificate(setting: str, now: datetime) -> Finding:
    try:
        until = x509.load_pem_x509_certificate(tls_files(setting)[0].read_bytes()).not_valid_after_utc
    except ValueError as error:
        return finding("tls_wrong", FAULT, problem=error)
    level = FAULT if until <= now else WARNING if until - now < CERTIFICATE_SHORT else OK
    return finding("tls" if level == OK else "tls_short", level, until=f"{until:%Y-%m-%d}")


def around(config: Config) -> Iterator[Finding]:
    """What only a call can tell; nothing is sent but a greeting, and each may take some seconds."""
    outside, public = config.outside, config.zone == zones.PUBLIC
    if outside.smtp_url and not public:
        yield _asked("mail", FAULT, urlsplit(outside.smtp_url).hostname, partial(_greet, config))
    if outside.sms_webhook and not public:
        yield _asked("gateway", FAULT, urlsplit(outside.sms_webhook).hostname, partial(_reach, outside.sms_webhook))
    for issuer, elsewhere in ((outside.space_issuer, zones.INSIDE), (outside.staff_issuer, zones.PUBLIC)):
        if issuer and config.zone != elsewhere:
            yield _asked("issuer", FAULT, issuer, partial(_metadata, issuer))
    if config.is_production and config.zone != zones.INSIDE and urlsplit(config.public_url).hostname not in LOCAL:
        yield _asked("address", WARNING, config.public_url, partial(_alive, config.public_url))


def _asked(code: str, level: str, name: str | None, ask: Callable[[], None]) -> Finding:
    try:
        ask()
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return finding(f"{code}_silent", level, name=name, problem=masked(str(reason)))
    return finding(code, OK, name=name)


def _greet(config: Config) -> None:
    with senders.mail_server(config.outside, PATIENCE):
        """Connected, and signed in where a password is set."""


def _reach(url: str) -> None:
    """Any answer of the gateway will do, a refusal of HEAD too."""
    try:
        _get(url, "HEAD")
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise


def _metadata(issuer: str) -> None:
    if json.loads(_get(issuer + "/.well-known/openid-configuration")).get("issuer", "").rstrip("/") != issuer:
        raise ValueError("its metadata name another issuer")


def _alive(url: str) -> None:
    if json.loads(_get(url + "/healthz")) != {"status": "ok"}:
        raise ValueError("something else answers there")


def _get(url: str, method: str = "GET") -> bytes:
    """What stands at an http(s) address (as the settings require). Raises OSError, HTTPError too."""
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=PATIENCE) as answer:  # noqa: S310
        return bytes(answer.read(1 << 20))
