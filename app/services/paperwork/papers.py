"""The life of a paper as people record it: draft 拟稿, review 审核, return 退回, sign off 签发, withdraw 撤回.

Any kind of paper about any subject goes through these verbs; what stands in it is made by whoever drafts it
(`app/services/paperwork/visit_papers.py` for inspections).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select

from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused
from app.domain.papers import document
from app.domain.papers import lifecycle as life
from app.domain.papers.kinds import DAY, KINDS, PaperKind
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.services import registers
from app.store import papers as store
from app.store.models import PaperRow, PaperSetting
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.unit_of_work import UnitOfWork

LONGEST_PREFIX = 30
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class About:
    """What a paper is about, whose it is, and to which enterprise it goes (None: to none)."""

    subject: tuple[str, str]
    unit: str
    jurisdiction: str
    enterprise: str | None


def may_see(actor: Actor, unit: str, jurisdiction: str) -> bool:
    return jurisdiction in actor.regions if actor.oversees else actor.unit == unit


def own_paper(work: UnitOfWork, actor: Actor, paper_id: str) -> Paper:
    """A paper of the actor's unit, locked for a change. Raises Forbidden (role), NotFound("no_such_paper")."""
    actor.require(INSPECTOR, HEAD, SUPERVISOR)
    paper = store.get(work.session, paper_id, lock=True)
    if paper is None or paper.unit != actor.unit:
        raise NotFound("no_such_paper")
    actor.require(*KINDS[paper.kind].drafters)
    return paper


def draft(
    work: UnitOfWork, actor: Actor, kind: PaperKind, about: About, content: dict[str, Any], typed: Mapping[str, str]
) -> Paper:
    """Records a first draft. The caller made `content` of `typed`, which `checked` looked at."""
    body = _draft_body(actor, kind, about, content, typed)
    fact = work.fact("paper.drafted", ("paper", work.new_id()), body, actor, about.jurisdiction)
    return store.record(work, fact, None)


def redraft(work: UnitOfWork, actor: Actor, paper: Paper, content: dict[str, Any], typed: Mapping[str, str]) -> Paper:
    """Records a changed draft: whoever changed it is its drafter, and it must be reviewed again. Raises Refused."""
    about = About((paper.subject_kind, paper.subject_id), paper.unit, paper.jurisdiction, paper.enterprise)
    body = _draft_body(actor, KINDS[paper.kind], about, content, typed)
    return _record(work, actor, paper, "paper.drafted", body)


def issue(
    work: UnitOfWork, actor: Actor, papers: Sequence[tuple[PaperKind, About, dict[str, Any]]], drafter: str
) -> None:
    """Papers drafted and signed in one step, by a decision that a head made already (the approval of an inspection)."""
    facts = []
    for kind, about, content in papers:
        body = _draft_body(actor, kind, about, content, {}) | {"drafter": drafter}
        body |= _signature(work, actor, kind, about.unit, content)
        facts.append(work.fact("paper.signed_off", ("paper", work.new_id()), body, actor, about.jurisdiction))
    store.record_new(work, facts)


def review(work: UnitOfWork, actor: Actor, paper_id: str) -> Paper:
    """Reviews a draft. Raises NotFound, Refused (state), Forbidden("own_draft") where another person must."""
    paper = own_paper(work, actor, paper_id)
    if must_be_reviewed(work, paper) and paper.drafter == actor.identity:
        raise Forbidden("own_draft")
    return _record(work, actor, paper, "paper.reviewed", {"reviewer": actor.identity})


def send_back(work: UnitOfWork, actor: Actor, paper_id: str, reason: str) -> Paper:
    """Returns a draft to its drafter with a reason."""
    paper = own_paper(work, actor, paper_id)
    return _record(work, actor, paper, "paper.returned", {"by": actor.identity, "reason": _reason(reason)})


def sign_off(work: UnitOfWork, actor: Actor, paper_id: str) -> Paper:
    """Signs a paper: from now on its content is frozen, and it has its number.

    Raises NotFound, Forbidden (role), Refused (state, or "not_reviewed" where the unit's papers are reviewed).
    """
    paper = own_paper(work, actor, paper_id)
    kind = KINDS[paper.kind]
    actor.require(*kind.signers)
    life.transition(paper.state, "paper.signed_off")
    if must_be_reviewed(work, paper) and paper.state != life.REVIEWED:
        raise Refused("not_reviewed")
    return _record(work, actor, paper, "paper.signed_off", _signature(work, actor, kind, paper.unit, paper.content))


def withdraw(work: UnitOfWork, actor: Actor, paper_id: str, reason: str) -> Paper:
    """Withdraws a paper that was not served yet. Its number is not used again.

    One that is signed is withdrawn by a head, or by the bureau whose it is."""
    paper = own_paper(work, actor, paper_id)
    if paper.state == life.SIGNED:
        actor.require(HEAD, SUPERVISOR)
    return _record(work, actor, paper, "paper.withdrawn", {"by": actor.identity, "reason": _reason(reason)})


