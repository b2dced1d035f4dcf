"""The key that signs what goes to one webhook: each receiver has its own, so that none can write as us to another.

A key is made from the installation's, the subscription and a number; it is kept nowhere. Its owner sees it on the desk and
exchanges it there: for a week messages bear both signatures (Standard Webhooks).
"""

import base64
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.store.models import Subscription
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

OVERLAP = timedelta(days=7)
COMMON = 0  # the number of the one key of the installation (JCM_SMS_WEBHOOK_KEY), of subscriptions from before
PREFIX = "whsec_"
CHANNEL = "webhook"


def secret_of(vault: Vault, row: Subscription) -> str | None:
    """The secret as Standard Webhooks writes it; None for the installation's key, which nobody is shown."""
    return _secret(vault, row.id, row.key_no) if row.key_no != COMMON else None


def signing_keys(work: UnitOfWork, row: Subscription) -> tuple[list[str], bool]:
    """The secrets that sign a message now, the newest first, and whether the installation's key signs it as well.

    Asked at each sending: a message that waits while its owner exchanges the key must not come with the old one alone."""
    if row.key_no == COMMON:
        return [], True
    keys = [_secret(work.vault, row.id, row.key_no)]
    overlaps = row.key_since is not None and work.now < row.key_since + OVERLAP
    if overlaps and row.key_no > 1:
        keys.append(_secret(work.vault, row.id, row.key_no - 1))
    return keys, overlaps and row.key_no == 1


def exchange(work: UnitOfWork, actor: Actor) -> None:
    """The next key of the actor's webhook; the one before is good for a week. Raises NotFound("no_webhook")."""
    mine = (Subscription.actor == actor.id, Subscription.channel == CHANNEL)
    row = work.session.scalar(select(Subscription).where(*mine).with_for_update())
    if row is None:
        raise NotFound("no_webhook")
    row.key_no, row.key_since = row.key_no + 1, work.now


def _secret(vault: Vault, subscription: str, number: int) -> str:
    return PREFIX + base64.b64encode(vault.mark(f"webhook-key:{number}", subscription)).decode()
