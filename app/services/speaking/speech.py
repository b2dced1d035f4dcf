"""What an enterprise says: a rating of a visit, a report of a visit without a code, and the receipt for either.

Stored apart (architecture.md): random ids, the week instead of the time, no account, no device to be traced.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain import leads
from app.domain.enterprises import is_early_pilot, uscc_problem
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.facts import CANONICAL_VERSION, canonical_json, leaf_data
from app.domain.ids import CROCKFORD, crockford, random_id
from app.domain.inspections import Inspection
from app.domain.times import day_end, day_start, iso_week, shanghai_day
from app.domain.uploads import Upload
from app.services.flagging import flags
from app.services.speaking import voice
from app.services.supervising import leads as lead_service
from app.services.trust.verification import look
from app.store import registry
from app.store.database import dialect_insert
from app.store.models import Contact, DeviceMark, InspectionRow, Speech
from app.store.unit_of_work import UnitOfWork

RATING_WINDOW = timedelta(days=30)
KNOWN_WITHIN = timedelta(days=60)  # inspections around the reported day that may explain it
QUESTIONS = (
    "gifts", "banquet", "costs_shifted", "forced_intermediary", "demanded_legal_representative", "arbitrary_measures",
    "quota", "disguised", "no_certificate", "fewer_than_two", "not_on_code", "beyond_items",
)  # fmt: skip
LONGEST_TEXT = 2000
LENGTHS = {
    "enterprise_name": 200, "what": LONGEST_TEXT, "people": 200, "unit_text": 200, "contact": 200,
    "concern_note": LONGEST_TEXT,
}  # fmt: skip
LEAD_STATES = {leads.RECEIVED: "received", leads.LOOKED_INTO: "in_hand", leads.CLOSED: "answered"}
MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Rating:
    """1–5, the twelve questions (missing ones were not answered), free text."""

    code: str
    rating: int
    answers: dict[str, bool] = field(default_factory=dict)
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A visit without a code. `visited_on` is the Asia/Shanghai day; `contact` is optional and kept sealed."""

    enterprise_name: str
    visited_on: date
    what: str
    uscc: str | None = None
    unit_code: str | None = None
    unit_text: str | None = None
    people: str | None = None
    contact: str | None = None
    enterprise: str | None = None  # its id, where the platform itself asked (call-backs)
    concerns: tuple[str, ...] = ()  # of domain.leads.CONCERNS; never stored with the report
    concern_note: str | None = None  # what only discipline inspection reads
    voice: Upload | None = None  # said instead of written, or beside it


@dataclass(frozen=True, slots=True)
class Receipt:
    kind: str
    state: str
    answer: str | None


def rate(work: UnitOfWork, rating: Rating, device: str) -> str:
    """Stores a rating of a registered code whose window has begun, once per device; the receipt.

    Raises Invalid, NotFound("no_such_code"), Refused("not_yet_ratable" | "no_longer_ratable" | "already_rated").
    """
    _check_rating(rating)
    inspection = look(work.session, rating.code, work.now).inspection
    if inspection is None:
        raise NotFound("no_such_code", "code")
    if work.now < inspection.window_start and inspection.first_arrive_at is None:
        raise Refused("not_yet_ratable")
    if work.now > inspection.window_end + RATING_WINDOW:
        raise Refused("no_longer_ratable")
    if not _first_rating(work, inspection, device):
        raise Refused("already_rated")
    body = {"rating": rating.rating, "answers": dict(sorted(rating.answers.items())), "comment": rating.comment}
    receipt = _store(work, "rating", inspection.jurisdiction, body, inspection=inspection.id, rating=rating.rating)
    _lead_of_rating(work, inspection, rating)
    flags.after_rating(work, inspection.id)
    return receipt


