"""What somebody sees of the own account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.services.people import account_notices, office, passkeys, second_factors
from app.store.models import AccountNotice, SecondFactor, Unit, User


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """`factor_since`: when the second factor was taken in use, None without one; `codes_left` of its recovery codes."""

    username: str
    unit: str
    password_changed_at: datetime | None
    factor_since: datetime | None
    codes_left: int
    passkeys: list[passkeys.Listed]
    office_since: datetime | None
    notices: Sequence[AccountNotice]


def account(session: Session, actor: Actor) -> OwnAccount:
    user = session.get_one(User, actor.id)
    unit = session.get(Unit, actor.unit) if actor.unit else None
    factor = session.get(SecondFactor, actor.id)
    return OwnAccount(
        username=user.username,
        unit=unit.name if unit else "",
        password_changed_at=user.password_changed_at,
        factor_since=factor.confirmed_at if factor else None,
        codes_left=second_factors.codes_left(session, actor.id),
        passkeys=passkeys.of(session, actor.id),
        notices=account_notices.recent(session, actor.id),
        office_since=office.linked_at(session, actor.id),
    )
