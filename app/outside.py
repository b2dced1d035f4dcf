"""What an installation may reach outside of itself, from JCM_* variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Outside:
    """What this installation may reach outside of itself; empty where it may not.

    `smtp_url` (smtp:// or smtps://, with user and password where asked for) and `mail_from` send mail, `sms_webhook`
    hands text messages to the city's gateway, signed with `sms_webhook_key`. `space_issuer`, `space_client_id` and
    `space_client_secret` are the city's sign-in of enterprises (OpenID Connect); `space_uscc_claim` names the claim that
    holds their USCCs. `staff_…` are the office's own sign-in of staff; `staff_trusted` the values of its acr or amr that
    stand for a second factor.
    """

    smtp_url: str = ""
    mail_from: str = ""
    sms_webhook: str = ""
    sms_webhook_key: str = ""
    space_issuer: str = ""
    space_client_id: str = ""
    space_client_secret: str = ""
    space_uscc_claim: str = "uscc"
    staff_issuer: str = ""
    staff_client_id: str = ""
    staff_client_secret: str = ""
    staff_trusted: tuple[str, ...] = ()


def outside_settings(env: Mapping[str, str], environment: str) -> Outside:
    """What may be reached, each address of a kind that is understood; https outside this machine in production.
    Raises ValueError with one line that says what is wrong."""
    outside = Outside(
        smtp_url=_address(env, "JCM_SMTP_URL", ("smtp", "smtps")),
        mail_from=env.get("JCM_MAIL_FROM", ""),
        sms_webhook=_address(env, "JCM_SMS_WEBHOOK", ("https", "http")),
        sms_webhook_key=env.get("JCM_SMS_WEBHOOK_KEY", ""),
        space_issuer=_address(env, "JCM_SPACE_ISSUER", ("https", "http")).rstrip("/"),
        space_client_id=env.get("JCM_SPACE_CLIENT_ID", ""),
        space_client_secret=env.get("JCM_SPACE_CLIENT_SECRET", ""),
        space_uscc_claim=env.get("JCM_SPACE_USCC_CLAIM") or "uscc",
        staff_issuer=_address(env, "JCM_STAFF_ISSUER", ("https", "http")).rstrip("/"),
        staff_client_id=env.get("JCM_STAFF_CLIENT_ID", ""),
        staff_client_secret=env.get("JCM_STAFF_CLIENT_SECRET", ""),
        staff_trusted=tuple(env.get("JCM_STAFF_TRUSTED", "").split()),
    )
    if outside.smtp_url and "@" not in outside.mail_from:
        raise ValueError("JCM_SMTP_URL needs JCM_MAIL_FROM, the address that mail comes from.")
    if outside.space_issuer and not outside.space_client_id:
        raise ValueError("JCM_SPACE_ISSUER needs JCM_SPACE_CLIENT_ID and JCM_SPACE_CLIENT_SECRET.")
    if outside.staff_issuer and not outside.staff_client_id:
        raise ValueError("JCM_STAFF_ISSUER needs JCM_STAFF_CLIENT_ID and JCM_STAFF_CLIENT_SECRET.")
    for name in ("JCM_SMS_WEBHOOK", "JCM_SPACE_ISSUER", "JCM_STAFF_ISSUER"):
        parts = urlsplit(env.get(name, ""))
        if environment == "production" and parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError(f"{name} must begin with https:// outside this machine.")
    return outside


def _address(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    url = env.get(name, "")
    if url and (urlsplit(url).scheme not in schemes or not urlsplit(url).hostname):
        raise ValueError(f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)} and name a host.")
    return url
