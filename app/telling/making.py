"""Making a report and keeping it: by command, as a job of a page, or by the worker once its period is over.

Each file is kept sealed under the region, kind and period it tells of; who made which is the fact `telling.made`, which
names the file and its hash. A period can be told again (corrections change numbers): every file stays.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SUPERVISOR, SYSTEM, Actor
from app.domain.errors import NotFound, Refused
from app.domain.telling import FORMS, KINDS, NAMES, PDF, Asked, Document, asked, last_whole
from app.domain.times import shanghai_day
from app.domain.uploads import Upload
from app.services import files, jobs
from app.services.files import KeptFile
from app.services.jobs import Perform, Progress
from app.store import registry
from app.store.database import one_moment, reader_beside
from app.store.models import FileRow, InspectionRow
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault
from app.telling.gathering import Gathered, gather
from app.telling.setting import as_pdf, as_xlsx
from app.telling.writing import write
from app.typesetting import engine

KIND, SUBJECT, JOB = "telling.made", "telling", "telling"
MEDIA = {PDF: "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
OCTETS = "application/octet-stream"  # as it is stored; what it is follows from its form when it is handed out
WAITED = timedelta(hours=6)  # after midnight: what was recorded last in the evening is evaluated and in the log
Reading = Callable[[], AbstractContextManager[Session]]

log = logging.getLogger("jcm.telling")


def ask(work: UnitOfWork, actor: Actor, kind: str, period: str, form: str) -> str:
    """Asks for a report as a job; the job's id. Raises Forbidden, Invalid at the field, Refused("no_fonts")."""
    actor.require(SUPERVISOR)
    wanted = asked(kind, period, form, shanghai_day(work.now))
    _can_be_set(wanted)
    return jobs.enqueue(work, actor, JOB, {"kind": wanted.kind, "period": wanted.period, "form": wanted.form})


def run(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler of the job: reads one moment beside those who write."""
    actor.require(SUPERVISOR)
    wanted = Asked(params["kind"], params["period"], params["form"])
    region = str(actor.region)
    engine, now = perform(lambda work: (reader_beside(work.session), work.now))
    with one_moment(engine) as session:
        found = gather(session, region, actor.regions, wanted)
    progress(1, 2)
    document, data = set_out(found, now)
    return {"file": perform(keep, actor, region, wanted, document.title, data), "period": document.period}


def make(
    perform: Perform, reading: Reading, actor: Actor, region: str, wanted: Asked, now: datetime, once: bool = False
) -> bytes:
    """Reads, sets and keeps one report about `region`; the file. Raises Refused("no_fonts")."""
    _can_be_set(wanted)
    with reading() as session:
        found = gather(session, region, registry.regions_below(session, region), wanted)
    document, data = set_out(found, now)
    perform(keep, actor, region, wanted, document.title, data, once)
    return data


def keep(
    work: UnitOfWork, actor: Actor, region: str, wanted: Asked, title: str, data: bytes, once: bool = False
) -> str | None:
    """Stores a report and the fact of who made it; the file's id. `once`: None where the platform made it before."""
    work.lock(f"{SUBJECT}:{region}")
    subject = (SUBJECT, _key(region, wanted))
    if once and _made_by_platform(work.session, region, wanted):
        return None
    row = files.store(
        work, actor, Upload(f"{title}-{wanted.period}.{wanted.form}", data), OCTETS,
        purpose=wanted.form, subject=subject, jurisdiction=region,
    )  # fmt: skip
    body = {"kind": wanted.kind, "period": wanted.period, "form": wanted.form, "files": [files.reference(row)]}
    work.store_fact(work.fact(KIND, subject, body, actor, region))
    return row.id


def on_schedule(perform: Perform, reading: Reading, region: str, now: datetime) -> int:
    """Makes the reports of the last whole week, month and year that are not there yet; how many. Safe to run twice.

    None for a period before the first visit, and no PDF where this server has no fonts.
    """
    today, made = shanghai_day(now - WAITED), 0
    wanted = [Asked(kind, last_whole(kind, today), form) for kind in KINDS for form in FORMS]
    with reading() as session:
        first = _first_visit(session, registry.regions_below(session, region))
        if first is None:
            return 0
        missing = [w for w in wanted if first <= w.days.last and not _made_by_platform(session, region, w)]
    for one in missing:
        if one.form == PDF and not engine.can_set():
            continue
        make(perform, reading, SYSTEM, region, one, now, once=True)
        made += 1
        log.info("%s %s made as %s", NAMES[one.kind], one.period, one.form)
    return made


def opened(session: Session, vault: Vault, actor: Actor, file_id: str) -> KeptFile:
    """A report of the own region. Raises NotFound("no_such_file")."""
    row = session.get(FileRow, file_id)
    if row is None or row.subject_kind != SUBJECT or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_file")
    kept = files.opened(session, vault, file_id, (SUBJECT, row.subject_id))
    return replace(kept, media_type=MEDIA[row.purpose])


def set_out(found: Gathered, now: datetime) -> tuple[Document, bytes]:
    """The document and its file."""
    document = write(found)
    return document, as_pdf(document, now) if found.asked.form == PDF else as_xlsx(document)


def _key(region: str, wanted: Asked) -> str:
    return f"{region} {wanted.kind} {wanted.period}"


def _made_by_platform(session: Session, region: str, wanted: Asked) -> bool:
    where = (
        FileRow.subject_kind == SUBJECT, FileRow.subject_id == _key(region, wanted),
        FileRow.purpose == wanted.form, FileRow.recorded_by == SYSTEM.id,
    )  # fmt: skip
    return session.scalar(select(FileRow.id).where(*where).limit(1)) is not None


def _first_visit(session: Session, regions: frozenset[str]) -> date | None:
    where = (InspectionRow.jurisdiction.in_(regions), InspectionRow.counts, InspectionRow.visit_day.is_not(None))
    query = select(InspectionRow.visit_day).where(*where).order_by(InspectionRow.visit_day).limit(1)
    return session.scalar(query)


def _can_be_set(wanted: Asked) -> None:
    if wanted.form == PDF and not engine.can_set():
        raise Refused("no_fonts")
