"""Signed documents as published: each a name, a version that only grows, and its JSON."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.store.models import SignedDocument


def published(session: Session, name: str) -> dict[str, Any] | None:
    """The newest signed document of that name, as published."""
    query = select(SignedDocument.body).where(SignedDocument.name == name).order_by(SignedDocument.version.desc())
    body = session.scalar(query.limit(1))
    document: dict[str, Any] | None = json.loads(body) if body else None
    return document


def newest_version(session: Session, name: str) -> int:
    """0 where there is none."""
    return session.scalar(select(func.max(SignedDocument.version)).where(SignedDocument.name == name)) or 0


def next_version(session: Session, name: str, now: datetime) -> int:
    """Grows with the clock: after a backup was restored it is above what readers saw before and would not go back from."""
    return max(newest_version(session, name) + 1, int(now.timestamp()) // 60)


def keep(session: Session, name: str, version: int, document: dict[str, Any], expires_at: datetime) -> None:
    text = json.dumps(document, ensure_ascii=False)
    session.add(SignedDocument(name=name, version=version, body=text, expires_at=expires_at))
    session.flush()


def expires_at(session: Session, name: str) -> datetime | None:
    """When the newest document of that name ends."""
    return session.scalar(select(func.max(SignedDocument.expires_at)).where(SignedDocument.name == name))
