"""The names of all settings (docs/configuration.md), so that a mistyped one does not pass unnoticed."""

import difflib
from collections.abc import Iterable

NAMES = frozenset(
    [
        "JCM_ENV",
        "JCM_DATABASE_URL",
        "JCM_READ_DATABASE_URL",
        "JCM_PUBLIC_URL",
        "JCM_HOST",
        "JCM_PORT",
        "JCM_TLS",
        "JCM_TRUSTED_HOSTS",
        "JCM_TRUSTED_PROXIES",
        "JCM_SECRET_KEY",
        "JCM_KEY_ENCRYPTION_KEY",
        "JCM_JURISDICTION",
        "JCM_INSTANCE",
        "JCM_DEMO_PASSWORD",
        "JCM_NOW",
        "JCM_RATE_LIMITS",
        "JCM_SECOND_FACTOR",
        "JCM_SESSION_IDLE_MINUTES",
        "JCM_SESSION_HOURS",
        "JCM_PASSWORD_PROFILE",
        "JCM_WORKERS",
        "JCM_SMTP_URL",
        "JCM_MAIL_FROM",
        "JCM_SMS_WEBHOOK",
        "JCM_SMS_WEBHOOK_KEY",
        "JCM_SPACE_ISSUER",
        "JCM_SPACE_CLIENT_ID",
        "JCM_SPACE_CLIENT_SECRET",
        "JCM_SPACE_USCC_CLAIM",
        "JCM_STAFF_ISSUER",
        "JCM_STAFF_CLIENT_ID",
        "JCM_STAFF_CLIENT_SECRET",
        "JCM_STAFF_TRUSTED",
        "JCM_CRYPTOGRAPHY",
        "JCM_SIGNATURE_DEVICE",
        "JCM_LOG_SUITE",
        "JCM_ZONE",
        "JCM_PUBLIC_ZONE_KEY",
        "JCM_CONNECTOR_SYSTEM",
        "JCM_CONNECTOR_URL",
        "JCM_CONNECTOR_TOKEN",
        "JCM_CONNECTOR_UNIT_TOKENS",
        "JCM_CONNECTOR_EVERY",
        "JCM_METRICS_TOKEN",
        "JCM_METRICS_FROM",
        "JCM_LOG_FORMAT",
        "JCM_BACKUP_RECIPIENT",
    ]
)


def unknown(env: Iterable[str]) -> list[tuple[str, str]]:
    """The names among `env` that begin like a setting and are none, each with the one that was probably meant, or ""."""
    strangers = sorted(name for name in env if name.upper().startswith("JCM_") and name not in NAMES)
    return [(name, next(iter(difflib.get_close_matches(name.upper(), NAMES, 1)), "")) for name in strangers]
