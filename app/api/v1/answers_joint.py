"""What answers about joint visits look like, beside answers.py. Fields are only ever added."""

# mypy: disable-error-code="valid-type"

from typing import Literal

from app.api.v1.answers import Page
from app.api.v1.pieces import EnterpriseShort, InvitationOut, WindowOut
from app.domain import inspections as i


class InvitationToVisit(InvitationOut):
    """What an invited unit is told of the visit before it has joined."""

    inspection: str
    number: str
    inspection_state: Literal[i.STATES]
    lead_unit: str
    enterprise: EnterpriseShort
    window: WindowOut
    visit_items: list[str]


class InvitationList(Page):
    items: list[InvitationToVisit]
