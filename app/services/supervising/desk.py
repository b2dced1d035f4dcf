"""A supervisor's own desk: saved filters, watched enterprises and units, and one digest a day by mail or webhook."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, insert, or_, select

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound
from app.domain.supervision import OPEN
from app.domain.times import SHANGHAI, rfc3339, shanghai_day
from app.services.sending import outbox, webhook_keys
from app.store import actors
from app.store.models import Enterprise, FindingRow, RedTold, SavedView, Subscription, Unit, UnitQuestion, Watch
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

MOST = 50  # of each kind and person
LOOKED_BACK = timedelta(days=1)  # a red flag that could not be told within a day is in the digest
TOLD_KEPT = timedelta(days=3)
MOST_AT_ONCE = 1000
DIGEST_AT = 8  # o'clock in Shanghai
CHANNELS = (outbox.MAIL, outbox.WEBHOOK)
DIGEST, URGENT, TEST = "digest", "urgent", "test"  # topics, and the `type` of what a webhook gets
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,}")


def save_view(work: UnitOfWork, actor: Actor, name: str, query: str) -> None:
    """Keeps filters under a name; the same name again replaces them. Raises Invalid("missing" | "too_many_kept")."""
    name = name.strip()[:40]
    if not name:
        raise Invalid("missing", "name")
    work.lock(f"desk:{actor.id}")
    work.session.execute(delete(SavedView).where(SavedView.actor == actor.id, SavedView.name == name))
    _room(work, SavedView, actor)
    work.session.add(SavedView(id=work.new_id(), actor=actor.id, name=name, query=query[:500]))
    work.session.flush()


def forget_view(work: UnitOfWork, actor: Actor, view_id: str) -> dict[str, str]:
    """What was forgotten, as `save_view` takes it, so that it can be taken back; nothing where it was gone already."""
    gone = delete(SavedView).where(SavedView.actor == actor.id, SavedView.id == view_id)
    return _first(work, gone.returning(SavedView.name, SavedView.query))


def watch(work: UnitOfWork, actor: Actor, kind: str, subject: str) -> None:
    """Marks new flags on an enterprise or unit for this person. Watching twice is watching once."""
    known = {"enterprise": Enterprise, "unit": Unit}.get(kind)
    if known is None or work.session.get(known, subject) is None:
        raise Invalid("unknown_choice", "kind", value=kind, choices="enterprise, unit")
    work.lock(f"desk:{actor.id}")
    where = (Watch.actor == actor.id, Watch.kind == kind, Watch.subject == subject)
    if work.session.scalar(select(Watch.id).where(*where)) is None:
        _room(work, Watch, actor)
        work.session.add(Watch(id=work.new_id(), actor=actor.id, kind=kind, subject=subject, since=work.now))
        work.session.flush()


def unwatch(work: UnitOfWork, actor: Actor, watch_id: str) -> dict[str, str]:
    """What is watched no more, as `watch` takes it; nothing where it was gone already."""
    gone = delete(Watch).where(Watch.actor == actor.id, Watch.id == watch_id)
    return _first(work, gone.returning(Watch.kind, Watch.subject))


def _first(work: UnitOfWork, statement: Any) -> dict[str, str]:
    row = work.session.execute(statement).mappings().first()
    return dict(row) if row else {}


def subscribe(work: UnitOfWork, actor: Actor, channel: str, to: str) -> None:
    """Where the daily digest goes; an empty address ends it, and another one is another subscription: a webhook then has
    another key, and what waits for the old address is given up. Raises Invalid at `to`."""
    if channel not in CHANNELS:
        raise Invalid("unknown_choice", "channel", value=channel, choices=", ".join(CHANNELS))
    to = to.strip()
    if to and not (_MAIL.fullmatch(to) if channel == outbox.MAIL else _is_address(to)):
        raise Invalid("digest_mail" if channel == outbox.MAIL else "digest_webhook", "to")
    work.lock(f"desk:{actor.id}")
    mine = (Subscription.actor == actor.id, Subscription.channel == channel)
    before = work.session.scalar(select(Subscription).where(*mine))
    if before is not None and address_of(work.vault, before) == to:
        return
    urgent = before is not None and before.urgent
    work.session.execute(delete(Subscription).where(*mine))
    if to:
        number = 1 if channel == outbox.WEBHOOK else webhook_keys.COMMON  # a key of its own from the beginning
        row = Subscription(
            id=work.new_id(), actor=actor.id, channel=channel, since=work.now, urgent=urgent, key_no=number
        )
        row.sealed = work.vault.seal(to.encode(), f"subscription:{row.id}")
        work.session.add(row)
        work.session.flush()


def address_of(vault: Vault, row: Subscription) -> str:
    return vault.open(row.sealed, f"subscription:{row.id}").decode()


def try_out(work: UnitOfWork, actor: Actor, channel: str) -> None:
    """Queues a message that says only that it is one: so that nobody waits for eight o'clock to see whether it arrives.
    Raises NotFound("no_subscription")."""
    where = (Subscription.actor == actor.id, Subscription.channel == channel)
    row = work.session.scalar(select(Subscription).where(*where))
    if row is None:
        raise NotFound("no_subscription")
    link = f"{work.public_url}/supervise/desk"
    body = json.dumps({"type": TEST, "at": rfc3339(work.now), "url": link})
    text = body if channel == outbox.WEBHOOK else f"这是检查码的测试消息，不需要处理。\n\n{link}\n"
    _queue(work, row, text, TEST, "检查码测试消息")


def set_urgent(work: UnitOfWork, actor: Actor, channel: str, urgent: bool) -> None:
    """Whether new red flags are told at once where the digest of `channel` goes; nothing where there is none."""
    where = (Subscription.actor == actor.id, Subscription.channel == channel)
    row = work.session.scalar(select(Subscription).where(*where).with_for_update())
    if row is not None and row.urgent != urgent:
        row.urgent, row.since = urgent, work.now


def urgent(work: UnitOfWork) -> int:
    """Queues a message for each subscription that wants red flags at once and has new ones; how many.

    All that was raised since the last look is one message, numbers only. What was told is remembered by flag, not by
    time: a flag whose transaction took long is told late, but told.
    """
    today, queued = shanghai_day(work.now), 0
    work.session.execute(delete(RedTold).where(RedTold.told_at < work.now - TOLD_KEPT))
    wanted = select(Subscription).where(Subscription.urgent).with_for_update(skip_locked=True)
    for row in work.session.scalars(wanted).all():
        actor = actors.by_id(work.session, row.actor, today)
        if actor is None or actor.role != SUPERVISOR:
            continue
        new = _new_red(work, row, actor)
        if not new:
            continue
        told = [{"subscription": row.id, "finding": finding, "told_at": work.now} for finding in new]
        work.session.execute(insert(RedTold), told)
        link = f"{work.public_url}/supervise/flags?severity=red&open=1"
        text = (
            json.dumps({"type": URGENT, "red": len(new), "at": rfc3339(work.now), "url": link})
            if row.channel == outbox.WEBHOOK
            else f"刚刚新增红色预警 {len(new)} 条。\n\n{link}\n"
        )
        _queue(work, row, text, URGENT, f"新的红色预警 {len(new)} 条")
        queued += 1
    return queued


def _new_red(work: UnitOfWork, row: Subscription, actor: Actor) -> list[str]:
    """The red flags of the actor's regions that this subscription was not told of yet."""
    told = select(RedTold.finding).where(RedTold.subscription == row.id, RedTold.finding == FindingRow.id)
    where = (FindingRow.raised_at > max(row.since, work.now - LOOKED_BACK), FindingRow.severity == "red")
    mine = (FindingRow.jurisdiction.in_(actor.regions), FindingRow.standing, ~told.exists())
    return list(work.session.scalars(select(FindingRow.id).where(*where, *mine).limit(MOST_AT_ONCE)))


