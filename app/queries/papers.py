"""Papers for reading: those of a subject, those that wait for somebody, those that an enterprise may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.inspections import Inspection
from app.domain.papers.kinds import KINDS, OF_BUREAU
from app.domain.papers.lifecycle import DRAFTED, REACHED, REVIEWED, SIGNED, Paper
from app.queries.flags import visible_where
from app.services.paperwork import papers, supervision_papers
from app.services.people import access
from app.store import inspections as inspection_store
from app.store import papers as store
from app.store.models import ActorRow, Enterprise, FactRow, FindingRow, PaperRow, RoleAssignment, Unit
from app.store.models.base import table_of
from app.store.prepared import Prepared

MOST = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper in a list: its row, its title, whom it is about, who drafted and signed it, the unit it goes to and the
    rule of the flag it is about."""

    row: PaperRow
    title: str
    enterprise: str | None
    people: dict[str, str]
    to: str | None = None
    rule: str | None = None


def of_subject(session: Session, subject: tuple[str, str]) -> list[Listed]:
    """The papers about something, oldest first."""
    query = select(PaperRow).where(PaperRow.subject_kind == subject[0], PaperRow.subject_id == subject[1])
    return _listed(session, list(session.scalars(query.order_by(PaperRow.drafted_at, PaperRow.kind, PaperRow.id))))


def readable(session: Session, actor: Actor, inspection: Inspection) -> list[Listed]:
    """The papers of an inspection that the actor may read at `/papers/<id>`; none of one they may not see."""
    return of_subject(session, ("inspection", inspection.id)) if access.may_see(actor, inspection) else []


def waiting(session: Session, unit: str) -> list[Listed]:
    """What a unit has drafted and not signed, and signed and not served: oldest first, at most MOST."""
    open_kinds = [k.code for k in KINDS.values() if (k.to_enterprise or k in OF_BUREAU) and not k.automatic]
    query = select(PaperRow).where(
        PaperRow.unit == unit,
        PaperRow.state.in_([DRAFTED, REVIEWED]) | ((PaperRow.state == SIGNED) & PaperRow.kind.in_(open_kinds)),
    )
    return _listed(session, list(session.scalars(query.order_by(PaperRow.drafted_at, PaperRow.id).limit(MOST))))


def about_flag(session: Session, finding_id: str, *, for_unit: bool = False) -> list[Listed]:
    """The papers of supervision about a flag, oldest first; for its unit those that were signed."""
    found = of_subject(session, (supervision_papers.SUBJECT, finding_id))
    return [p for p in found if p.row.signed_at is not None] if for_unit else found


def to_sign_for(session: Session, actor: Actor) -> list[Listed]:
    """The papers of supervision that the actor's unit has not signed for yet, oldest first."""
    query = _unsigned_for(select(PaperRow), actor).order_by(PaperRow.signed_at, PaperRow.id).limit(MOST)
    return _listed(session, list(session.scalars(query)))


def waiting_to_be_signed_for(session: Session, actor: Actor) -> int:
    """How many those are, for the number beside the link."""
    return session.scalar(_unsigned_for(select(func.count()).select_from(PaperRow), actor)) or 0


def _unsigned_for(query: Any, actor: Actor) -> Any:
    about = (PaperRow.subject_kind == supervision_papers.SUBJECT, PaperRow.state == SIGNED, visible_where(actor))
    return query.join(FindingRow, FindingRow.id == PaperRow.subject_id).where(*about)


def who_did(session: Session, facts: Sequence[FactRow]) -> dict[str, str]:
    """By whom each step of a paper was taken: 单位 姓名; of an actor without a unit the name alone."""
    query = select(ActorRow.id, ActorRow.name, Unit.name)
    query = query.outerjoin(RoleAssignment, RoleAssignment.actor == ActorRow.id)
    query = query.outerjoin(Unit, Unit.code == RoleAssignment.unit).order_by(RoleAssignment.valid_from)
    rows = session.execute(query.where(ActorRow.id.in_({f.recorded_by for f in facts})))
    return {actor: f"{unit} {name}" if unit else name for actor, name, unit in rows}


