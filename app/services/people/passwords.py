"""Passwords: what a new one must be, how they are kept (argon2id), when a kept one is hashed anew.

OWASP ASVS 5.0: 6.2.1 (length), 6.2.4 (a list of common ones), 6.2.5 (no rules of composition, unless the place asks
for them), 6.2.8 (as typed), 6.2.9 (long ones), 6.2.11 (words of the context).
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.domain.actors import Actor
from app.domain.errors import Invalid
from app.store.limits import Limit
from app.store.models import User
from app.store.unit_of_work import UnitOfWork

HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)  # OWASP: 46 MiB, t=1, p=1
MIN_PASSWORD, MAX_PASSWORD = 12, 256
OWN_LIMIT = Limit(burst=5, per_minute=1)  # how often somebody signed in may give the own password again
LITTLE = 6  # so many characters must stand beside what everybody would try first
BESIDE_OWN = 8  # and so many beside a word of the person or the place
CONTEXT = ("jianchama", "检查码")
COMMON = Path(__file__).with_name("common-passwords.txt")
ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()_+",
)  # fmt: skip


@cache
def unknown_user_hash() -> str:
    """What an unknown name is checked against, so that it costs the same time."""
    return HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    return HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether `password` is the one kept (None: nobody's, at the same cost)."""
    try:
        return HASHER.verify(kept or unknown_user_hash(), password[: MAX_PASSWORD + 1]) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def require_own(work: UnitOfWork, actor: Actor, password: str) -> None:
    """Who finds an open session must not make a way in of their own (OWASP ASVS 5.0, 7.5.1). Raises Invalid("wrong_password")."""
    if not is_right(work.session.get_one(User, actor.id).password_hash, password):
        raise Invalid("wrong_password", "password")


def is_cheap(kept: str) -> bool:
    """Whether a hash was made with other costs than today's, and should be made anew at the next sign-in."""
    return HASHER.check_needs_rehash(kept)


def check(password: str, field: str, context: Iterable[str] = (), *, mixed: bool = False) -> None:
    """Raises Invalid at `field`: password_short, password_long, password_common, password_context, password_mixed.

    `context`: words that belong to the person; `mixed`: three kinds of characters are asked for (等保).
    """
    if len(password) < MIN_PASSWORD:
        raise Invalid("password_short", field, length=MIN_PASSWORD)
    if len(password) > MAX_PASSWORD:
        raise Invalid("password_long", field, most=MAX_PASSWORD)
    folded = password.lower()
    if _is_common(folded):
        raise Invalid("password_common", field)
    for word in (*CONTEXT, *(w.lower() for w in context if len(w) > 2)):
        if word in folded and len(folded.replace(word, "")) < BESIDE_OWN:
            raise Invalid("password_context", field)
    if mixed and _kinds(password) < 3:
        raise Invalid("password_mixed", field)


def _is_common(folded: str) -> bool:
    """One of the list, also with digits and signs around it, several times over, or a run of the keyboard."""
    core = folded.strip("0123456789!@#$%^&*()_+-=.,?~ ")
    around = len(folded) - len(core)
    for text in (folded, core):
        unit = _repeated(text)
        if text and unit in _common() and around < LITTLE + len(unit):
            return True
    return len(set(folded)) < 4 or len(_repeated(folded)) < LITTLE or _in_rows(folded)


def _repeated(text: str) -> str:
    """The shortest piece that `text` is made of by repeating it; `text` itself where there is none."""
    at = (text + text).find(text, 1)
    return text[:at] if text else text


def _in_rows(text: str) -> bool:
    """Whether it is typed along rows of the keyboard or the alphabet, in two runs at most."""
    rows = (*ROWS, *(row[::-1] for row in ROWS))
    return any(
        any(text[:at] in row for row in rows) and any(text[at:] in row for row in rows)
        for at in range(1, len(text) + 1)
    )


def _kinds(text: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in text) for test in tests)


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))
