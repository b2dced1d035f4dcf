"""The life of a paper: drafted 拟稿, reviewed 审核, signed off 签发 (with its number 文号), served 送达 or refused 拒签.

One table of transitions; a paper's current state is folded from its facts, like an inspection's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import Refused
from app.domain.facts import Fact
from app.domain.times import parse_rfc3339

DRAFTED, REVIEWED, SIGNED = "drafted", "reviewed", "signed"
SERVED, REFUSED, WITHDRAWN = "served", "refused", "withdrawn"
STATES = (DRAFTED, REVIEWED, SIGNED, SERVED, REFUSED, WITHDRAWN)
REACHED = (SERVED, REFUSED)  # it reached the enterprise: handed over, or left there where the signature was refused

# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "paper.drafted": {None: DRAFTED, DRAFTED: DRAFTED, REVIEWED: DRAFTED},
    "paper.reviewed": {DRAFTED: REVIEWED},
    "paper.returned": {DRAFTED: DRAFTED, REVIEWED: DRAFTED},
    "paper.signed_off": {None: SIGNED, DRAFTED: SIGNED, REVIEWED: SIGNED},  # None: by the approval of an inspection
    "paper.served": {SIGNED: SERVED},
    "paper.refused": {SIGNED: REFUSED},
    "paper.withdrawn": {DRAFTED: WITHDRAWN, REVIEWED: WITHDRAWN, SIGNED: WITHDRAWN},
}

IN_PERSON, LEFT, ELECTRONIC, POST = "in_person", "left", "electronic", "post"
WAYS = (IN_PERSON, LEFT, ELECTRONIC, POST)  # 直接送达, 留置送达, 电子送达, 邮寄送达


@dataclass(frozen=True, slots=True)
class Paper:
    """Current state. `content` is the document (domain/papers/document.py); `drafter`, `reviewer`, `signer` are
    identities of persons (Actor.identity). `subject` is what it is about, such as ("inspection", id)."""

    id: str
    jurisdiction: str
    kind: str
    subject_kind: str
    subject_id: str
    unit: str
    enterprise: str | None
    state: str
    content: dict[str, Any]
    typed: dict[str, str]
    drafter: str
    drafted_at: datetime
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    returned_reason: str | None = None
    signer: str | None = None
    signed_at: datetime | None = None
    year: int | None = None
    serial: int | None = None
    number: str | None = None
    served_at: datetime | None = None
    withdrawn_reason: str | None = None


def transition(state: str | None, fact_kind: str) -> str:
    """The state after a fact. Raises Refused("paper_not_in_this_state") when the table has no such step."""
    after = TRANSITIONS[fact_kind].get(state)
    if after is None:
        raise Refused("paper_not_in_this_state", state=state or "", step=fact_kind)
    return after


def evolve(paper: Paper | None, fact: Fact) -> Paper:
    """Folds one fact into the current state; the first creates it. Raises Refused like `transition`."""
    after = transition(paper.state if paper else None, fact.kind)
    b = fact.body
    if paper is None:
        drafted = Paper(
            id=fact.subject_id,
            jurisdiction=fact.jurisdiction,
            kind=b["kind"],
            subject_kind=b["subject"][0],
            subject_id=b["subject"][1],
            unit=b["unit"],
            enterprise=b["enterprise"],
            state=after,
            content=b["content"],
            typed=b["typed"],
            drafter=b["drafter"],
            drafted_at=fact.recorded_at,
        )
        return replace(drafted, **_signed_off(fact)) if after == SIGNED else drafted
    return replace(paper, state=after, **_CHANGES[fact.kind](fact))


def _drafted(fact: Fact) -> dict[str, Any]:
    b = fact.body
    return {
        "content": b["content"],
        "typed": b["typed"],
        "drafter": b["drafter"],
        "drafted_at": fact.recorded_at,
        "reviewer": None,
        "reviewed_at": None,
    }


def _reviewed(fact: Fact) -> dict[str, Any]:
    return {"reviewer": fact.body["reviewer"], "reviewed_at": fact.recorded_at, "returned_reason": None}


def _returned(fact: Fact) -> dict[str, Any]:
    return {"returned_reason": fact.body["reason"], "reviewer": None, "reviewed_at": None}


def _signed_off(fact: Fact) -> dict[str, Any]:
    b = fact.body
    signed = {name: b[name] for name in ("content", "signer", "year", "serial", "number")}
    return signed | {"signed_at": fact.recorded_at, "returned_reason": None}


def _served(fact: Fact) -> dict[str, Any]:
    return {"served_at": parse_rfc3339(fact.body["at"])}


def _withdrawn(fact: Fact) -> dict[str, Any]:
    return {"withdrawn_reason": fact.body["reason"]}


_CHANGES = {
    "paper.drafted": _drafted,
    "paper.reviewed": _reviewed,
    "paper.returned": _returned,
    "paper.signed_off": _signed_off,
    "paper.served": _served,
    "paper.refused": _served,
    "paper.withdrawn": _withdrawn,
}


def paper_number(prefix: str, word: str, year: int, serial: int) -> str:
    """The 文号 as GB/T 9704 writes it: 云应急检通〔2026〕12号."""
    return f"{prefix}{word}〔{year}〕{serial}号"
