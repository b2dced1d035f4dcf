"""Papers of an inspection: the notice as PDF (contract), the list, each as PDF."""

from io import BytesIO
from typing import Any

from flask import send_file

from app.api.v1.answers_papers import PaperList
from app.api.v1.inspections import READERS, seen_inspection
from app.api.v1.operations import Answer, Declared
from app.context import installation
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.times import rfc3339
from app.queries import papers as queries
from app.queries.papers import Listed
from app.services.paperwork import paper_rendering
from app.store.database import Session
from app.typesetting.engine import Rendering


@Declared(
    "GET", "/inspections/{id}/notice.pdf", "The notice 行政检查通知书 as PDF/A", READERS, media="application/pdf",
)  # fmt: skip
def notice_pdf(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    inspection = seen_inspection(session, who, id)
    if inspection.code is None:
        raise NotFound("no_such_code")
    paper = queries.notice_of(session, id)
    if paper is None:
        return _pdf(paper_rendering.live_notice(session, inspection, installation().config.public_url))
    return _pdf(paper_rendering.rendering(session, installation().vault, paper))


@Declared("GET", "/inspections/{id}/papers", "The papers of an inspection", READERS, answer=PaperList)
def list_papers(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    seen_inspection(session, who, id)
    found = queries.of_subject(session, ("inspection", id))
    return Answer({"items": [_json(p) for p in found], "next": None})


@Declared("GET", "/papers/{id}/pdf", "A paper as PDF/A", READERS, media="application/pdf")
def paper_pdf(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    return _pdf(paper_rendering.rendering(session, installation().vault, queries.seen(session, who, id)))


@Declared("GET", "/papers/{id}/receipt", "The 送达回证 of a paper as PDF/A", READERS, media="application/pdf")
def paper_receipt(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    return _pdf(paper_rendering.receipt(session, installation().vault, queries.seen(session, who, id)))


def _pdf(made: Rendering) -> Answer:
    name = f"{made.content['number'] or made.content['title']}.pdf"
    return Answer(send_file(BytesIO(paper_rendering.pdf(made)), "application/pdf", download_name=name))


def _json(p: Listed) -> dict[str, Any]:
    row = p.row
    return {
        "id": row.id,
        "kind": row.kind,
        "title": p.title,
        "number": row.number,
        "state": row.state,
        "unit": row.unit,
        "drafted_at": rfc3339(row.drafted_at),
        "signed_at": rfc3339(row.signed_at) if row.signed_at else None,
        "served_at": rfc3339(row.served_at) if row.served_at else None,
        "pdf_url": f"{installation().config.public_url}/api/v1/papers/{row.id}/pdf",
    }
