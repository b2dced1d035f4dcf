"""Telephone numbers of enterprises (联系电话): taken in from a list, opened one at a time by who calls, erased after their time.

A number is sealed in a table of its own; its facts hold the hash of what was sealed. No page lists numbers and no export holds one.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.enterprises import normalise_uscc
from app.services.imports.enterprises import checked_uscc
from app.services.imports.importing import ADDED, CHANGED, UNCHANGED, Import
from app.services.imports.rows import Bad, Outcome, Progress, Row, folded, required, short
from app.services.people.scope import regions_of
from app.store.models import Enterprise, EnterprisePhone
from app.store.unit_of_work import UnitOfWork

KEPT = timedelta(days=3 * 365)  # since a list named it last
ERASED_AT_ONCE = 500
PURPOSE = "enterprise-phone"
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{3,24}[0-9](?:[xX#转][0-9]{1,6})?")


def import_phones(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: uscc, phone. A number that is already there is not touched; an enterprise that is not known is an error."""
    job = Import(work, actor)
    own = regions_of(work.session, actor)
    all_rows = list(rows)
    known = _known(work, all_rows)
    held = {i: mark for i, mark in work.session.execute(select(EnterprisePhone.id, EnterprisePhone.mark))}  # noqa: C416

    def one(row: Row) -> int:
        uscc, phone = checked_uscc(row, job.problems), number(row)
        found = known.get(uscc)
        if found is None:
            raise Bad("uscc", "cell_enterprise", value=uscc)
        enterprise, region = found
        if own is not None and region is not None and region not in own:
            raise Bad("uscc", "cell_not_yours", value=uscc)
        if job.repeated(row, "uscc", uscc):
            return UNCHANGED
        before, mark = held.get(enterprise), work.vault.mark(f"{PURPOSE}:{enterprise}", phone)
        if before == mark:
            return UNCHANGED
        keep(work, actor, enterprise, region, phone)
        return ADDED if before is None else CHANGED

    return job.run(all_rows, progress, one)


def number(row: Row) -> str:
    """A telephone number as people dial it. Raises Bad("phone", …)."""
    text = folded(required(row, "phone", 40))
    if not _PHONE.fullmatch(text):
        raise Bad("phone", "cell_phone", value=short(text))
    return text


def keep(work: UnitOfWork, actor: Actor, enterprise: str, region: str | None, phone: str) -> None:
    """Seals a number, in place of the one before."""
    row = work.session.get(EnterprisePhone, enterprise) or EnterprisePhone(id=enterprise)
    row.sealed = work.vault.seal(phone.encode(), f"{PURPOSE}:{enterprise}")
    row.mark, row.kept_at = work.vault.mark(f"{PURPOSE}:{enterprise}", phone), work.now
    work.session.add(row)
    body = {"sha256": hashlib.sha256(row.sealed).hexdigest()}
    work.store_fact(work.fact("phone.kept", ("phone", enterprise), body, actor, work.default_jurisdiction))


def opened(work: UnitOfWork, enterprise: str) -> str | None:
    """The number; who opens it has put that on record. None where there is none."""
    row = work.session.get(EnterprisePhone, enterprise)
    return work.vault.open(row.sealed, f"{PURPOSE}:{enterprise}").decode() if row else None


def erase_old(work: UnitOfWork) -> int:
    """Erases numbers that no list has named for three years; how many. That one was erased is a fact."""
    query = select(EnterprisePhone).where(EnterprisePhone.kept_at < work.now - KEPT).limit(ERASED_AT_ONCE)
    found = list(work.session.scalars(query))
    for row in found:
        work.store_fact(work.fact("phone.erased", ("phone", row.id), {}, SYSTEM, work.default_jurisdiction))
        work.session.delete(row)
    return len(found)


def _known(work: UnitOfWork, rows: list[Row]) -> dict[str, tuple[str, str | None]]:
    """(id, region) of the enterprises that the rows name, by USCC."""
    wanted = sorted({normalise_uscc(row.get("uscc")[:64]) for row in rows})
    found: dict[str, tuple[str, str | None]] = {}
    for at in range(0, len(wanted), ERASED_AT_ONCE):
        query = select(Enterprise.uscc, Enterprise.id, Enterprise.region)
        part = query.where(Enterprise.uscc.in_(wanted[at : at + ERASED_AT_ONCE]))
        found |= {str(uscc): (own, region) for uscc, own, region in work.session.execute(part)}
    return found
