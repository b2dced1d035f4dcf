"""Service of a paper (送达): to whom, how, when; a signature on the screen or a typed name; or the signature refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain import inspections
from app.domain.actors import Actor
from app.domain.errors import Invalid, Problem, Refused
from app.domain.papers import lifecycle as life
from app.domain.papers.kinds import KINDS
from app.domain.papers.lifecycle import ELECTRONIC, IN_PERSON, LEFT, POST, Paper
from app.domain.times import rfc3339
from app.domain.uploads import PNG, Upload
from app.services import files
from app.services.flagging import flags
from app.services.paperwork import papers
from app.store import inspections as inspection_store
from app.store import papers as store
from app.store.unit_of_work import UnitOfWork

HANDED = (IN_PERSON, ELECTRONIC, POST)
MOST = {"name": 60, "role": 60, "place": 200, "typed": 60, "reason": 500, "witness": 60}


@dataclass(frozen=True, slots=True)
class Service:
    """A paper reached the person `name` (`role`: what they are there) at `at`. In person it is signed: `signature` is a
    PNG drawn on the screen, or `typed` the name that they typed themselves."""

    how: str
    name: str
    role: str
    at: datetime
    place: str = ""
    signature: Upload | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The person `name` would not sign: why, and who saw it. The paper is left there (留置送达)."""

    name: str
    role: str
    at: datetime
    reason: str
    witness: str
    place: str = ""


def serve(work: UnitOfWork, actor: Actor, paper_id: str, service: Service) -> Paper:
    """Records that a signed paper reached the enterprise, or the level above; a notice counts as shown from then on.

    Raises NotFound, Forbidden, Refused (state), Invalid (each field).
    """
    paper = _to_serve(work, actor, paper_id, "paper.served")
    problems = _too_long(service, ("name", "role", "place", "typed")) + _wrong_time(work, paper, service.at)
    problems += [(name, "missing", {}) for name in ("name",) if not service.name.strip()]
    if service.how not in HANDED:
        problems.append(("how", "unknown_choice", {"value": service.how[:20], "choices": ", ".join(HANDED)}))
    if service.how == IN_PERSON and service.signature is None and not service.typed.strip():
        problems.append(("signature", "signature_missing", {}))
    _raise(problems)
    body = _said(service.name, service.role, service.place, service.how, service.at, actor)
    body["typed"] = service.typed.strip() or None
    if service.signature is not None:
        kept = files.keep(
            work, actor, service.signature, purpose="signature", subject=("paper", paper.id),
            jurisdiction=paper.jurisdiction, kinds=(PNG,), field="signature",
        )  # fmt: skip
        body["signature"] = files.reference(kept)
    return _record(work, actor, paper, "paper.served", body, service.at)


def refuse(work: UnitOfWork, actor: Actor, paper_id: str, refusal: Refusal) -> Paper:
    """Records that the signature was refused and the paper left there before a witness. Raises like `serve`."""
    paper = _to_serve(work, actor, paper_id, "paper.refused")
    problems = _too_long(refusal, ("name", "role", "place", "reason", "witness"))
    problems += _wrong_time(work, paper, refusal.at)
    problems += [(name, "missing", {}) for name in ("reason", "witness") if not getattr(refusal, name).strip()]
    _raise(problems)
    body = _said(refusal.name, refusal.role, refusal.place, LEFT, refusal.at, actor)
    body["refused"] = {"reason": refusal.reason.strip(), "witness": refusal.witness.strip()}
    return _record(work, actor, paper, "paper.refused", body, refusal.at)


def _to_serve(work: UnitOfWork, actor: Actor, paper_id: str, step: str) -> Paper:
    paper = papers.own_paper(work, actor, paper_id)
    if not (KINDS[paper.kind].to_enterprise or KINDS[paper.kind].upward):
        raise Refused("paper_stays_here", title=KINDS[paper.kind].title)
    life.transition(paper.state, step)
    return paper


def _said(name: str, role: str, place: str, how: str, at: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "how": how,
        "name": name.strip(),
        "role": role.strip(),
        "place": place.strip(),
        "at": rfc3339(at),
        "by": actor.identity,
        "by_name": actor.name,
    }


def _record(work: UnitOfWork, actor: Actor, paper: Paper, kind: str, body: dict[str, Any], at: datetime) -> Paper:
    fact = work.fact(kind, ("paper", paper.id), body, actor, paper.jurisdiction, at)
    served = store.record(work, fact, paper)
    if paper.kind == "notice" and paper.subject_kind == "inspection":
        _shown(work, actor, served, at)
    return served


def _shown(work: UnitOfWork, actor: Actor, paper: Paper, at: datetime) -> None:
    """The inspection learns that its notice was served, where its state still asks (rule code.not_shown)."""
    inspection = inspection_store.get(work.session, paper.subject_id, lock=True)
    assert inspection is not None
    if inspection.state not in inspections.TRANSITIONS["inspection.notice_served"]:
        return
    subject = ("inspection", inspection.id)
    body = {"paper": paper.id, "number": paper.number}
    fact = work.fact("inspection.notice_served", subject, body, actor, inspection.jurisdiction, at)
    flags.after_inspection(work, inspection, work.record(fact, inspection))


def _too_long(said: Service | Refusal, names: tuple[str, ...]) -> list[Problem]:
    long = [name for name in names if len(getattr(said, name)) > MOST[name]]
    return [(name, "too_long", {"most": MOST[name]}) for name in long]


def _wrong_time(work: UnitOfWork, paper: Paper, at: datetime) -> list[Problem]:
    if at > work.now:
        return [("at", "in_the_future", {})]
    assert paper.signed_at is not None
    early = at < paper.signed_at.replace(second=0, microsecond=0)  # forms tell minutes
    return [("at", "served_before_signed", {})] if early else []


def _raise(problems: list[Problem]) -> None:
    if problems:
        name, code, data = problems[0]
        raise Invalid(code, name, problems=problems, **data)
