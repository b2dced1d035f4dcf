"""Configuration: frozen, typed, from JCM_* variables only. Refuses to start when something unsafe is asked for."""

import ipaddress
import os
import re
import socket
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app import zones
from app.config_connector import ConnectorSettings, connector_settings
from app.domain.sign_in import SignInRules
from app.outside import Outside, outside_settings

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
ENVIRONMENTS = ("production", "demo", "test")
JURISDICTION = re.compile(r"[0-9]{6}([0-9]{3}){0,2}")  # GB/T 2260, and the codes of towns and villages
PUBLIC_URL = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class ConfigError(Exception):
    """One line that says which variable is wrong and what it should be."""


@dataclass(frozen=True, slots=True)
class Config:
    """`secret_key` signs cookies, `key_encryption_key` (32 bytes) encrypts signing keys at rest. Who reads /metrics shows
    `metrics_token` or comes from one of `metrics_from` (networks); where neither is set, nobody does."""

    environment: str
    database_url: str
    read_database_url: str
    public_url: str
    host: str
    port: int
    tls: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    secret_key: str
    key_encryption_key: bytes
    jurisdiction: str
    instance: Path
    demo_password: str | None
    fixed_now: datetime | None
    rate_limits: bool
    workers: int
    log_suite: str
    cryptography: str
    signature_device: str
    outside: Outside
    metrics_token: str
    metrics_from: tuple[str, ...]
    log_format: str
    sign_in: SignInRules
    connector: ConnectorSettings
    zone: str = zones.ALL
    practice: bool = False  # a place to practise (app/practice): no setting, set where the rooms are made

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def load_config(env: Mapping[str, str] | None = None) -> Config:
    """The configuration from `env` (default: the process environment). Raises ConfigError."""
    env = os.environ if env is None else env
    environment = env.get("JCM_ENV", "production")
    if environment not in ENVIRONMENTS:
        raise ConfigError(f"JCM_ENV must be one of {', '.join(ENVIRONMENTS)}, not {environment!r}.")
    instance = Path(env.get("JCM_INSTANCE", str(INSTANCE)))
    host, port, tls = env.get("JCM_HOST", "127.0.0.1"), _port(env), env.get("JCM_TLS", "")
    scheme = "https" if tls else "http"
    shown_host = _own_address() if host in ("0.0.0.0", "::") else host  # noqa: S104 compared, not bound
    shown_host = f"[{shown_host}]" if ":" in shown_host else shown_host
    public_url = env.get("JCM_PUBLIC_URL", f"{scheme}://{shown_host}:{port}").rstrip("/")
    database_url = _database_url(env.get("JCM_DATABASE_URL") or f"sqlite:///{instance / 'jcm.sqlite3'}")
    kind, zone = _choice(env, "JCM_CRYPTOGRAPHY", ("international", "state")), _choice(env, "JCM_ZONE", zones.ZONES)
    config = Config(
        environment=environment,
        database_url=database_url,
        read_database_url=_database_url(env.get("JCM_READ_DATABASE_URL") or database_url),
        public_url=public_url,
        host=host,
        port=port,
        tls=tls,
        trusted_hosts=_trusted_hosts(env, public_url, host, environment),
        trusted_proxies=_number(env, "JCM_TRUSTED_PROXIES", 0),
        secret_key=_secret(env, "JCM_SECRET_KEY", instance / "secret.key"),
        key_encryption_key=_key(env, *_read(zones.key_place, env, instance, zone)),
        jurisdiction=env.get("JCM_JURISDICTION", "990101" if environment != "production" else ""),
        instance=instance,
        demo_password=env.get("JCM_DEMO_PASSWORD") or None,
        fixed_now=_fixed_now(env, environment),
        rate_limits=_rate_limits(env, environment),
        workers=_number(env, "JCM_WORKERS", 2, least=1),
        log_suite=_choice(env, "JCM_LOG_SUITE", ("SM2-SM3",) if kind == "state" else ("Ed25519", "SM2-SM3")),
        cryptography=kind,
        signature_device=_device(env, kind),
        outside=_read(outside_settings, env, environment),
        metrics_token=env.get("JCM_METRICS_TOKEN", ""),
        metrics_from=_networks(env, "JCM_METRICS_FROM"),
        log_format=_choice(
            env, "JCM_LOG_FORMAT", ("json", "text") if environment == "production" else ("text", "json")
        ),
        sign_in=_sign_in(env, environment),
        connector=_read(connector_settings, env, environment),
        zone=zone,
    )
    _refuse_unsafe(config, env)
    return config


def _read(part: Callable[..., T], *args: object) -> T:
    """A part of the configuration that is read elsewhere and says what is wrong by ValueError."""
    try:
        return part(*args)
    except (ValueError, OSError) as error:
        raise ConfigError(str(error)) from None


def _sign_in(env: Mapping[str, str], environment: str) -> SignInRules:
    """How people sign in. In production the second factor of who approves, supervises or administers is no choice."""
    production = environment == "production"
    factor = _choice(env, "JCM_SECOND_FACTOR", ("required",) if production else ("optional", "required"))
    idle = _number(env, "JCM_SESSION_IDLE_MINUTES", 60 if production else 720)
    longest = _number(env, "JCM_SESSION_HOURS", 12)
    if not 5 <= idle <= 24 * 60 or not 1 <= longest <= 24:
        raise ConfigError("JCM_SESSION_IDLE_MINUTES must be 5 to 1440, JCM_SESSION_HOURS 1 to 24.")
    mlps = _choice(env, "JCM_PASSWORD_PROFILE", ("asvs", "mlps")) == "mlps"
    return SignInRules(
        factor == "required",
        timedelta(minutes=idle),
        timedelta(hours=longest),
        password_days=90 if mlps else 0,
        mixed=mlps,
    )


