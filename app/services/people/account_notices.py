"""What people are told about their own account (OWASP ASVS 5.0, 6.3.5 and 6.3.7), and sign-ins on record (16.3.1).

A sign-in is a fact: whose account, in which way, whether on a browser that was not known; no address, no device. Failures are
counted by the hour and become one fact. What the owner reads is as coarse as a session, and forgotten after ninety days.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor
from app.domain.sign_in import coarse_place, device_kind
from app.domain.times import rfc3339
from app.services.sending import outbox
from app.store.database import dialect_insert
from app.store.models import AccountNotice, SignInFailure, Subscription
from app.store.unit_of_work import UnitOfWork, deleted

KEPT = timedelta(days=90)
SHOWN = 10
AT_ONCE = 500
NOBODY = "unknown"  # failures with a user name that nobody has
BROWSER, PASSWORD, FACTOR, PASSKEY, OFFICE = "browser", "password", "factor", "passkey", "office"
_MAIL = {
    BROWSER: "您的检查码账号刚刚在一个新的浏览器上登录。",
    PASSWORD: "您的检查码账号的密码刚刚修改。",
    FACTOR: "您的检查码账号的动态验证码刚刚启用、更换或取消。",
    PASSKEY: "您的检查码账号刚刚添加或删除了通行密钥。",
    OFFICE: "您的检查码账号刚刚连接或断开了统一身份认证。",
}


def tell(work: UnitOfWork, actor_id: str, kind: str, agent: str = "", address: str | None = None) -> None:
    """One line on the owner's account page, and a mail where they gave an address for notices."""
    device, place = device_kind(agent) if agent else "", coarse_place(address)
    row = AccountNotice(id=work.new_id(), actor=actor_id, kind=kind, device=device, place=place, at=work.now)
    work.session.add(row)
    query = select(Subscription).where(Subscription.actor == actor_id, Subscription.channel == outbox.MAIL)
    subscription = work.session.scalar(query)
    if subscription is not None:
        to = work.vault.open(subscription.sealed, f"subscription:{subscription.id}").decode()
        text = f"{_MAIL[kind]}\n\n不是您本人操作时，请立即修改密码，并退出其他所有设备：\n{work.public_url}/account/\n"
        outbox.enqueue(work, outbox.MAIL, to, text, topic="account", subject="检查码账号提醒")
    work.session.flush()


def recent(session: Session, actor_id: str) -> Sequence[AccountNotice]:
    """The newest notices of an account, newest first."""
    query = select(AccountNotice).where(AccountNotice.actor == actor_id)
    return session.scalars(query.order_by(AccountNotice.at.desc(), AccountNotice.id.desc()).limit(SHOWN)).all()


def signed_in(work: UnitOfWork, actor_id: str, way: str, *, new: bool) -> None:
    """Puts a whole sign-in on record."""
    who, body = Actor(id=actor_id, kind="person", name=""), {"way": way, "new_browser": new}
    work.store_fact(work.fact("account.signed_in", ("account", actor_id), body, who, work.default_jurisdiction))


def failed(work: UnitOfWork, actor_id: str | None) -> None:
    """Counts a sign-in that failed, for a name that nobody has, too: both take as long."""
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    statement = dialect_insert(work.session, SignInFailure).values(actor=actor_id or NOBODY, hour=hour, count=1)
    counted = statement.on_conflict_do_update(index_elements=["actor", "hour"], set_={"count": SignInFailure.count + 1})
    work.session.execute(counted)


def tell_failures(work: UnitOfWork) -> int:
    """Housekeeping: one fact for each account and hour that is over; how many."""
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    query = select(SignInFailure).where(SignInFailure.hour < hour).order_by(SignInFailure.hour, SignInFailure.actor)
    rows = list(work.session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)))
    for row in rows:
        body = {"count": row.count, "hour": rfc3339(row.hour)}
        subject = ("account", row.actor)
        work.store_fact(work.fact("account.sign_in_failed", subject, body, SYSTEM, work.default_jurisdiction))
        work.session.delete(row)
    work.session.flush()
    return len(rows)


def forget(work: UnitOfWork) -> int:
    """Housekeeping: notices older than ninety days; how many."""
    return deleted(work, delete(AccountNotice).where(AccountNotice.at < work.now - KEPT))