def report(work: UnitOfWork, report: Report) -> str:
    """Stores a report of a visit without a code; the receipt. Raises Invalid with every wrong field.

    What it says of money, gifts or intermediaries opens a sealed lead; a complaint about the justice bureau becomes one
    and nothing else, so that no supervisor reads it."""
    _check_report(work, report)
    known = registry.enterprise(work.session, report.enterprise) if report.enterprise else None
    if known is None and report.uscc:
        known = registry.enterprise_by_uscc(work.session, report.uscc)
    enterprise = known or registry.enterprise_by_name(work.session, report.enterprise_name)
    unit = registry.units(work.session, [report.unit_code]).get(report.unit_code) if report.unit_code else None
    jurisdiction = registry.jurisdiction_of(
        work.session,
        unit.region if unit else None,
        enterprise.region if enterprise else None,
        work.default_jurisdiction,
    )
    body: dict[str, Any] = {
        "enterprise_name": report.enterprise_name,
        "uscc": report.uscc,
        "unit_text": report.unit_text,
        "people": report.people,
        "what": report.what,
    }
    about = {"enterprise": enterprise.id if enterprise else None, "unit": unit.code if unit else None}
    if leads.about_the_bureau(unit.role if unit else None, report.unit_text):
        return _complaint(work, jurisdiction, report, body | about)
    if report.concerns or report.concern_note or leads.speaks_of_money(report.what):
        own = voice.keep(work, jurisdiction, report.voice)  # a copy of its own: leads are kept longer
        lead_service.open_lead(work, jurisdiction, leads.REPORT, _sealed_of(report, body | about | own))
    body |= voice.keep(work, jurisdiction, report.voice)
    return _store(
        work,
        "report",
        jurisdiction,
        body,
        enterprise=enterprise.id if enterprise else None,
        unit=unit.code if unit else None,
        visited_on=report.visited_on,
        known=canonical_json(_issued_around(work.session, enterprise.id, report.visited_on) if enterprise else []),
        contact=report.contact,
    )


def id_of(session: Session, text: str) -> str:
    """The id of what a receipt stands for. Raises NotFound("no_such_receipt")."""
    found = session.scalar(select(Speech.id).where(Speech.receipt_hash == _receipt_hash(text)))
    if found is None:
        raise NotFound("no_such_receipt")
    return found


def receipt(session: Session, text: str) -> Receipt:
    """What became of it, for who holds the receipt. Raises NotFound("no_such_receipt")."""
    row = session.scalar(select(Speech).where(Speech.receipt_hash == _receipt_hash(text)))
    if row is None:
        lead = lead_service.of_receipt(session, _receipt_hash(text))
        if lead is None:
            raise NotFound("no_such_receipt")
        return Receipt("report", LEAD_STATES[lead.state], lead.answer)
    return Receipt(row.kind, row.state, row.answer)


def _check_rating(rating: Rating) -> None:
    problems: list[Problem] = []
    if not 1 <= rating.rating <= 5:
        problems.append(("rating", "rating_range", {}))
    problems += [
        (f"answers.{name}", "unknown_field", {"name": name}) for name in rating.answers if name not in QUESTIONS
    ]
    if rating.comment and len(rating.comment) > LONGEST_TEXT:
        problems.append(("comment", "too_long", {"most": LONGEST_TEXT}))
    _raise(problems)


def _check_report(work: UnitOfWork, r: Report) -> None:
    problems: list[Problem] = []
    if not r.enterprise_name.strip():
        problems.append(("enterprise_name", "missing", {}))
    if not r.what.strip() and r.voice is None:
        problems.append(("what", "missing", {}))
    if r.uscc:
        problem = uscc_problem(r.uscc)
        if problem and not (problem == "uscc_check_digit" and is_early_pilot(r.uscc)):
            problems.append(("uscc", problem, {"uscc": r.uscc, "length": len(r.uscc)}))
    if r.visited_on > shanghai_day(work.now):
        problems.append(("visited_at", "in_the_future", {}))
    if r.unit_code and r.unit_code not in registry.units(work.session, [r.unit_code]):
        problems.append(("unit_code", "unknown_unit", {"unit": r.unit_code}))
    for name, most in LENGTHS.items():
        if len(getattr(r, name) or "") > most:
            problems.append((name, "too_long", {"most": most}))
    problems += [
        ("concerns", "unknown_choice", {"value": name, "choices": ", ".join(leads.CONCERNS)})
        for name in r.concerns
        if name not in leads.CONCERNS
    ]
    _raise(problems)


def _raise(problems: list[Problem]) -> None:
    if problems:
        field_name, code, data = problems[0]
        raise Invalid(code, field_name, problems=problems, **data)


def _lead_of_rating(work: UnitOfWork, inspection: Inspection, rating: Rating) -> None:
    """A rating that says yes to money, gifts or an intermediary, or speaks of them, opens a sealed lead."""
    concerns = [name for name in leads.CONCERNS if rating.answers.get(name)]
    if not concerns and not leads.speaks_of_money(rating.comment or ""):
        return
    about = {"inspection": inspection.id, "enterprise": inspection.enterprise_id, "unit": inspection.lead_unit}
    said = {"concerns": concerns, "what": rating.comment, "rating": rating.rating}
    lead_service.open_lead(work, inspection.jurisdiction, leads.RATING, about | said)


