"""What somebody chose for the own pages: kept under a name, replaced by the next choice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.database import dialect_insert
from app.store.models import OwnChoice
from app.store.unit_of_work import UnitOfWork


def choose(work: UnitOfWork, owner: str, name: str, value: str) -> None:
    """Keeps a choice. Twice at once is harmless: the last one stands."""
    insert = dialect_insert(work.session, OwnChoice).values(owner=owner, name=name, value=value[:500])
    work.session.execute(
        insert.on_conflict_do_update(index_elements=["owner", "name"], set_={"value": insert.excluded.value})
    )


def chosen(session: Session, owner: str, name: str) -> str:
    """A choice; empty where none was made."""
    return session.scalar(select(OwnChoice.value).where(OwnChoice.owner == owner, OwnChoice.name == name)) or ""
