"""The second factor of an account: begun, confirmed by a code, asked for, replaced, taken away.

The secret is sealed; recovery codes are keyed marks. A code works once: the time step is advanced by one conditional
statement, so that two requests with the same code cannot both pass (OWASP ASVS 5.0, 6.5.1; RFC 6238, 5.2).
"""

from dataclasses import dataclass

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain import second_factor as domain
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import NotFound, Refused
from app.domain.sign_in import SignInRules
from app.domain.times import shanghai_day
from app.services import registers
from app.services.people import account_notices, passwords, sessions
from app.services.people.sessions import Whence
from app.store import actors
from app.store.limits import Limit
from app.store.models import Passkey, RecoveryCode, SecondFactor, User
from app.store.unit_of_work import UnitOfWork

CODE_LIMIT = Limit(burst=6, per_minute=0.5)  # an account, by who knows its password


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the enrolment page shows: the secret as text and as the address that its QR holds."""

    text: str
    address: str


def has_factor(session: Session, actor_id: str) -> bool:
    """Whether somebody has an app in use, or a passkey."""
    return has_app(session, actor_id) or has_passkey(session, actor_id)


def has_passkey(session: Session, actor_id: str) -> bool:
    return bool(session.scalar(select(exists().where(Passkey.actor == actor_id))))


def has_app(session: Session, actor_id: str) -> bool:
    row = session.get(SecondFactor, actor_id)
    return row is not None and row.confirmed_at is not None


def codes_left(session: Session, actor_id: str) -> int:
    """How many recovery codes were not used yet."""
    where = (RecoveryCode.actor == actor_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*where)) or 0


def begin(work: UnitOfWork, actor: Actor) -> Enrolment:
    """The secret that the actor's app is to take; the same until it is confirmed. Raises Refused("factor_there")."""
    work.lock(f"second-factor:{actor.id}")
    row = work.session.get(SecondFactor, actor.id)
    if row is not None and row.confirmed_at is not None:
        raise Refused("factor_there")
    if row is None:
        sealed = work.vault.seal(work.random(domain.SECRET_BYTES), _purpose(actor.id))
        row = SecondFactor(actor=actor.id, secret=sealed, created_at=work.now)
        work.session.add(row)
        work.session.flush()
        registers.record(work, actor, work.default_jurisdiction, [row])
    secret = work.vault.open(row.secret, _purpose(actor.id))
    username = work.session.get_one(User, actor.id).username
    return Enrolment(domain.base32(secret), domain.otpauth(secret, username))


def confirm(work: UnitOfWork, actor: Actor, code: str, secret: str, password: str | None) -> list[str]:
    """Takes the app in use and ends the actor's other sessions; the recovery codes, shown once.

    `secret`: of the session that asks; `password`: None where that session opens nothing else before it has a factor.
    Raises Refused: factor_there, factor_not_begun, wrong_code; Invalid("wrong_password").
    """
    if password is not None:
        passwords.require_own(work, actor, password)
    work.lock(f"second-factor:{actor.id}")
    row = work.session.get(SecondFactor, actor.id, with_for_update=True)
    if row is None:
        raise Refused("factor_not_begun", "code")
    if row.confirmed_at is not None:
        raise Refused("factor_there", "code")
    if not _use_app(work, row, code):
        raise Refused("wrong_code", "code")
    row.confirmed_at = work.now
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [row])
    sessions.end_all(work, actor.id, but=secret)
    account_notices.tell(work, actor.id, account_notices.FACTOR)
    return new_codes(work, actor.id)


def pass_code(work: UnitOfWork, secret: str, code: str, whence: Whence, rules: SignInRules) -> tuple[Actor, str] | None:
    """Completes a sign-in by a code of the app or a recovery code: the actor and the secret of the whole session, which
    takes the place of the half one. None for a wrong code, or where the half session ran out."""
    half = sessions.waiting(work.session, secret, work.now)
    if half is None or not prove(work, half, code):
        return None
    sessions.end(work, secret)
    found = actors.by_id(work.session, half, shanghai_day(work.now))
    return (found, sessions.start(work, half, whence, rules, way="code", needs_code=False)) if found else None