def _sealed_of(report: Report, body: dict[str, Any]) -> dict[str, Any]:
    more = {"concerns": list(report.concerns), "concern_note": report.concern_note, "contact": report.contact}
    return body | more | {"visited_on": report.visited_on.isoformat()}


def _complaint(work: UnitOfWork, jurisdiction: str, report: Report, body: dict[str, Any]) -> str:
    """A complaint about the justice bureau: a lead with a receipt, and no speech that a supervisor could read."""
    receipt_text = crockford(int.from_bytes(work.random(10), "big"), 16)
    said = _sealed_of(report, body | voice.keep(work, jurisdiction, report.voice))
    lead_service.open_lead(work, jurisdiction, leads.COMPLAINT, said, _receipt_hash(receipt_text))
    return _grouped(receipt_text)


def _grouped(receipt_text: str) -> str:
    return "-".join(receipt_text[i : i + 4] for i in range(0, 16, 4))


def _issued_around(session: Session, enterprise_id: str, day: date) -> list[str]:
    """The inspections of an enterprise around a day that the register knows now, so: before the report arrived."""
    query = select(InspectionRow.id).where(
        InspectionRow.enterprise_id == enterprise_id,
        or_(InspectionRow.code_cti.is_not(None), InspectionRow.imported, InspectionRow.mirrored),
        InspectionRow.window_start < day_end(day) + KNOWN_WITHIN,
        InspectionRow.window_end >= day_start(day) - KNOWN_WITHIN,
    )
    return sorted(session.scalars(query))


def _first_rating(work: UnitOfWork, inspection: Inspection, device: str) -> bool:
    mark = work.vault.mark(f"rate:{inspection.mark}", device)
    statement = dialect_insert(work.session, DeviceMark).values(
        mark=mark, expires_at=inspection.window_end + RATING_WINDOW
    )
    return work.session.execute(statement.on_conflict_do_nothing().returning(DeviceMark.mark)).first() is not None


def _store(
    work: UnitOfWork, kind: str, jurisdiction: str, body: dict[str, Any], contact: str | None = None, **columns: Any
) -> str:
    """Stores speech and its leaf; the receipt's text, which is kept nowhere."""
    speech_id, salt = random_id(work.random), work.random(16)
    receipt_text = crockford(int.from_bytes(work.random(10), "big"), 16)
    row = Speech(
        id=speech_id,
        kind=kind,
        jurisdiction=jurisdiction,
        week=iso_week(work.now),
        body=canonical_json(body),
        version=CANONICAL_VERSION,
        salt=salt,
        receipt_hash=_receipt_hash(receipt_text),
        state="received",
        **columns,
    )
    row.leaf = leaf_data(salt, canonical_speech(row), work.vault.provider)
    work.session.add(row)
    work.enqueue([(row.leaf, True)])
    work.session.flush()
    if contact:
        work.session.add(Contact(speech=speech_id, sealed=work.vault.seal(contact.encode(), f"contact:{speech_id}")))
    if kind == "report":
        flags.after_report(work, speech_id)
    return _grouped(receipt_text)


def canonical_speech(row: Speech) -> bytes:
    """The bytes that the leaf of a rating or report covers, from its columns. Its state and answer are facts apart."""
    columns = {
        name: getattr(row, name) for name in ("inspection", "enterprise", "unit", "visited_on", "known", "rating")
    }
    record = {
        "v": row.version,
        "id": row.id,
        "kind": row.kind,
        "jurisdiction": row.jurisdiction,
        "week": row.week,
        "about": {name: str(value) for name, value in columns.items() if value is not None},
        "body": said(row),
    }
    return canonical_json(record).encode()


def _receipt_hash(text: str) -> bytes:
    """Upper case, O as 0, I and L as 1, no separators: as people type."""
    folded = text.upper().translate(MISREAD)
    return hashlib.sha256("".join(c for c in folded if c in CROCKFORD).encode()).digest()


def said(row: Speech) -> dict[str, Any]:
    """The body of a row of speech, empty once erased."""
    body: dict[str, Any] = json.loads(row.body) if row.body else {}
    return body
