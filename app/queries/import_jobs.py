"""The job that looked at, or stored, a table that somebody sent."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.store.models import Job


def newest_job(session: Session, actor: Actor, kinds: Sequence[str], file_id: str) -> Job | None:
    """The actor's newest finished job about a file; storing it comes after looking at it."""
    query = select(Job).where(Job.actor == actor.id, Job.kind.in_(kinds), Job.result.is_not(None))
    query = query.where(Job.params.contains(file_id, autoescape=True))
    return session.scalar(query.order_by(Job.kind.desc(), Job.created_at.desc(), Job.id.desc()).limit(1))
