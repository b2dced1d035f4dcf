"""What an enterprise lays before a unit, and what became of it: one table of steps, like that of inspections.

Kinds: statement (陈述申辩, beside a result), recusal (回避, of an officer), wish (企业申请, an inspection that the enterprise
asks for), selfcheck (自查, its own findings in advance, sealed; shared only by its own choice).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.errors import Invalid, Refused
from app.domain.inspections import APPLIED, APPROVED, COMPLETED, IN_PROGRESS, Inspection

STATEMENT, RECUSAL, WISH, SELFCHECK = "statement", "recusal", "wish", "selfcheck"
OPEN, ANSWERED, ACCEPTED, DECLINED, PRIVATE, SHARED = "open", "answered", "accepted", "declined", "private", "shared"
LONGEST_TEXT = 2000
FINDINGS = ("fine", "to_mend", "not_applicable")

# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "statement.made": {None: OPEN},
    "statement.answered": {OPEN: ANSWERED},
    "recusal.requested": {None: OPEN},
    "recusal.accepted": {OPEN: ACCEPTED},
    "recusal.declined": {OPEN: DECLINED},
    "wish.made": {None: OPEN},
    "wish.declined": {OPEN: DECLINED},
    "selfcheck.recorded": {None: PRIVATE, PRIVATE: PRIVATE, SHARED: PRIVATE},
    "selfcheck.shared": {PRIVATE: SHARED},
    "matter.erased": {s: s for s in (OPEN, ANSWERED, ACCEPTED, DECLINED, PRIVATE, SHARED)},
}
WORDS = (
    "text",
    "wanted",
    "answer",
)  # of which facts hold salted hashes (`<column>_digest`), so that they can be erased
ERASED = {"text": None, "wanted": None, "answer": None}
_FIRST = ("kind", "enterprise", "inspection", "unit", "item", "officer", "number", "text", "wanted", "sha256")
MADE = ("statement.made", "recusal.requested", "wish.made", "selfcheck.recorded")


def changes(state: str | None, kind: str, body: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    """The columns that a fact sets; where it holds a hash of words, `<column>_digest`. Facts from before hold the words.

    Raises Refused("matter_decided") where the table has no such step."""
    after = TRANSITIONS[kind].get(state)
    if after is None:
        raise Refused("matter_decided")
    if kind in MADE:
        first = dict(_as_held(body, name, name) for name in _FIRST if name != "kind")
        return {"state": after, "kind": kind.split(".")[0], "made_by": by, "made_at": at, **first}
    if kind == "selfcheck.shared":
        return {"state": after}
    if kind == "matter.erased":
        return {"state": after, **ERASED}
    answer, said = _as_held(body, "answer", "text")
    return {"state": after, answer: said, "answered_by": by, "answered_at": at}


def _as_held(body: Mapping[str, Any], column: str, name: str) -> tuple[str, Any]:
    digest = f"{column}_digest"
    return (digest, body[digest]) if digest in body else (column, body.get(name))


def check_text(text: str, field: str = "text") -> str:
    """What is said, trimmed. Raises Invalid("missing" | "too_long") at `field`."""
    if not text.strip():
        raise Invalid("missing", field)
    if len(text) > LONGEST_TEXT:
        raise Invalid("too_long", field, most=LONGEST_TEXT)
    return text.strip()


def may_state(i: Inspection) -> bool:
    """A case is stated from the visit's beginning on."""
    return i.state in (IN_PROGRESS, COMPLETED)


def may_ask_recusal(i: Inspection) -> bool:
    """Recusal is asked for before or at the visit."""
    return i.state in (APPROVED, IN_PROGRESS) and bool(i.officers)


def may_check_itself(i: Inspection) -> bool:
    """From the announcement until the visit is done."""
    return i.state in (APPLIED, APPROVED, IN_PROGRESS) and bool(i.items)
