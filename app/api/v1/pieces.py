"""The pieces that an inspection's answer is made of; `answers.py` puts them together."""

# mypy: disable-error-code="valid-type"

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.domain import inspections as i
from app.domain.flags.findings import BLUE, RED, YELLOW
from app.domain.supervision import STATES

Severity = Literal[RED, YELLOW, BLUE]
FlagState = Literal[STATES]


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FieldProblem(Told):
    field: str
    code: str
    message: str


class EnterpriseShort(Told):
    id: str
    uscc: str | None
    name: str


class UnitShort(Told):
    code: str
    name: str


class ItemShort(Told):
    code: str
    name: str
    basis: str


class OfficerOnVisit(Told):
    """Name and unit are null where the certificate is not known here."""

    certificate_no: str
    name: str | None
    unit: str | None


class WindowOut(Told):
    start: datetime
    end: datetime


class AnnouncedOut(Told):
    """The advance notice: `chosen` is the index of the slot that the enterprise took."""

    at: datetime
    slots: list[WindowOut]
    chosen: int | None
    chosen_at: datetime | None


class PlaceOut(Told):
    kind: Literal[i.PLACES]
    address: str | None
    region: str | None


class ExternalOut(Told):
    system: str
    number: str | None
    qr: str | None


class ResultOut(Told):
    item: str
    outcome: Literal[i.OUTCOMES]
    note: str | None


class NotCarriedOutOut(Told):
    reason: Literal[i.NOT_CARRIED_OUT_REASONS]
    note: str | None


class Advisory(Told):
    """What the rules said when it was applied for. `blocking`: the head must give a reason to approve."""

    rule: str
    severity: Severity
    text: str
    blocking: bool


class FlagShort(Told):
    id: str
    rule: str
    severity: Severity
    state: FlagState
    raised_for: date


class Code(Told):
    """The signed code. `token` is the number in the QR, `short_code` is for typing; neither is the `number`."""

    url: str
    token: str
    short_code: str
    svg_url: str
    png_url: str


class InvitationOut(Told):
    """Another unit asked to come along. `items` and `officers` are what it brings."""

    unit: str
    state: Literal[i.INVITATION_STATES]
    note: str | None
    reason: str | None
    items: list[str]
    officers: list[str]
    plan_code: str | None
    invited_at: datetime
    answered_at: datetime | None
