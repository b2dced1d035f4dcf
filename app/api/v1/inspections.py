"""Inspections: apply, approve, reject, read, cancel, complete, and the drawn code."""

from datetime import datetime
from typing import Any

from flask import Response

from app.api.v1 import answers, examples
from app.api.v1.operations import Answer, Declared, one_of
from app.api.v1.schemas import EARLIEST, LATEST, ApplicationIn, ApproveIn, CancelIn, RejectIn
from app.context import installation
from app.domain import inspections as domain
from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, SUPERVISOR, Actor
from app.domain.applications import Application, EnterpriseRef
from app.domain.codes.draw import code_matrix, png, svg
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, NotFound
from app.domain.flags.advise import sentence
from app.domain.inspections import Inspection, Invitation, Slot
from app.domain.times import parse_rfc3339, rfc3339
from app.i18n import language
from app.queries import inspections as queries
from app.queries.paging import limit_of
from app.services.applying import applications, decisions
from app.services.people.access import may_see
from app.services.transparency import log_proofs
from app.services.visiting import visits
from app.store import inspections as inspection_store
from app.store.database import Session
from app.store.unit_of_work import UnitOfWork

UNIT = (INSPECTOR, HEAD, INTEGRATION)
READERS = (*UNIT, SUPERVISOR)
FILTERS = {
    "cursor": "Where the last page ended.",
    "limit": "1–200, 50 where nothing is said.",
    "state": "Only this state.",
    "kind": "planned, triggered or contact.",
    "uscc": "Only this enterprise.",
    "number": "Only this 检查编号.",
    "from": "Window begins at or after this RFC 3339 time.",
    "to": "Window begins before this RFC 3339 time.",
}


@Declared(
    "POST", "/inspections", "Apply for a code (申领)", UNIT, ApplicationIn, status=201, creates=True,
    example=examples.APPLICATION, answer=answers.Inspection,
)  # fmt: skip
def create_inspection(work: UnitOfWork, who: Actor, body: ApplicationIn) -> Answer:
    applied = applications.apply(work, who, command(body))
    return Answer(one(work.session, who, applied.inspection), 201)


@Declared(
    "POST", "/inspections/{id}/approve", "Approve: issues the code", (HEAD,), ApproveIn, creates=True, example={},
    answer=answers.Inspection,
)  # fmt: skip
def approve_inspection(work: UnitOfWork, who: Actor, body: ApproveIn, id: str) -> Answer:
    return Answer(one(work.session, who, decisions.approve(work, who, id, body.override_reason)))


@Declared(
    "POST", "/inspections/{id}/reject", "Reject with a reason", (HEAD,), RejectIn, creates=True,
    example={"reason": "与市场监管局的检查合并"}, answer=answers.Inspection,
)  # fmt: skip
def reject_inspection(work: UnitOfWork, who: Actor, body: RejectIn, id: str) -> Answer:
    return Answer(one(work.session, who, decisions.reject(work, who, id, body.reason)))


@Declared("GET", "/inspections", "The own unit's inspections, or those of the own region", READERS, query=FILTERS,
          answer=answers.InspectionList)  # fmt: skip
