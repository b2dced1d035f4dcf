"""Following up a flag (督办): its states, and which action leads where, in one table. A unit never closes its own.

raised → investigating → sent → answered → upheld → correcting → closed, or dismissed; `withdrawn` is the rules' own.
"""

from dataclasses import dataclass
from datetime import date

from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR
from app.domain.errors import Forbidden, Invalid, Refused

RAISED, INVESTIGATING, SENT, ANSWERED = "raised", "investigating", "sent", "answered"
UPHELD, DISMISSED, CORRECTING, CLOSED, WITHDRAWN = "upheld", "dismissed", "correcting", "closed", "withdrawn"
STATES = (RAISED, INVESTIGATING, SENT, ANSWERED, UPHELD, DISMISSED, CORRECTING, CLOSED, WITHDRAWN)
OPEN = (RAISED, INVESTIGATING, SENT, ANSWERED, UPHELD, CORRECTING)

_JUDGED_FROM = (RAISED, INVESTIGATING, SENT, ANSWERED)
# action → (state before → state after). None of these is in the table for `withdrawn` or `closed`.
ACTIONS: dict[str, dict[str, str]] = {
    "investigate": {RAISED: INVESTIGATING, DISMISSED: INVESTIGATING},
    "assign": {state: state for state in OPEN},
    "send": {RAISED: SENT, INVESTIGATING: SENT, ANSWERED: SENT},
    "sign_for": {SENT: SENT},
    "answer": {SENT: ANSWERED},
    "object": {SENT: ANSWERED, UPHELD: ANSWERED, CORRECTING: ANSWERED},
    "uphold": dict.fromkeys(_JUDGED_FROM, UPHELD),
    "dismiss": dict.fromkeys(_JUDGED_FROM, DISMISSED),
    "order_correction": {UPHELD: CORRECTING},
    "interview": {UPHELD: UPHELD, CORRECTING: CORRECTING},
    "escalate": {UPHELD: UPHELD, CORRECTING: CORRECTING},
    "corrected": {CORRECTING: CORRECTING},
    "close": {UPHELD: CLOSED, DISMISSED: CLOSED, CORRECTING: CLOSED},
}
UNIT_ACTIONS = ("sign_for", "answer", "object")
NEEDS_NOTE = tuple(action for action in ACTIONS if action not in ("investigate", "assign", "sign_for"))


@dataclass(frozen=True, slots=True)
class FlagAction:
    action: str
    note: str = ""
    due: date | None = None


def check(action: FlagAction, state: str, role: str | None) -> str:
    """The state after `action`. Raises Forbidden (role), Refused("not_in_this_state"), Invalid("note_needed")."""
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
    return after


def possible(state: str, role: str | None) -> list[str]:
    """The actions that somebody in `role` may take in `state`, in the order of the table."""
    mine = UNIT_ACTIONS if role in (INSPECTOR, HEAD) else tuple(a for a in ACTIONS if a not in UNIT_ACTIONS)
    return [action for action in ACTIONS if action in mine and state in ACTIONS[action]]