def _own_address() -> str:
    """The address by which a phone in the same network reaches this machine. Connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _port(env: Mapping[str, str]) -> int:
    port = _number(env, "JCM_PORT", 8000)
    if not 0 < port < 65536:
        raise ConfigError("JCM_PORT must be between 1 and 65535.")
    return port


def _number(env: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ConfigError(f"{name} must be a whole number from {least} on, not {text!r}.")
    return int(text)


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`; the first is the default."""
    value = env.get(name) or choices[0]
    if value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _device(env: Mapping[str, str], kind: str) -> str:
    """The socket of a signature server or card; such devices hold SM2 keys."""
    path = env.get("JCM_SIGNATURE_DEVICE", "")
    if path and not path.startswith("/"):
        raise ConfigError("JCM_SIGNATURE_DEVICE must be the absolute path of a unix socket.")
    if path and kind != "state":
        raise ConfigError("JCM_SIGNATURE_DEVICE holds SM2 keys: set JCM_CRYPTOGRAPHY=state as well.")
    return path


def _networks(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses or networks, comma-separated."""
    named = tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())
    for part in named:
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ConfigError(f"{name} must list addresses or networks such as 10.1.2.0/24, not {part!r}.") from None
    return named


def _database_url(url: str) -> str:
    """`postgres://` and `postgresql://` both mean psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url[len(prefix) :]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("JCM_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("JCM_DATABASE_URL is no address; in a password write @ as %40, / as %2F, : as %3A.") from None
    return url


def _trusted_hosts(env: Mapping[str, str], public_url: str, host: str, environment: str) -> tuple[str, ...]:
    named = tuple(h.strip() for h in env.get("JCM_TRUSTED_HOSTS", "").split(",") if h.strip())
    public = urlsplit(public_url).hostname or ""
    local = ("127.0.0.1", "localhost", "[::1]")
    if environment != "production" and not named and host in ("0.0.0.0", "::"):  # noqa: S104 compared, not bound
        return ()  # a phone in the same network calls this machine by an address nobody knows beforehand
    return tuple(dict.fromkeys((*named, public, *local)))


def _secret(env: Mapping[str, str], name: str, path: Path) -> str:
    """A secret from the environment, else from a file that only its owner may read. Empty where neither exists."""
    if env.get(name):
        return env[name]
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise _unread(path, error) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path} can be read by others: run chmod 600 on it.")
    text = key_text(path)
    if not text:
        raise damaged(path)
    return text


def key_text(path: Path) -> str:
    """What a key file says. Raises ConfigError where it cannot be read or is no text."""
    try:
        return path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise damaged(path) from None
    except OSError as error:
        raise _unread(path, error) from None


def _unread(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be read ({error.strerror}): it belongs to the user that serves, mode 600, folder 700."
    )


def damaged(path: Path) -> ConfigError:
    """A key file was cut off or overwritten: only a copy helps, a new key would open nothing that the old one sealed."""
    return ConfigError(f"{path} is damaged: put the copy from the backup in its place (docs/operations.md, Keys).")


def _key(env: Mapping[str, str], path: Path, name: str) -> bytes:
    text = _secret(env, name, path)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b"?"
    if len(key) in (0, 32):
        return key
    raise ConfigError(f"{name} must be 64 hexadecimal digits (32 bytes).") if env.get(name) else damaged(path)


def _fixed_now(env: Mapping[str, str], environment: str) -> datetime | None:
    text = env.get("JCM_NOW", "")
    if not text:
        return None
    if environment == "production":
        raise ConfigError("JCM_NOW fixes the clock and is for demo and test only.")
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError("JCM_NOW must be an RFC 3339 time such as 2026-11-22T14:02:00+08:00.") from None
    if now.tzinfo is None:
        raise ConfigError("JCM_NOW needs an offset, such as +08:00.")
    return now


def _rate_limits(env: Mapping[str, str], environment: str) -> bool:
    value = env.get("JCM_RATE_LIMITS", "on")
    if value not in ("on", "off"):
        raise ConfigError("JCM_RATE_LIMITS must be on or off.")
    if value == "off" and environment == "production":
        raise ConfigError("JCM_RATE_LIMITS=off is for demo and test only.")
    return value == "on"


def _refuse_unsafe(config: Config, env: Mapping[str, str]) -> None:
    if not PUBLIC_URL.fullmatch(config.public_url):
        raise ConfigError("JCM_PUBLIC_URL must be http(s)://HOST or http(s)://HOST:PORT, nothing behind it.")
    if config.secret_key and len(config.secret_key) < 32:
        if not env.get("JCM_SECRET_KEY"):
            raise damaged(config.instance / "secret.key")
        raise ConfigError("JCM_SECRET_KEY must have at least 32 characters.")
    if config.jurisdiction and not JURISDICTION.fullmatch(config.jurisdiction):
        raise ConfigError("JCM_JURISDICTION must be a region code of 6, 9 or 12 digits, such as 310114.")
    if config.metrics_token and len(config.metrics_token) < 16:
        raise ConfigError("JCM_METRICS_TOKEN must have at least 16 characters.")
    if not config.is_production:
        return
    if env.get("JCM_DEMO_PASSWORD"):
        raise ConfigError("JCM_DEMO_PASSWORD is for demo and test only.")
    if not config.jurisdiction:
        raise ConfigError("JCM_JURISDICTION must name the region code of this installation, such as 310114.")
    if not config.is_https and urlsplit(config.public_url).hostname not in ("127.0.0.1", "localhost"):
        raise ConfigError("JCM_PUBLIC_URL must begin with https:// outside this machine.")
