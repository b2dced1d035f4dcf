"""What keeps the machinery honest: idempotency keys and rate limits. Short-lived; no facts."""

from datetime import datetime

from sqlalchemy import Float, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Id


class IdempotencyKey(Base):
    """The first answer to (actor, key); `request` is SHA-256 of method, path and body. Stored with the fact it made."""

    __tablename__ = "idempotency_keys"
    actor: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)


class RateBucket(Base):
    """A token bucket, as the instant (seconds since 1970) at which it would be full again. Keys are keyed marks."""

    __tablename__ = "rate_buckets"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    full_at: Mapped[float] = mapped_column(Float, index=True)


class SignedDocument(Base):
    """A document that the root signed elsewhere (the key list), kept as published."""

    __tablename__ = "signed_documents"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