def digests(work: UnitOfWork) -> int:
    """Queues today's digests after eight o'clock, each once a day; how many. Numbers only: mail leaves the house."""
    today, local = shanghai_day(work.now), work.now.astimezone(SHANGHAI)
    if local.hour < DIGEST_AT:
        return 0
    not_yet = or_(Subscription.last_day.is_(None), Subscription.last_day < today)
    due = work.session.scalars(select(Subscription).where(not_yet).with_for_update(skip_locked=True)).all()
    for row in due:
        row.last_day = today
        actor = actors.by_id(work.session, row.actor, today)
        if actor is None or actor.role != SUPERVISOR:
            continue
        told = _figures(work, actor)
        link = f"{work.public_url}/supervise/flags?open=1"
        text = (
            json.dumps({"type": DIGEST} | told | {"day": today.isoformat(), "url": link})
            if row.channel == outbox.WEBHOOK
            else _mail(told, link)
        )
        _queue(work, row, text, DIGEST, f"督办日报 {today.isoformat()}")
    return len(due)


def _queue(work: UnitOfWork, row: Subscription, text: str, topic: str, subject: str) -> None:
    """To the subscription's address; a webhook is signed with its own key when it is sent."""
    to = address_of(work.vault, row)
    outbox.enqueue(work, row.channel, to, text, topic=topic, subject=subject, subscription=row.id)


def _figures(work: UnitOfWork, actor: Actor) -> dict[str, int]:
    """Counts of what concerns a supervisor today."""
    today = shanghai_day(work.now)
    mine, is_open = FindingRow.jurisdiction.in_(actor.regions), FindingRow.state.in_(OPEN)
    since = work.now - timedelta(days=1)
    wheres = {
        "new": (mine, FindingRow.raised_at > since, FindingRow.standing),
        "new_red": (mine, FindingRow.raised_at > since, FindingRow.standing, FindingRow.severity == "red"),
        "overdue": (mine, is_open, FindingRow.due_on < today),
        "mine": (mine, is_open, FindingRow.assignee == actor.id),
    }
    count = select(func.count())
    told = {name: work.session.scalar(count.select_from(FindingRow).where(*w)) or 0 for name, w in wheres.items()}
    asked = (UnitQuestion.jurisdiction.in_(actor.regions), UnitQuestion.state == "answered")
    return told | {"questions_answered": work.session.scalar(count.select_from(UnitQuestion).where(*asked)) or 0}


def _mail(told: dict[str, int], link: str) -> str:
    return (
        f"过去一天新预警 {told['new']} 条，其中红色 {told['new_red']} 条。\n"
        f"逾期未办 {told['overdue']} 条，由您办理的未办结 {told['mine']} 条。\n"
        f"单位已答复、待看的提问 {told['questions_answered']} 个。\n\n{link}\n"
    )


def _room(work: UnitOfWork, model: type[SavedView] | type[Watch], actor: Actor) -> None:
    if (work.session.scalar(select(func.count()).select_from(model).where(model.actor == actor.id)) or 0) >= MOST:
        raise Invalid("too_many_kept", "name", most=MOST)


def _is_address(to: str) -> bool:
    """An https address of a named host: no address inside this network, no credentials in it."""
    try:
        url = urlsplit(to)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    named = (
        "." in host
        and not re.fullmatch(r"[0-9.:a-fA-Fx\[\]]+", host)
        and not host.endswith((".local", ".internal", ".localhost"))
    )
    return url.scheme == "https" and named and url.username is None and port in (None, 443) and len(to) <= 300
