"""Idempotency keys: the first answer to a request, kept in the transaction of what it made."""

from app.store.models import IdempotencyKey
from app.store.unit_of_work import UnitOfWork


def kept_answer(work: UnitOfWork, actor: str, key: str) -> IdempotencyKey | None:
    """The answer kept for a key. The caller holds the key's lock."""
    return work.session.get(IdempotencyKey, (actor, key))


def keep_answer(work: UnitOfWork, actor: str, key: str, request: bytes, status: int, body: str) -> None:
    work.session.add(
        IdempotencyKey(actor=actor, key=key, request=request, status=status, body=body, created_at=work.now)
    )
