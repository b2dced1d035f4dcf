"""Following up a flag (督办): its states, and which action leads where, in one table. A unit never closes its own.

raised → investigating → sent → answered → upheld → correcting → corrected → closed, or dismissed; `withdrawn` is the rules'
own. What was ordered to be corrected is closed only once it was confirmed as corrected (`order_stands`).
Flags merged into one case take each step together (app.services.supervising.flag_actions).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR
from app.domain.errors import Forbidden, Invalid, Refused
from app.domain.uploads import Upload

RAISED, INVESTIGATING, SENT, ANSWERED = "raised", "investigating", "sent", "answered"
UPHELD, DISMISSED, CORRECTING, CLOSED, WITHDRAWN = "upheld", "dismissed", "correcting", "closed", "withdrawn"
STATES = (RAISED, INVESTIGATING, SENT, ANSWERED, UPHELD, DISMISSED, CORRECTING, CLOSED, WITHDRAWN)
OPEN = (RAISED, INVESTIGATING, SENT, ANSWERED, UPHELD, CORRECTING)

_JUDGED_FROM = (RAISED, INVESTIGATING, SENT, ANSWERED)
_SAME = {state: state for state in OPEN}
# action → (state before → state after). None of these is in the table for `withdrawn` or `closed`.
ACTIONS: dict[str, dict[str, str]] = {
    "investigate": {RAISED: INVESTIGATING, DISMISSED: INVESTIGATING},
    "assign": _SAME,
    "merge": {RAISED: INVESTIGATING, INVESTIGATING: INVESTIGATING},
    "split": _SAME,
    "set_aside": {RAISED: RAISED, INVESTIGATING: INVESTIGATING},
    "send": {RAISED: SENT, INVESTIGATING: SENT, ANSWERED: SENT},
    "sign_for": {SENT: SENT},
    "answer": {SENT: ANSWERED},
    "object": {SENT: ANSWERED, UPHELD: ANSWERED, CORRECTING: ANSWERED},
    "check": {ANSWERED: ANSWERED},
    "uphold": dict.fromkeys(_JUDGED_FROM, UPHELD),
    "dismiss": dict.fromkeys(_JUDGED_FROM, DISMISSED),
    "order_correction": {UPHELD: CORRECTING},
    "interview": {UPHELD: UPHELD, CORRECTING: CORRECTING},
    "escalate": {UPHELD: UPHELD, CORRECTING: CORRECTING},
    "extend": {SENT: SENT, CORRECTING: CORRECTING},
    "report_correction": {CORRECTING: CORRECTING},
    "corrected": {CORRECTING: CORRECTING},
    "close": {UPHELD: CLOSED, DISMISSED: CLOSED, CORRECTING: CLOSED},
}
UNIT_ACTIONS = ("sign_for", "answer", "object", "report_correction")
WITHOUT_NOTE = ("investigate", "assign", "merge", "split", "sign_for")
NEEDS_NOTE = tuple(action for action in ACTIONS if action not in WITHOUT_NOTE)
WITH_PAPERS = ("answer", "object", "report_correction", "check")  # what may bring files
# The steps that a unit reads about its own flags; the bureau's inner ones (who has it, what was weighed) are not its.
UNIT_READS = (
    "raised", "revised", "withdrawn", "send", "sign_for", "answer", "object", "uphold", "dismiss", "order_correction",
    "interview", "extend", "report_correction", "corrected", "close", "reminded",
)  # fmt: skip
# What makes an order to correct stand, and what ends it.
_ORDER = ("finding.order_correction", "finding.corrected", "finding.dismiss", "finding.withdrawn")
MOST_FILES = 10
LONGEST_NOTE = 2000
JUDGING = ("uphold", "dismiss")  # one question with two answers
# What a state asks of the bureau first. While a flag is at its unit nothing is asked: the unit is waited for.
_NEXT: dict[str, tuple[str, ...]] = {
    RAISED: ("investigate",),
    INVESTIGATING: ("send",),
    ANSWERED: JUDGING,
    UPHELD: ("order_correction",),
    CORRECTING: ("corrected",),
    DISMISSED: ("close",),
}


@dataclass(frozen=True, slots=True)
class FlagAction:
    """One step. `due` or `working_days` set a deadline; `flags` are merged with this one; `revision` is the one that
    the page showed, `seen` those that a list showed by flag, so that nobody decides on what has changed since."""

    action: str
    note: str = ""
    due: date | None = None
    working_days: int | None = None
    assignee: str | None = None
    flags: tuple[str, ...] = ()
    files: tuple[Upload, ...] = ()
    revision: int | None = None
    seen: Mapping[str, int] = field(default_factory=dict)


def check(action: FlagAction, state: str, role: str | None) -> str:
    """The state after `action`. Raises Forbidden (role), Refused("not_in_this_state"), Invalid (note, files, days)."""
    if action.action not in ACTIONS:
        raise Invalid("unknown_choice", "action", value=action.action, choices=", ".join(ACTIONS))
    allowed = (INSPECTOR, HEAD) if action.action in UNIT_ACTIONS else (SUPERVISOR,)
    if role not in allowed:
        raise Forbidden("wrong_role", roles=", ".join(allowed))
    after = ACTIONS[action.action].get(state)
    if after is None:
        raise Refused("not_in_this_state", state=state, step=action.action)
    if action.action in NEEDS_NOTE and not action.note.strip():
        raise Invalid("note_needed", "note")
    if action.files and action.action not in WITH_PAPERS:
        raise Invalid("no_files_here", "file")
    if len(action.files) > MOST_FILES:
        raise Invalid("too_many_files", "file", most=MOST_FILES)
    if action.working_days is not None and not 1 <= action.working_days <= 250:
        raise Invalid("out_of_range", "working_days", range="1–250")
    return after


def order_stands(kinds: Iterable[str]) -> bool:
    """Whether an order to correct, among the facts of a flag in order, was not confirmed as corrected yet. An objection
    does not end it; that the flag was dismissed, or withdrawn by the rules, does."""
    last = [kind for kind in kinds if kind in _ORDER][-1:]
    return last == ["finding.order_correction"]


def possible(state: str, role: str | None) -> list[str]:
    """The actions that somebody in `role` may take in `state`, in the order of the table; none for who only reads."""
    mine: tuple[str, ...] = UNIT_ACTIONS if role in (INSPECTOR, HEAD) else ()
    if role == SUPERVISOR:
        mine = tuple(a for a in ACTIONS if a not in UNIT_ACTIONS)
    return [action for action in ACTIONS if action in mine and state in ACTIONS[action]]


def suggested(state: str, kinds: Iterable[str], can: Sequence[str]) -> tuple[str, ...]:
    """What the bureau does next, out of what it `can`, after the facts of these `kinds`; () while the unit is waited for.

    What no unit may be asked about (it rests on speech) is judged without it; a correction is confirmed once it was
    reported, and closed once it was confirmed.
    """
    taken = list(kinds)
    if state == CORRECTING and not order_stands(taken):
        return ("close",)
    if state == CORRECTING and "finding.report_correction" not in taken[_last(taken, "finding.order_correction") :]:
        return ()
    wanted = _NEXT.get(state, ())
    if wanted == ("send",) and "send" not in can:
        wanted = JUDGING
    return tuple(action for action in wanted if action in can)


def _last(taken: Sequence[str], kind: str) -> int:
    return max((at for at, one in enumerate(taken) if one == kind), default=0)


def columns_after(kind: str, body: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    """The columns of a flag that a fact of the follow-up sets: the service stores them, `log verify` compares them."""
    action = kind.removeprefix("finding.")
    set_to: dict[str, Any] = {}
    if "state" in body:
        set_to["state"] = body["state"]
    if "deadline" in body or body.get("due"):
        set_to["due_on"] = _day(body.get("deadline", body.get("due")))
    for name in ("object_until", "aside_until"):
        if name in body:
            set_to[name] = _day(body[name])
    if action == "send" or body.get("told"):
        set_to |= {"sent_at": at, "signed_at": None}
    if action == "sign_for":
        set_to["signed_at"] = at
    set_to |= _who_has_it(action, body, by)
    if "case" in body:
        set_to["case_id"] = body["case"]
    if action == "reminded":
        set_to["reminded"] = f"{body['due']} {body['light']}"
    return set_to


def _who_has_it(action: str, body: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Who has the flag from a step on; a step that was taken back says who had it before, nobody too."""
    if action == "undo":
        return {"assignee": body["assignee"]} if "assignee" in body else {}
    return {"assignee": body.get("assignee") or by} if action in ("investigate", "assign") else {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
