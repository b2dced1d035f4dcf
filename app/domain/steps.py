"""Small lives in one table: the review of a dismissed flag, file review, observers' affairs. What is not here is refused."""

from app.domain.errors import Refused

TRANSITIONS: dict[str, dict[str | None, str]] = {
    # the review of a dismissed flag
    "review.drawn": {None: "waiting"},
    "review.agreed": {"waiting": "agreed"},
    "review.reopened": {"waiting": "reopened"},
    # file review 案卷评查: a campaign, and each file of it
    "campaign.opened": {None: "committed"},
    "campaign.drawn": {None: "reviewing", "committed": "reviewing"},
    "campaign.closed": {"reviewing": "closed"},
    "casefile.drawn": {None: "waiting"},
    "casefile.scored": {"waiting": "waiting"},
    "casefile.both_scored": {"waiting": "scored"},
    "casefile.settled": {"scored": "settled"},
    # observers 社会监督员
    "observation.made": {None: "received"},
    "observation.answered": {"received": "answered"},
    "observation.erased": {"answered": "erased"},
    "recusal.declared": {None: "standing"},
    "recusal.ended": {"standing": "ended"},
    "accompanying.invited": {None: "invited"},
    "accompanying.accepted": {"invited": "accepted"},
    "accompanying.declined": {"invited": "declined"},
    "accompanying.told": {"accepted": "attended"},
    "accompanying.taken_back": {"invited": "taken_back", "accepted": "taken_back"},
}


def state_after(kind: str, state: str | None) -> str:
    """The state after a step. Raises Refused("step_not_now") where the table has none."""
    found = TRANSITIONS[kind].get(state)
    if found is None:
        raise Refused("step_not_now")
    return found
