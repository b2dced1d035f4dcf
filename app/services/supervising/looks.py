"""Discipline inspection's own log of looks: each page it opens is recorded, and seen by nobody else."""

import hashlib

from app.domain.actors import Actor
from app.store.models import Look
from app.store.unit_of_work import UnitOfWork

LONGEST_PATH = 500


def record(work: UnitOfWork, actor: Actor, path: str) -> None:
    """Notes that the actor looks at a page. The path is sealed; the fact, held, knows only its hash."""
    look_id = work.new_id()
    sealed = work.vault.seal(path[:LONGEST_PATH].encode(), f"look:{look_id}")
    jurisdiction = str(actor.region or work.default_jurisdiction)
    work.session.add(Look(id=look_id, jurisdiction=jurisdiction, actor=actor.id, at=work.now, sealed=sealed))
    work.session.flush()
    body = {"sha256": hashlib.sha256(sealed).hexdigest()}
    work.store_fact(work.fact("look.recorded", ("look", look_id), body, actor, jurisdiction, held=True))
