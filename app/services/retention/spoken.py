"""What enterprises said, erased when its time is over (docs/privacy.md). The leaf stays in the log: without the salt nobody can say
any more what stood under it, and nobody can put anything else there.

What rules rest on stays: stars, yes and no, the day, the unit. What somebody wrote, about whom, and how to reach them, goes.
"""

import hashlib
import json
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.facts import canonical_json
from app.domain.times import iso_week
from app.services.speaking import voice
from app.store.models import Contact, Speech
from app.store.unit_of_work import UnitOfWork

CONTACTS_KEPT = timedelta(days=180)  # to ask back; reports are answered within weeks
WORDS_KEPT = timedelta(days=3 * 365)  # the limits of 行政处罚法 art. 36 are two years, five for life and safety
AT_ONCE = 500
KEPT = {"rating": ("rating", "answers"), "report": ("enterprise_name", "uscc", "unit_text")}


def contacts(work: UnitOfWork) -> int:
    """Erases how to reach who reported, half a year after the week of the report; how many."""
    query = (
        select(Contact, Speech)
        .join(Speech, Speech.id == Contact.speech)
        .where(Speech.week < iso_week(work.now - CONTACTS_KEPT))
        .order_by(Contact.speech)
        .limit(AT_ONCE)
    )
    found = work.session.execute(query).all()
    for contact, row in found:
        _forget_contact(work, contact, row)
    return len(found)


def words(work: UnitOfWork) -> int:
    """Erases what was written in ratings and reports, three years after; how many."""
    query = (
        select(Speech)
        .where(Speech.erased_at.is_(None), Speech.week < iso_week(work.now - WORDS_KEPT))
        .order_by(Speech.id)
        .limit(AT_ONCE)
    )
    rows = list(work.session.scalars(query))
    for row in rows:
        contact = work.session.get(Contact, row.id)
        if contact is not None:
            _forget_contact(work, contact, row)
        said = json.loads(row.body) if row.body else {}
        voice.forget(work, said)
        row.body = canonical_json({name: said.get(name) for name in KEPT[row.kind]})
        row.salt, row.answer, row.erased_at = None, None, work.now
        body = {"left_sha256": left(row)}
        work.store_fact(work.fact("speech.erased", ("speech", row.id), body, SYSTEM, row.jurisdiction))
    work.session.flush()
    return len(rows)


def left(row: Speech) -> str:
    """What the fact of an erasure holds of what was left."""
    return hashlib.sha256((row.body or "").encode()).hexdigest()


def _forget_contact(work: UnitOfWork, contact: Contact, row: Speech) -> None:
    work.session.delete(contact)
    fact = work.fact("report.contact_erased", ("report", row.id), {}, SYSTEM, row.jurisdiction, held=True)
    work.store_fact(fact)