def replace_unserved(
    work: UnitOfWork, actor: Actor, subject: tuple[str, str], kinds: tuple[str, ...], reason: str
) -> None:
    """Withdraws what was signed of these kinds about a subject and served to nobody: a newer paper takes its place."""
    signed = _SIGNED.all(work.session, subject_kind=subject[0], subject_id=subject[1], kinds=list(kinds))
    for (paper_id,) in signed:
        paper = store.get(work.session, paper_id, lock=True)
        assert paper is not None
        _record(work, actor, paper, "paper.withdrawn", {"by": actor.identity, "reason": reason})


_T = table_of(PaperRow).c
_SIGNED = Prepared(
    select(_T.id)
    .where(
        _T.subject_kind == bindparam("subject_kind"),
        _T.subject_id == bindparam("subject_id"),
        _T.kind.in_(bindparam("kinds", expanding=True)),
        _T.state == life.SIGNED,
    )
    .order_by(_T.id)
)


def must_be_reviewed(work: UnitOfWork, paper: Paper) -> bool:
    """Whether the unit has papers of this kind reviewed by another person than the drafter."""
    setting = store.setting(work.session, paper.unit)
    return KINDS[paper.kind].reviewed and setting is not None and setting.reviewed


def checked(kind: PaperKind, typed: Mapping[str, str], today: date) -> dict[str, str]:
    """What was typed for a draft, trimmed. Raises Invalid with every field that is missing, too long or no day."""
    problems: list[Problem] = []
    values = {field.name: typed.get(field.name, "").replace("\r\n", "\n").strip() for field in kind.fields}
    for field in kind.fields:
        value = values[field.name]
        if field.required and not value:
            problems.append((field.name, "missing", {}))
        elif len(value) > field.most:
            problems.append((field.name, "too_long", {"most": field.most}))
        elif field.kind == DAY and value:
            problems += _day_problems(field.name, value, today)
    if problems:
        name, code, data = problems[0]
        raise Invalid(code, name, problems=problems, **data)
    return values


def set_numbering(work: UnitOfWork, actor: Actor, prefix: str, *, reviewed: bool) -> PaperSetting:
    """Sets the unit's 机关代字 and whether its papers are reviewed. Numbers that were given stay.

    Raises Forbidden (only heads, and supervisors for their bureau), Invalid("missing" | "too_long" | "prefix_taken").
    """
    actor.require(HEAD, SUPERVISOR)
    prefix = prefix.strip()
    if not prefix:
        raise Invalid("missing", "prefix")
    if len(prefix) > LONGEST_PREFIX:
        raise Invalid("too_long", "prefix", most=LONGEST_PREFIX)
    work.lock("paper-prefix")
    if _taken(work, str(actor.unit), prefix):
        raise Invalid("prefix_taken", "prefix", prefix=prefix)
    row = store.setting(work.session, str(actor.unit)) or PaperSetting(unit=str(actor.unit))
    row.prefix, row.reviewed, row.recorded_at = prefix, reviewed, work.now
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, actor.region or work.default_jurisdiction, [row])
    return row


def prefix_of(work: UnitOfWork, unit: str) -> str:
    """The unit's 机关代字; its name where none was set."""
    return store.prefix(work.session, unit) or store.unit_name(work.session, unit)


def _draft_body(
    actor: Actor, kind: PaperKind, about: About, content: dict[str, Any], typed: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "kind": kind.code,
        "subject": list(about.subject),
        "unit": about.unit,
        "enterprise": about.enterprise,
        "drafter": actor.identity,
        "content": content,
        "typed": dict(typed),
    }


def _signature(
    work: UnitOfWork, actor: Actor, kind: PaperKind, unit: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    """What signing adds: who, the number, and the content as it stays."""
    day = shanghai_day(work.now)
    serial = store.next_serial(work, unit, kind.code, day.year) if kind.word else None
    number = life.paper_number(prefix_of(work, unit), kind.word, day.year, serial) if kind.word and serial else None
    return {
        "signer": actor.identity,
        "year": day.year if serial else None,
        "serial": serial,
        "number": number,
        "content": document.signed(content, number, day),
    }


def _record(work: UnitOfWork, actor: Actor, paper: Paper, kind: str, body: dict[str, Any]) -> Paper:
    life.transition(paper.state, kind)
    return store.record(work, work.fact(kind, ("paper", paper.id), body, actor, paper.jurisdiction), paper)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_missing", "reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", "reason", most=LONGEST_REASON)
    return reason


def _day_problems(name: str, value: str, today: date) -> list[Problem]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return [(name, "wrong_type", {"expected": "2026-03-20"})]
    if day.year >= 2100:
        return [(name, "time_out_of_range", {})]
    return [] if day > today else [(name, "deadline_passed", {})]


def _taken(work: UnitOfWork, unit: str, prefix: str) -> bool:
    """Whether another unit has this 机关代字, or numbers that begin with it."""
    by_setting = select(PaperSetting.unit).where(PaperSetting.prefix == prefix, PaperSetting.unit != unit)
    begins = [PaperRow.number.startswith(prefix + k.word + "〔", autoescape=True) for k in KINDS.values() if k.word]
    by_number = select(PaperRow.id).where(PaperRow.unit != unit, or_(*begins))
    return any(work.session.scalar(query.limit(1)) is not None for query in (by_setting, by_number))
