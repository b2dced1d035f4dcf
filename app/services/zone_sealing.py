"""Before there are two zones: what enterprises read on their own pages is sealed anew with the public zone's key.

Repeatable; each step does a few rows and says where to go on. Marks of proved contacts are made anew with them, so that people find
themselves again.
"""

from sqlalchemy import select

from app.services.space import persons
from app.store.models import FileRow, MatterRow, SpacePerson
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 20


def reseal_files(work: UnitOfWork, after: str) -> tuple[int, str]:
    """How many files were sealed anew, and the last of them ("" at the end)."""
    query = select(FileRow).where(FileRow.id > after, FileRow.sealed.is_not(None)).order_by(FileRow.id).limit(AT_ONCE)
    rows = list(work.session.scalars(query))
    for row in rows:
        purpose = f"file:{row.id}"
        row.sealed = work.vault.seal(work.vault.open(row.sealed or b"", purpose), purpose)
    return len(rows), rows[-1].id if rows else ""


def reseal_persons(work: UnitOfWork, after: str) -> tuple[int, str]:
    query = select(SpacePerson).where(SpacePerson.id > after, SpacePerson.sealed.is_not(None))
    rows = list(work.session.scalars(query.order_by(SpacePerson.id).limit(AT_ONCE)))
    for row in rows:
        known = persons.details(work.vault, row)
        assert known is not None
        persons.seal(work, row, known.name, known.address)
        if row.contact_mark is not None and known.address is not None:
            row.contact_mark = persons.contact_mark(work.vault, known.address)
    return len(rows), rows[-1].id if rows else ""


def reseal_self_checks(work: UnitOfWork, after: str) -> tuple[int, str]:
    query = select(MatterRow).where(MatterRow.id > after, MatterRow.sealed.is_not(None))
    rows = list(work.session.scalars(query.order_by(MatterRow.id).limit(AT_ONCE)))
    for row in rows:
        purpose = f"selfcheck:{row.id}"
        row.sealed = work.vault.seal(work.vault.open(row.sealed or b"", purpose), purpose)
    return len(rows), rows[-1].id if rows else ""


STEPS = (reseal_files, reseal_persons, reseal_self_checks)