def served_to(session: Session, enterprise_id: str, subject: tuple[str, str] | None = None) -> list[Listed]:
    """The papers that reached an enterprise (served, or left there), newest first: what it may open itself.

    Nothing that stays inside the unit is among them. With `subject`, only those about it (the page behind a code).
    """
    query = select(PaperRow).where(PaperRow.enterprise == enterprise_id, PaperRow.state.in_(REACHED))
    if subject is not None:
        query = query.where(PaperRow.subject_kind == subject[0], PaperRow.subject_id == subject[1])
    return _listed(session, list(session.scalars(query.order_by(PaperRow.served_at.desc()).limit(MOST))))


_ANY = Prepared(
    select(literal(1))
    .where(
        table_of(PaperRow).c.subject_kind == bindparam("kind"),
        table_of(PaperRow).c.subject_id == bindparam("id"),
        table_of(PaperRow).c.enterprise == bindparam("enterprise"),
        table_of(PaperRow).c.state.in_(REACHED),
    )
    .limit(1)
)


def any_served(session: Session, enterprise_id: str, subject: tuple[str, str]) -> bool:
    """Whether `served_to` would find any about this."""
    kind, own_id = subject
    return _ANY.first(session, kind=kind, id=own_id, enterprise=enterprise_id) is not None


def seen(session: Session, actor: Actor, paper_id: str) -> Paper:
    """A paper that the actor may read: whoever may see the inspection it is about; the unit it was signed for.

    Raises NotFound."""
    paper = store.get(session, paper_id)
    if paper is None or not _may_see(session, actor, paper):
        raise NotFound("no_such_paper")
    return paper


def served_paper(session: Session, enterprise_id: str, paper_id: str) -> Paper:
    """A paper that reached this enterprise. Raises NotFound for every other one."""
    paper = store.get(session, paper_id)
    if paper is None or paper.enterprise != enterprise_id or paper.state not in REACHED:
        raise NotFound("no_such_paper")
    return paper


def notice_of(session: Session, inspection_id: str) -> Paper | None:
    """The newest signed notice of an inspection (a changed approval makes a new one)."""
    query = select(PaperRow.id).where(
        PaperRow.subject_kind == "inspection",
        PaperRow.subject_id == inspection_id,
        PaperRow.kind == "notice",
        PaperRow.state.in_([SIGNED, *REACHED]),
    )
    found = session.scalar(query.order_by(PaperRow.signed_at.desc(), PaperRow.id.desc()).limit(1))
    return store.get(session, found) if found else None


def _may_see(session: Session, actor: Actor, paper: Paper) -> bool:
    if supervision_papers.addressed_to(session, actor, paper):
        return True
    if paper.subject_kind == "inspection":
        inspection = inspection_store.get(session, paper.subject_id)
        return inspection is not None and access.may_see(actor, inspection)
    return papers.may_see(actor, paper.unit, paper.jurisdiction)


def _listed(session: Session, rows: Sequence[PaperRow]) -> list[Listed]:
    ids = {r.enterprise for r in rows if r.enterprise}
    enterprises = dict(session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids))).all())
    people = {p for r in rows for p in (r.drafter, r.reviewer, r.signer) if p}
    names = dict(session.execute(select(ActorRow.id, ActorRow.name).where(ActorRow.id.in_(people))).all())
    flags = _flags_of(session, rows)
    nothing = (None, None)
    return [
        Listed(r, _title(session, r), enterprises.get(r.enterprise or ""), names, *flags.get(r.subject_id, nothing))
        for r in rows
    ]


def _title(session: Session, row: PaperRow) -> str:
    """What the paper is called; papers of supervision have the name that the jurisdiction gave them when drafted."""
    if KINDS[row.kind] not in OF_BUREAU:
        return KINDS[row.kind].title
    paper = store.get(session, row.id)
    return str(paper.content["title"]) if paper else KINDS[row.kind].title


def _flags_of(session: Session, rows: Sequence[PaperRow]) -> dict[str, tuple[str | None, str]]:
    """(name of the unit, rule) of the flags that papers of supervision are about, by flag."""
    ids = {r.subject_id for r in rows if KINDS[r.kind].to_unit}
    query = select(FindingRow.id, Unit.name, FindingRow.rule).outerjoin(Unit, Unit.code == FindingRow.unit)
    found = session.execute(query.where(FindingRow.id.in_(ids))) if ids else ()
    return {flag: (unit, rule) for flag, unit, rule in found}
