"""Where another system is whose visits come in here (docs/operations.md, Beside the city's system)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOCAL = ("127.0.0.1", "localhost", "::1")
EVERY = 60


@dataclass(frozen=True, slots=True)
class ConnectorSettings:
    """`system` is how the other system is called here, `url` its address (https://) or a folder of files (file://).

    `token` reads there, `unit_tokens` record results there, each for its unit; `every` are seconds between two rounds.
    """

    system: str = ""
    url: str = ""
    token: str = field(default="", repr=False)
    unit_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    every: int = EVERY

    @property
    def is_set(self) -> bool:
        return bool(self.system and self.url)

    @property
    def folder(self) -> Path | None:
        parts = urlsplit(self.url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


def connector_settings(env: Mapping[str, str], environment: str) -> ConnectorSettings:
    """From JCM_CONNECTOR_*. Raises ValueError with one line that says what is wrong."""
    system, url = env.get("JCM_CONNECTOR_SYSTEM", "").strip(), env.get("JCM_CONNECTOR_URL", "").rstrip("/")
    if not url:
        return ConnectorSettings()
    if not system or len(system) > 100:
        raise ValueError(
            "JCM_CONNECTOR_URL needs JCM_CONNECTOR_SYSTEM, the name of the other system (at most 100 characters)."
        )
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http", "file") or not (parts.hostname or parts.scheme == "file"):
        raise ValueError(
            "JCM_CONNECTOR_URL must begin with https:// and name a host, or with file:// and name a folder."
        )
    if environment == "production" and parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ValueError("JCM_CONNECTOR_URL must begin with https:// outside this machine.")
    token = env.get("JCM_CONNECTOR_TOKEN", "")
    if parts.scheme != "file" and not token:
        raise ValueError("JCM_CONNECTOR_URL needs JCM_CONNECTOR_TOKEN, a token of a supervisor there.")
    every = env.get("JCM_CONNECTOR_EVERY", "") or str(EVERY)
    if not every.isascii() or not every.isdigit() or not 5 <= int(every) <= 86400:
        raise ValueError("JCM_CONNECTOR_EVERY must be 5 to 86400 seconds.")
    return ConnectorSettings(system, url, token, _unit_tokens(env.get("JCM_CONNECTOR_UNIT_TOKENS", "")), int(every))


def _unit_tokens(text: str) -> dict[str, str]:
    tokens = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        unit, _, token = part.partition("=")
        if not unit or not token:
            raise ValueError("JCM_CONNECTOR_UNIT_TOKENS must list UNIT=TOKEN, comma-separated.")
        tokens[unit.strip()] = token.strip()
    return tokens
