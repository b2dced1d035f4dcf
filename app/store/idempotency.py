"""Idempotency keys: the first answer to a request, kept in the transaction of what it made."""

from datetime import datetime

from app.store.models import IdempotencyKey
from app.store.unit_of_work import UnitOfWork


def kept_answer(work: UnitOfWork, actor: str, key: str) -> IdempotencyKey | None:
    """The answer kept for a key. The caller holds the key's lock."""
    return work.session.get(IdempotencyKey, (actor, key))


def keep_answer(
    work: UnitOfWork, actor: str, key: str, request: bytes, status: int, body: str, created_at: datetime
) -> None:
    """Keeps an answer until housekeeping deletes it."""
    row = IdempotencyKey(actor=actor, key=key, request=request, status=status, body=body, created_at=created_at)
    work.session.add(row)
