"""What the renderer adds to a paper's frozen content: drawn codes, signatures; the same for the PDF and the print view."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.codes.draw import code_matrix, svg
from app.domain.codes.token import code_url
from app.domain.errors import NotFound, Refused
from app.domain.inspections import Inspection
from app.domain.papers import after, visit
from app.domain.papers import document as doc
from app.domain.papers import lifecycle as life
from app.domain.papers.kinds import KINDS
from app.domain.papers.lifecycle import Paper
from app.domain.times import parse_rfc3339, shanghai_day
from app.services import files
from app.services.paperwork import visit_papers
from app.store.models import CodeRow, Enterprise
from app.store.unit_of_work import history
from app.store.vault import Vault
from app.typesetting import engine
from app.typesetting.engine import Rendering

SIGNATURE = "signature"
SMALL = 640  # pixels: 72 mm in print at 225 dpi
SERVICE_FACTS = ("paper.served", "paper.refused")


def rendering(session: Session, vault: Vault, paper: Paper) -> Rendering:
    """A paper with everything that is drawn into it, as it stands now."""
    service = service_of(session, paper)
    drawings = codes_of(session, paper.content) | _photos_of(session, vault, paper)
    filled = _filled(session, vault, paper, service, drawings) if service else {}
    draft = paper.state in (life.DRAFTED, life.REVIEWED)
    return Rendering(paper.content, paper.signed_at or paper.drafted_at, drawings, filled, draft)


def live_notice(session: Session, inspection: Inspection, public_url: str) -> Rendering:
    """The notice of an inspection that was approved before papers were kept here: without a number of its own."""
    content = visit.notice(visit_papers.said_of(session, inspection, public_url))
    dated = inspection.decided_at or inspection.applied_at
    content = doc.signed(content, None, shanghai_day(dated))
    return Rendering(content, dated, codes_of(session, content))


def receipt(session: Session, vault: Vault, paper: Paper) -> Rendering:
    """The 送达回证 of a signed paper: filled in where it was served, empty lines before. Raises NotFound."""
    who = session.get_one(Enterprise, paper.enterprise).name if paper.enterprise else paper.content["addressee"]
    if paper.signed_at is None or not who:
        raise NotFound("no_such_paper")
    service = service_of(session, paper)
    said = None
    if service:
        said = {**service, "when": doc.moment_in_words(parse_rfc3339(service["at"]))}
    to_unit = KINDS[
        paper.kind
    ].to_unit  # the unit takes it out of its inbox: the platform brought it, not who signed for it
    deliverers = f"{paper.content['unit']}（检查码平台）" if to_unit else service["by_name"] if service else ""
    content = after.receipt(paper.content, who, said, deliverers, by_hand=not to_unit)
    drawings: dict[str, str] = {}
    filled = _filled(session, vault, paper, service, drawings) if service else {}
    return Rendering(content, paper.served_at or paper.signed_at, drawings, filled)


def pdf(made: Rendering) -> bytes:
    """The PDF. Raises Refused("no_fonts") where this server has none: the print view is offered then."""
    if not engine.can_set():
        raise Refused("no_fonts")
    return engine.pdf(made)


def service_of(session: Session, paper: Paper) -> dict[str, Any] | None:
    """How a paper was served, as it was recorded; None before."""
    said = [json.loads(f.body) for f in history(session, "paper", paper.id) if f.kind in SERVICE_FACTS]
    return said[-1] if said else None


def codes_of(session: Session, content: Mapping[str, Any]) -> dict[str, str]:
    """The codes that a content names, drawn, by their cti."""
    named = {b["cti"]: b["address"] for b in content["blocks"] if b["block"] == "code"}
    tokens = session.execute(select(CodeRow.cti, CodeRow.token).where(CodeRow.cti.in_(named)))
    return {cti: svg(code_matrix(code_url(named[cti], token))) for cti, token in tokens}


def _photos_of(session: Session, vault: Vault, paper: Paper) -> dict[str, str]:
    """The photographs that a content names, drawn small, by their files. One that was exchanged, or erased after its
    time, is not drawn: the words below it stay."""
    named = [p for b in paper.content["blocks"] if b["block"] == "photos" for p in b["photos"]]
    drawn = {}
    for photo in named:
        try:
            kept = files.opened(session, vault, photo["file"], (paper.subject_kind, paper.subject_id))
        except NotFound:
            continue
        if hashlib.sha256(kept.data).hexdigest() == photo["sha256"]:
            drawn[photo["file"]] = _as_svg(_small(kept.data), "image/jpeg")
    return drawn


def _small(data: bytes) -> bytes:
    """A kept photograph (a JPEG of our own making) as one of at most SMALL pixels a side."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SMALL, SMALL))  # the decoder reads no more than is needed
        picture.thumbnail((SMALL, SMALL))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=75)
    return out.getvalue()


def _filled(
    session: Session, vault: Vault, paper: Paper, service: Mapping[str, Any], drawings: dict[str, str]
) -> dict[str, dict[str, str]]:
    """What stands in the recipient's slot; a drawn signature is added to `drawings`."""
    when = doc.day_in_words(parse_rfc3339(service["at"]))
    refused, kept = service.get("refused"), service.get("signature")
    if refused:
        words = f"拒签（{refused['reason']}）　见证人：{refused['witness']}"
        return {doc.RECIPIENT: {"words": words, "when": when}}
    if kept:
        opened = files.opened(session, vault, kept["file"], ("paper", paper.id))
        drawings[SIGNATURE] = _as_svg(opened.data, opened.media_type)
        return {doc.RECIPIENT: {"drawing": SIGNATURE, "when": when}}
    return {doc.RECIPIENT: {"words": service.get("typed") or service["name"], "when": when}}


def _as_svg(data: bytes, media_type: str) -> str:
    """A picture inside an SVG, which both the typesetter and a browser read."""
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
    source = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href={quoteattr(source)}/></svg>'
    )
