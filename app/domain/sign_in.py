"""What signing in asks for: how long a session lasts, who needs a second factor, what it still owes.

OWASP ASVS 5.0: 6.3.3 (a second factor), 7.3.1 and 7.3.2 (idle and absolute limits). 等保三级 8.1.4.1: two kinds of
identification for who administers, an end after idle time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.actors import INSPECTOR, INTEGRATION

HALF_LIFETIME = timedelta(minutes=10)  # from the password to the second factor
TOUCHED_EVERY = timedelta(minutes=5)  # so that reading a page does not write each time
CODE, PASSWORD, FACTOR = "code", "password", "factor"  # what a session may owe, in this order


@dataclass(frozen=True, slots=True)
class SignInRules:
    """`factor`: whether who has more than an inspector's powers must have a second factor. `idle` and `longest` end a
    session; `password_days`: after how many days a password is changed, 0 never (ASVS 6.2.10 forbids it, 等保 asks)."""

    factor: bool
    idle: timedelta
    longest: timedelta
    password_days: int = 0
    mixed: bool = False  # whether a password needs three kinds of characters (等保; ASVS 6.2.5 forbids it)


def needs_factor(role: str | None, rules: SignInRules) -> bool:
    """Everybody but who records the own visits: whoever approves, supervises, watches or administers. New roles too."""
    return rules.factor and role not in (INSPECTOR, INTEGRATION)


def owed(
    rules: SignInRules,
    role: str | None,
    *,
    needs_code: bool,
    has_factor: bool,
    given: bool,
    changed_at: datetime | None,
    now: datetime,
) -> str:
    """What a session must do before anything else opens: "code", "password", "factor", or "" for nothing.

    `given`: the password was given by somebody else, who knows it.
    """
    if needs_code:
        return CODE
    old = bool(rules.password_days) and (changed_at is None or changed_at <= now - timedelta(days=rules.password_days))
    if given or old:
        return PASSWORD
    return FACTOR if needs_factor(role, rules) and not has_factor else ""


def coarse_place(address: str | None) -> str:
    """Where somebody signed in from, too coarse to be a person's: 10.23.*.*, 2001:db8:1::, empty where unknown."""
    text = (address or "").removeprefix("::ffff:")
    if text.count(".") == 3 and all(part.isdigit() for part in text.split(".")):
        first, second, *_ = text.split(".")
        return f"{first}.{second}.*.*"
    if ":" in text:
        if text == "::1":
            return text
        return ":".join(text.split("::")[0].split(":")[:3]) + "::"
    return ""


_BROWSERS = (
    ("wxwork", "wxwork"), ("micromessenger", "wechat"), ("dingtalk", "dingtalk"), ("edg", "edge"), ("firefox", "firefox"),
    ("fxios", "firefox"), ("opr/", "opera"), ("huaweibrowser", "huawei"), ("qqbrowser", "qq"), ("ucbrowser", "uc"),
    ("chrome", "chrome"), ("crios", "chrome"), ("safari", "safari"),
)  # fmt: skip
_SYSTEMS = (
    ("harmonyos", "harmony"), ("openharmony", "harmony"), ("android", "android"), ("iphone", "ios"), ("ipad", "ios"),
    ("windows", "windows"), ("mac os", "macos"), ("linux", "linux"),
)  # fmt: skip


def device_kind(user_agent: str) -> str:
    """ "browser|system" in our own words, each "other" where it is not known: more is not kept of a browser."""
    text = user_agent.lower()
    browser = next((name for part, name in _BROWSERS if part in text), "other")
    system = next((name for part, name in _SYSTEMS if part in text), "other")
    return f"{browser}|{system}"
