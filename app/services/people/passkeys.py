"""Passkeys (WebAuthn, W3C Level 2): registered, used instead of password and code or as the second factor, named, removed.

The signature is made over this site's own address, so that a look-alike site has nothing to pass on (OWASP ASVS 5.0, 6.5.7).
Every use asks the device to know its owner (user verification): what one has, and what one knows or is.
What the browser is asked goes out sealed and comes back with the answer; a question is answered once.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.sign_in import SignInRules
from app.domain.times import parse_rfc3339, rfc3339, shanghai_day
from app.services import registers
from app.services.people import account_notices, passwords, second_factors, sessions
from app.services.people.sessions import Whence
from app.store import actors
from app.store.database import dialect_insert
from app.store.limits import Limit
from app.store.models import DeviceMark, Passkey, User
from app.store.unit_of_work import UnitOfWork
from app.store.vault import VaultError

NAME = "检查码"
ANSWERED_WITHIN = timedelta(minutes=5)
MOST = 10
LONGEST_NAME = 40
LONGEST_ANSWER = 20_000
LIMIT = Limit(burst=20, per_minute=20)  # questions, an address
_VERIFIED = UserVerificationRequirement.REQUIRED
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is asked (`options`, for navigator.credentials) and the sealed `state` that comes back with the answer."""

    options: dict[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


def of(session: Session, actor_id: str) -> list[Listed]:
    """Somebody's passkeys, oldest first."""
    rows = session.scalars(select(Passkey).where(Passkey.actor == actor_id).order_by(Passkey.created_at, Passkey.id))
    return [Listed(r.id, r.name, r.created_at, r.last_used_at) for r in rows]


def ask_new(work: UnitOfWork, actor: Actor) -> Question:
    """The question for a new passkey of the actor; the browser refuses one that is there already."""
    options = webauthn.generate_registration_options(
        rp_id=_site(work)[0],
        rp_name=NAME,
        user_id=actor.id.encode(),
        user_name=work.session.get_one(User, actor.id).username,
        user_display_name=actor.name,
        challenge=work.vault.random(32),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_credentials(work.session, actor.id),
    )
    return _question(work, "new", options, actor.id)


def add(work: UnitOfWork, actor: Actor, password: str, name: str, answer: str, state: str, secret: str) -> list[str]:
    """Keeps a new passkey; recovery codes, shown once, where it is the first second factor. Other sessions end.

    `secret`: of the session that asks. Raises Invalid("wrong_password" | "missing"), Refused: passkey_wrong, too_many_passkeys.
    """
    passwords.require_own(work, actor, password)
    if not name.strip():
        raise Invalid("missing", "name")
    work.lock(f"second-factor:{actor.id}")
    had_factor = second_factors.has_factor(work.session, actor.id)
    if len(of(work.session, actor.id)) >= MOST:
        raise Refused("too_many_passkeys", "form", most=MOST)
    challenge = _answered(work, "new", state, actor.id)
    rp_id, origin = _site(work)
    try:
        made = webauthn.verify_registration_response(
            credential=answer[:LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise Refused("passkey_wrong", "form") from error
    if work.session.scalar(select(Passkey.id).where(Passkey.credential == made.credential_id)):
        raise Refused("passkey_wrong", "form")
    row = Passkey(
        id=work.new_id(),
        actor=actor.id,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name.strip()[:LONGEST_NAME],
        created_at=work.now,
        last_used_at=None,
    )
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [row])
    sessions.end_all(work, actor.id, but=secret)
    account_notices.tell(work, actor.id, account_notices.PASSKEY)
    return [] if had_factor else second_factors.new_codes(work, actor.id)


def ask(work: UnitOfWork, half: str = "") -> Question:
    """The question for a sign-in: with any passkey of this site, or (`half`: the secret of a session that waits for its
    second factor) with one of that account. Raises Refused("no_passkey")."""
    actor_id = _half(work, half) if half else ""
    known = _credentials(work.session, actor_id) if actor_id else []
    if half and not known:
        raise Refused("no_passkey")
    options = webauthn.generate_authentication_options(
        rp_id=_site(work)[0],
        challenge=work.vault.random(32),
        allow_credentials=known or None,
        user_verification=_VERIFIED,
    )
    return _question(work, "use", options, actor_id)


def sign_in(
    work: UnitOfWork, answer: str, state: str, whence: Whence, rules: SignInRules, half: str = ""
) -> tuple[Actor, str]:
    """The actor whose passkey signed, and the secret of a whole session; the `half` one ends. Raises Refused("passkey_wrong")."""
    expected = _half(work, half) if half else ""
    challenge = _answered(work, "use", state, expected)
    row = _signed(work, answer, challenge)
    user = work.session.get_one(User, row.actor)
    found = actors.by_id(work.session, row.actor, shanghai_day(work.now))
    if user.disabled_at is not None or found is None or (half and row.actor != expected):
        raise Refused("passkey_wrong", "form")
    row.last_used_at = work.now
    if half:
        sessions.end(work, half)
    return found, sessions.start(work, row.actor, whence, rules, way="passkey", needs_code=False)


def rename(work: UnitOfWork, actor: Actor, passkey_id: str, name: str) -> None:
    """Raises NotFound("no_such_passkey"), Invalid("missing")."""
    if not name.strip():
        raise Invalid("missing", "name")
    row = _own(work, actor, passkey_id)
    row.name = name.strip()[:LONGEST_NAME]
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [row])


def remove(work: UnitOfWork, actor: Actor, passkey_id: str, password: str) -> None:
    """Takes a passkey away; recovery codes go with the last second factor. Raises NotFound("no_such_passkey"),
    Invalid("wrong_password")."""
    passwords.require_own(work, actor, password)
    work.lock(f"second-factor:{actor.id}")
    _delete(work, actor, _own(work, actor, passkey_id))
    if not second_factors.has_factor(work.session, actor.id):
        second_factors.forget_codes(work, actor.id)
    account_notices.tell(work, actor.id, account_notices.PASSKEY)


def _signed(work: UnitOfWork, answer: str, challenge: bytes) -> Passkey:
    """The passkey that signed the answer to a question."""
    rp_id, origin = _site(work)
    try:
        said = json.loads(answer[:LONGEST_ANSWER])
        credential = base64url_to_bytes(said["id"])
        row = work.session.scalar(select(Passkey).where(Passkey.credential == credential).with_for_update())
        if row is None:
            raise Refused("passkey_wrong", "form")
        used = webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise Refused("passkey_wrong", "form") from error
    row.sign_count = used.new_sign_count
    return row


def _question(work: UnitOfWork, purpose: str, options: Any, actor_id: str) -> Question:
    until = rfc3339(work.now + ANSWERED_WITHIN)
    said = {"challenge": bytes_to_base64url(options.challenge), "actor": actor_id, "until": until}
    sealed = work.vault.seal(json.dumps(said).encode(), f"passkey:{purpose}")
    return Question(json.loads(webauthn.options_to_json(options)), bytes_to_base64url(sealed))


def _answered(work: UnitOfWork, purpose: str, state: str, actor_id: str) -> bytes:
    """The challenge of a question that was asked of `actor_id` and is answered now, for the first time."""
    try:
        said = json.loads(work.vault.open(base64url_to_bytes(state[:2000]), f"passkey:{purpose}"))
    except (VaultError, ValueError) as error:
        raise Refused("passkey_wrong", "form") from error
    until = parse_rfc3339(said["until"])
    if said["actor"] != actor_id or until <= work.now:
        raise Refused("passkey_wrong", "form")
    mark = work.vault.mark("passkey-answered", said["challenge"])
    statement = dialect_insert(work.session, DeviceMark).values(mark=mark, expires_at=until)
    if work.session.execute(statement.on_conflict_do_nothing().returning(DeviceMark.mark)).first() is None:
        raise Refused("passkey_wrong", "form")
    return base64url_to_bytes(said["challenge"])


def _half(work: UnitOfWork, half: str) -> str:
    actor_id = sessions.waiting(work.session, half, work.now)
    if actor_id is None:
        raise Refused("passkey_wrong", "form")
    return actor_id


def _credentials(session: Session, actor_id: str) -> list[PublicKeyCredentialDescriptor]:
    found = session.scalars(select(Passkey.credential).where(Passkey.actor == actor_id))
    return [PublicKeyCredentialDescriptor(id=credential) for credential in found]


def _own(work: UnitOfWork, actor: Actor, passkey_id: str) -> Passkey:
    row = work.session.get(Passkey, passkey_id)
    if row is None or row.actor != actor.id:
        raise NotFound("no_such_passkey")
    return row


def _delete(work: UnitOfWork, by: Actor, row: Passkey) -> None:
    registers.removed(work, by, work.default_jurisdiction, [row])
    work.session.delete(row)
    work.session.flush()


def _site(work: UnitOfWork) -> tuple[str, str]:
    """The domain that passkeys are bound to, and the address that browsers name."""
    parts = urlsplit(work.public_url)
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
