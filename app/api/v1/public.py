"""What needs no account: verify a code, record a scan, rate, report, follow a receipt."""

from typing import Any

from flask import request

from app.api.v1 import answers, examples
from app.api.v1.operations import Answer, Declared, caller
from app.api.v1.schemas import FeedbackIn, ReportIn, ScanIn, VerifyIn
from app.context import installation, now, perform
from app.domain.actors import Actor
from app.domain.codes.token import PATH
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Refused
from app.domain.inspections import Inspection
from app.domain.mirroring import presented_as
from app.domain.times import rfc3339, shanghai_day
from app.queries import enterprise as queries
from app.security import device, is_staff_device
from app.services.speaking import speech
from app.services.trust import verification
from app.services.visiting import scans
from app.store.database import Session
from app.store.other_issuers import recognised
from app.store.unit_of_work import UnitOfWork


@Declared(
    "POST", "/verify", "Is this code real?", body=VerifyIn, example={"code": examples.CODE}, answer=answers.Verification,
    reads=True,
)  # fmt: skip
def verify_code(session: Session, who: Actor, body: VerifyIn) -> Answer:
    """Nearly always there is nothing to write down, and whoever writes waits for whoever else does."""
    issuers = recognised(session, installation().config.jurisdiction, shanghai_day(now()))
    look = verification.look(session, body.code, now(), normalise_uscc(body.uscc) if body.uscc else None, issuers)
    if verification.is_to_be_noted(look):
        perform(verification.note_bad, look, address())
    answer: dict[str, Any] = {
        "verdict": look.verdict,
        "steps": [{"step": s.name, "ok": s.ok} for s in look.verification.steps],
    }
    if (issuer := look.scanned.issuer) is not None:
        answer["issuer"] = {"name": issuer.name, "entry": issuer.entry}
    if look.inspection is not None and look.inspection.mirrored:
        system, number = look.inspection.external_system, look.inspection.external_number
        answer["elsewhere"] = {"system": system, "number": number, "page": PATH + presented_as(body.code)}
    if look.inspection is not None and (named := queries.around(session, look.inspection, look.holder)):
        to_check = queries.to_check(session, look.inspection, shanghai_day(now())) if look.may_begin else frozenset()
        answer["inspection"] = _public_inspection(look.inspection, named, to_check)
    return Answer(answer)


@Declared(
    "POST", "/scans", "Record a scan: `seen` by the page, `arrive` by a person's button", body=ScanIn, creates=True,
    example={"code": examples.CODE, "action": "arrive"}, answer=answers.Scan,
)  # fmt: skip
def record_scan(work: UnitOfWork, who: Actor, body: ScanIn) -> Answer:
    outcome = scans.record_scan(work, body.code, body.action, _scanner(), by_staff=is_staff_device())
    if outcome.challenge is None and body.action == "seen" and outcome.look.inspection is not None:
        return Answer({"challenge": None})  # seen, but not to be confirmed now
    if outcome.challenge is None:
        return Answer({}, raises=Refused("code_not_usable", "code", verdict=outcome.look.verdict))
    c = outcome.challenge
    return Answer({"challenge": {"id": c.id, "digits": c.digits, "expires_at": rfc3339(c.expires_at)}})


@Declared(
    "POST", "/feedback", "Rate a visit", body=FeedbackIn, status=201, creates=True, example=examples.FEEDBACK,
    answer=answers.ReceiptNumber,
)  # fmt: skip
def give_feedback(work: UnitOfWork, who: Actor, body: FeedbackIn) -> Answer:
    answers = {name: said for name, said in body.answers.model_dump().items() if said is not None}
    rating = speech.Rating(body.code, body.rating, answers, body.comment or None)
    return Answer({"receipt": speech.rate(work, rating, device())}, 201)


@Declared(
    "POST", "/reports", "Report a visit without a code", body=ReportIn, status=201, creates=True,
    example=examples.REPORT, answer=answers.ReceiptNumber,
)  # fmt: skip
def report_visit(work: UnitOfWork, who: Actor, body: ReportIn) -> Answer:
    report = speech.Report(
        enterprise_name=body.enterprise_name,
        visited_on=shanghai_day(body.visited_at),
        what=body.what,
        uscc=normalise_uscc(body.uscc) if body.uscc else None,
        unit_code=body.unit_code,
        unit_text=body.unit_text,
        people=body.people,
        contact=body.contact,
        concerns=tuple(dict.fromkeys(body.concerns)),
        concern_note=body.concern_note,
    )
    return Answer({"receipt": speech.report(work, report)}, 201)


@Declared("GET", "/receipts/{receipt}", "What became of a rating or report", answer=answers.Receipt)
def get_receipt(session: Session, who: Actor, query: dict[str, str], receipt: str) -> Answer:
    found = speech.receipt(session, receipt)
    return Answer({"state": found.state, "answer": found.answer})


def _scanner() -> str:
    """Whose scan it is. A browser gets its cookie with the first `seen`: with `arrive` it is the same phone, and the officer
    is shown one comparison number for it."""
    return device() if "Origin" in request.headers else caller()


def address() -> str:
    """What groups bad codes (rule code.bad): a cookie could be changed with every call."""
    return str(request.remote_addr)


def _public_inspection(i: Inspection, named: queries.Around, to_check: frozenset[str]) -> dict[str, Any]:
    """What a code says and the register confirms; neither token nor URL, nothing about flags or results."""
    return {
        "number": i.number,
        "state": i.state,
        "kind": i.kind,
        "enterprise": {"uscc": named.uscc, "name": named.enterprise},
        "units": list(named.units),
        "items": [
            {"code": code, "name": name, "basis": basis}
            for code, (name, basis) in zip(i.items, named.items, strict=True)
        ],
        "officers": [
            {"certificate_no": o.certificate_no, "name": o.name, "check_first": o.certificate_no in to_check}
            for o in i.officers
        ],
        "window": {"start": rfc3339(i.window_start), "end": rfc3339(i.window_end)},
    }
