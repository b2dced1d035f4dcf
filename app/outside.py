"""What an installation may reach outside of itself; `app/config.py` fills it in from JCM_* variables."""

from dataclasses import dataclass


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