def list_inspections(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    filters: dict[str, Any] = {name: query.get(name) for name in ("state", "kind", "number")}
    one_of(query, "state", domain.STATES)
    one_of(query, "kind", domain.KINDS)
    filters["uscc"] = normalise_uscc(query["uscc"]) if "uscc" in query else None
    for name in ("from", "to"):
        filters[name] = _moment(name, query[name]) if name in query else None
    found, following = queries.listed(session, who, query.get("cursor"), limit_of(query.get("limit")), **filters)
    items = [inspection_json(s) for s in queries.shown(session, who, found, installation().config.public_url)]
    return Answer({"items": items, "next": following})


@Declared("GET", "/inspections/{id}", "One inspection", READERS, answer=answers.Inspection)
def get_inspection(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    return Answer(one(session, who, seen_inspection(session, who, id)))


@Declared(
    "POST", "/inspections/{id}/cancel", "Cancel before it begins", UNIT, CancelIn, creates=True, example={"reason": "企业停业"},
    answer=answers.Inspection,
)  # fmt: skip
def cancel_inspection(work: UnitOfWork, who: Actor, body: CancelIn, id: str) -> Answer:
    return Answer(one(work.session, who, visits.cancel(work, who, id, body.reason, on_advice=body.on_advice)))


@Declared("GET", "/inspections/{id}/code.svg", "The code as SVG", READERS, media="image/svg+xml")
def code_svg(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    return Answer(Response(svg(code_matrix(_url(session, who, id))), content_type="image/svg+xml"))


@Declared("GET", "/inspections/{id}/code.png", "The code as PNG", READERS, media="image/png")
def code_png(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    return Answer(Response(png(code_matrix(_url(session, who, id)), 8), content_type="image/png"))


@Declared("GET", "/inspections/{id}/proof", "The proof of registration (C2SP tlog-proof)", READERS, media="text/plain")
def proof(session: Session, who: Actor, query: dict[str, str], id: str) -> Answer:
    file = log_proofs.proof_file(session, seen_inspection(session, who, id))
    if file is None:
        raise NotFound("no_proof_yet")
    return Answer(Response(file, content_type="text/plain; charset=utf-8"))


def command(body: ApplicationIn) -> Application:
    """The schema as the command of the service."""
    e, place = body.enterprise, body.place
    uscc = normalise_uscc(e.uscc) if e.uscc else None
    same = (
        "kind", "plan_code", "cause", "clue_no", "clue_at", "reason", "recheck_of", "way", "surprise", "started_at",
        "exception", "exception_reason", "low_yield_reason", "begun_at", "client_key", "contact_kind", "assisting",
    )  # fmt: skip
    return Application(
        enterprise=EnterpriseRef(uscc, e.name, e.address, e.no_uscc_reason),
        items=tuple(body.items),
        officers=tuple(body.officers),
        window_start=body.window.start,
        window_end=body.window.end,
        place_kind=place.kind if place else "premises",
        place_address=place.address if place else None,
        place_region=place.region if place else None,
        joint_units=tuple(body.joint_units),
        slots=tuple(Slot(s.start, s.end) for s in body.slots),
        external_system=body.external.system if body.external else None,
        external_number=body.external.number if body.external else None,
        external_qr=body.external.qr if body.external else None,
        **{name: getattr(body, name) for name in same},
    )


def inspection_json(s: queries.Shown) -> dict[str, Any]:
    """The Inspection object of api.md."""
    i, e = s.inspection, s.enterprise
    return {
        "id": i.id,
        "number": i.number,
        "state": i.state,
        "kind": i.kind,
        "enterprise": {"id": e.id, "uscc": e.uscc, "name": e.name},
        "units": [{"code": code, "name": name} for code, name in s.units.items()],
        "items": [{"code": c, "name": item.name, "basis": item.basis} for c, item in s.items.items()],
        "officers": [{"certificate_no": o.certificate_no, "name": o.name, "unit": o.unit} for o in i.officers],
        "window": {"start": rfc3339(i.window_start), "end": rfc3339(i.window_end)},
        "plan_code": i.plan_code,
        "cause": i.cause,
        "clue_no": i.clue_no,
        "clue_at": _time(i.clue_at),
        "reason": i.reason,
        "recheck_of": i.recheck_of,
        "place": {"kind": i.place_kind, "address": i.place_address, "region": i.place_region},
        "way": i.way,
        "surprise": i.surprise,
        "exception": i.exception,
        "exception_reason": i.exception_reason,
        "low_yield_reason": i.low_yield_reason,
        "joint_units": list(i.units[1:]),
        "invitations": [invitation_json(asked) for asked in i.invitations],
        "external": _external(i),
        "imported": i.imported,
        "approved_at": _time(i.decided_at) if i.code else None,
        "begun_at": _time(i.begun_at),
        "applied_at": rfc3339(i.applied_at),
        "announced": _announced(i),
        "decided_at": _time(i.decided_at),
        "decision_reason": i.decision_reason,
        "started_at": _time(i.visit_start),
        "seen_at": _time(i.first_seen_at),
        "arrived_at": _time(i.first_arrive_at),
        "officer_arrived_at": _time(i.officer_arrived_at),
        "mutually_confirmed": i.mutually_confirmed,
        "ended_at": _time(i.ended_at),
        "results": [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in i.results],
        "outcome": i.outcome,
        "not_carried_out": {"reason": i.not_carried_out_reason, "note": i.note} if i.not_carried_out_reason else None,
        "advisories": [advisory_json(a) for a in s.advice],
        "flags": [_flag_short(f) for f in s.flags],
        "code": _code(s),
        "contact_kind": i.contact_kind,
        "assisting": i.assisting,
        "headcount": i.headcount,
        "pending_amendment": i.pending_amendment,
    }


def _flag_short(f: Any) -> dict[str, str]:
    said = {name: getattr(f, name) for name in ("id", "rule", "severity", "state")}
    return said | {"raised_for": f.raised_for.isoformat()}


def invitation_json(i: Invitation) -> dict[str, Any]:
    return {
        "unit": i.unit,
        "state": i.state,
        "note": i.note,
        "reason": i.reason,
        "items": list(i.items),
        "officers": [o.certificate_no for o in i.officers],
        "plan_code": i.plan_code,
        "invited_at": rfc3339(i.invited_at),
        "answered_at": _time(i.answered_at),
    }


def advisory_json(advice: dict[str, Any]) -> dict[str, Any]:
    text = sentence(advice["rule"], advice.get("evidence", {}), language())
    return {"rule": advice["rule"], "severity": advice["severity"], "text": text, "blocking": advice["blocking"]}


def _code(s: queries.Shown) -> dict[str, str] | None:
    if s.code is None:
        return None
    base = f"{installation().config.public_url}/api/v1/inspections/{s.inspection.id}"
    return {
        "url": s.code.url,
        "token": s.code.token,
        "short_code": s.code.short_code,
        "svg_url": f"{base}/code.svg",
        "png_url": f"{base}/code.png",
    }


def _announced(i: Inspection) -> dict[str, Any] | None:
    if i.announced_at is None:
        return None
    slots = [{"start": rfc3339(s.start), "end": rfc3339(s.end)} for s in i.slots]
    return {
        "at": rfc3339(i.announced_at),
        "slots": slots,
        "chosen": i.slot_chosen,
        "chosen_at": _time(i.slot_chosen_at),
    }


def _external(i: Inspection) -> dict[str, str | None] | None:
    if i.external_system is None:
        return None
    return {"system": i.external_system, "number": i.external_number, "qr": i.external_qr}


def one(session: Session, who: Actor, inspection: Inspection) -> dict[str, Any]:
    """An inspection just changed, as the answer shows it."""
    session.flush()
    return inspection_json(queries.shown(session, who, [inspection], installation().config.public_url)[0])


def seen_inspection(session: Session, who: Actor, inspection_id: str) -> Inspection:
    found = inspection_store.get(session, inspection_id)
    if found is None or not may_see(who, found):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return found


def _url(session: Session, who: Actor, inspection_id: str) -> str:
    s = queries.shown(session, who, [seen_inspection(session, who, inspection_id)], installation().config.public_url)[0]
    if s.code is None:
        raise NotFound("no_such_code")
    return s.code.url


def _moment(name: str, text: str) -> datetime:
    try:
        found = parse_rfc3339(text.replace(" ", "+") if "T" in text else text)  # an unescaped + arrives as a space
    except ValueError:
        raise Invalid("naive_time", name) from None
    except OverflowError:
        raise Invalid("time_out_of_range", name) from None
    if not EARLIEST <= found < LATEST:
        raise Invalid("time_out_of_range", name)
    return found


def _time(value: datetime | None) -> str | None:
    return rfc3339(value) if value else None