def prove(work: UnitOfWork, actor_id: str, code: str) -> bool:
    """Whether `code` is one of the app or an unused recovery code; it is used up. False where there is no factor."""
    row = work.session.get(SecondFactor, actor_id, with_for_update=True)
    if row is not None and row.confirmed_at is not None and _use_app(work, row, code):
        return True
    return has_factor(work.session, actor_id) and _use_recovery(work, actor_id, code)


def renew_codes(work: UnitOfWork, actor: Actor, code: str) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises Refused("wrong_code")."""
    if not prove(work, actor.id, code):
        raise Refused("wrong_code", "code")
    return new_codes(work, actor.id)


def replace(work: UnitOfWork, actor: Actor, code: str) -> None:
    """Takes the own app out of use, so that another can be enrolled at once. Raises Refused("wrong_code")."""
    if not has_app(work.session, actor.id) or not prove(work, actor.id, code):
        raise Refused("wrong_code", "code")
    _remove(work, actor, actor.id)
    if not has_factor(work.session, actor.id):
        forget_codes(work, actor.id)


def reset(work: UnitOfWork, by: Actor, actor_id: str) -> None:
    """Takes app and passkeys of somebody who lost them out of use and ends all sessions. Raises NotFound("no_factor")."""
    keys = list(work.session.scalars(select(Passkey).where(Passkey.actor == actor_id)))
    app = work.session.get(SecondFactor, actor_id)
    if app is None and not keys:
        raise NotFound("no_factor")
    if app is not None:
        _remove(work, by, actor_id)
    for row in keys:
        registers.removed(work, by, work.default_jurisdiction, [row])
        work.session.delete(row)
    forget_codes(work, actor_id)
    sessions.end_all(work, actor_id)


def reset_by_name(work: UnitOfWork, username: str) -> None:
    """`reset` as the server's operator does it, where nobody else can. Raises NotFound."""
    actor_id = work.session.scalar(select(User.actor).where(User.username == username))
    if actor_id is None:
        raise NotFound("no_such_user", username=username)
    reset(work, SYSTEM, actor_id)


def _remove(work: UnitOfWork, by: Actor, actor_id: str) -> None:
    row = work.session.get_one(SecondFactor, actor_id)
    registers.removed(work, by, work.default_jurisdiction, [row])
    work.session.delete(row)
    account_notices.tell(work, actor_id, account_notices.FACTOR)


def forget_codes(work: UnitOfWork, actor_id: str) -> None:
    """Recovery codes go with the last second factor."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.actor == actor_id))
    work.session.flush()


def _use_app(work: UnitOfWork, row: SecondFactor, code: str) -> bool:
    step = domain.accepted_step(work.vault.open(row.secret, _purpose(row.actor)), code, work.now, row.last_step)
    if step is None:
        return False
    unused = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    done = work.session.execute(
        update(SecondFactor).where(SecondFactor.actor == row.actor, unused).values(last_step=step)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _use_recovery(work: UnitOfWork, actor_id: str, code: str) -> bool:
    plain = domain.recovery_plain(code)
    if plain is None:
        return False
    where = (
        RecoveryCode.mark.in_(work.vault.marks(f"recovery-code:{actor_id}", plain)),
        RecoveryCode.actor == actor_id,
        RecoveryCode.used_at.is_(None),
    )
    done = work.session.execute(update(RecoveryCode).where(*where).values(used_at=work.now))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def new_codes(work: UnitOfWork, actor_id: str) -> list[str]:
    """Ten recovery codes in place of the old ones, shown once."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.actor == actor_id))
    shown = [domain.recovery_text(work.random(10)) for _ in range(domain.RECOVERY_CODES)]
    marks = [_mark(work, actor_id, text.replace("-", "")) for text in shown]
    work.session.add_all([RecoveryCode(mark=mark, actor=actor_id) for mark in marks])
    work.session.flush()
    return shown


def _mark(work: UnitOfWork, actor_id: str, plain: str) -> bytes:
    return work.vault.mark(f"recovery-code:{actor_id}", plain)


def _purpose(actor_id: str) -> str:
    return f"second-factor:{actor_id}"
