"""What answers look like, for OpenAPI and for the tests that hold real answers to it. Fields are only ever added."""

# mypy: disable-error-code="valid-type"

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.api.v1.pieces import (
    Advisory,
    AnnouncedOut,
    Code,
    EnterpriseShort,
    ExternalOut,
    FieldProblem,
    FlagShort,
    FlagState,
    InvitationOut,
    ItemShort,
    NotCarriedOutOut,
    OfficerOnVisit,
    PlaceOut,
    ResultOut,
    Severity,
    Told,
    UnitShort,
    WindowOut,
)
from app.domain import inspections as i
from app.domain.codes.verify import Verdict
from app.domain.supervision import ACTIONS
from app.queries.stats import BY
from app.services.keeping.units import UNIT_ROLES

STEPS = ("digits", "structure", "key", "signature", "claims", "registered", "state", "window", "enterprise")


class Problem(Told):
    """RFC 9457 problem details. `code` is stable; `detail` is a sentence in the reader's language (Accept-Language)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]


class Page(Told):
    """`next` is the cursor of the next page, null at the end."""

    next: str | None


class Inspection(Told):
    """`number` is the 检查编号 for people and papers; it proves nothing."""

    id: str
    number: str
    state: Literal[i.STATES]
    kind: Literal[i.KINDS]
    enterprise: EnterpriseShort
    units: list[UnitShort] = Field(description="The lead unit first.")
    joint_units: list[str]
    invitations: list[InvitationOut]
    items: list[ItemShort]
    officers: list[OfficerOnVisit]
    window: WindowOut
    plan_code: str | None
    cause: Literal[i.CAUSES] | None
    clue_no: str | None
    clue_at: datetime | None
    reason: str | None
    recheck_of: str | None
    place: PlaceOut
    way: Literal[i.WAYS]
    surprise: bool
    exception: Literal[i.EXCEPTIONS] | None
    exception_reason: str | None
    low_yield_reason: str | None
    external: ExternalOut | None
    imported: bool = Field(description="Past when it was brought in as a file: nobody applied for it here.")
    begun_at: datetime | None = Field(description="The device's time, where it was written without a network.")
    applied_at: datetime
    announced: AnnouncedOut | None
    approved_at: datetime | None
    decided_at: datetime | None
    decision_reason: str | None
    seen_at: datetime | None
    arrived_at: datetime | None
    officer_arrived_at: datetime | None
    mutually_confirmed: bool
    started_at: datetime | None
    ended_at: datetime | None
    results: list[ResultOut]
    outcome: Literal["problem_found", "no_problem"] | None = Field(
        description="Of the whole visit; an imported one may have it without items."
    )
    not_carried_out: NotCarriedOutOut | None
    advisories: list[Advisory]
    flags: list[FlagShort]
    code: Code | None
    contact_kind: Literal[i.CONTACT_KINDS] | None
    assisting: int | None = Field(description="Persons who assist, fixed beforehand.")
    headcount: int | None = Field(description="All who came.")
    pending_amendment: int | None = Field(description="The number of the amendment that waits for the head.")


class AmendmentAsked(Told):
    """What the rules say of the visit as it would be; the code stays as it is until the head approves number `n`."""

    n: int
    advisories: list[Advisory]
    inspection: Inspection


class AmendmentWithdrawn(Told):
    """Who asked may be a unit that is not on the visit yet: it is told the state and no code."""

    id: str
    number: str
    state: Literal[i.STATES]


class InspectionList(Page):
    items: list[Inspection]


class Step(Told):
    step: Literal[STEPS]
    ok: bool


class OfficerShown(Told):
    certificate_no: str
    name: str | None
    check_first: bool = Field(
        description="The visit may take place now, but the register does not say that this certificate holds today. Ask the unit "
        "or the justice bureau first."
    )


class InspectionShown(Told):
    """What a verified code says and the register confirms: never token, URL, results or flags."""

    number: str
    state: Literal[i.STATES]
    kind: Literal[i.KINDS]
    enterprise: "EnterpriseShown"
    units: list[str]
    items: list[ItemShort]
    officers: list[OfficerShown]
    window: WindowOut


class EnterpriseShown(Told):
    uscc: str | None
    name: str


class OtherIssuer(Told):
    """Another system whose codes the jurisdiction recognises, and where to check them. Nothing in the code is followed."""

    name: str
    entry: str


class Elsewhere(Told):
    """A visit registered in another system, by its number there. `page`: where people read what is known of it here."""

    system: str
    number: str
    page: str = Field(pattern=r"^/q/e-[0-9a-f]{64}$")


class Verification(Told):
    """The first step that is not ok names the verdict. `inspection` only where signature and register agree; `issuer`
    (with verdict `malformed`, or `not_registered` where visits of that system come in here and this one did not) where the
    code is another recognised system's. `registered_elsewhere`: another system's code, which was not checked, whose visit is
    known here; `elsewhere` names it there."""

    verdict: Literal[tuple(str(v) for v in Verdict)]
    steps: list[Step]
    inspection: InspectionShown | None = None
    issuer: OtherIssuer | None = None
    elsewhere: Elsewhere | None = None


class Challenge(Told):
    """The comparison number (对照码): the officer reads it aloud first."""

    id: str
    digits: str = Field(pattern=r"^[0-9]{6}$")
    expires_at: datetime


class Scan(Told):
    """`challenge` is null where a `seen` was noted for a code that cannot be confirmed now."""

    challenge: Challenge | None


class ReceiptNumber(Told):
    receipt: str


class Receipt(Told):
    state: Literal["received", "in_hand", "answered"]
    answer: str | None


class Flag(Told):
    """`standing`: it follows from the facts now. `actions`: what the caller may do next. `source`: the legal source.

    `due`: of the step that is next, with its `light` (null where no deadline runs). Units read of other units' visits in the
    `evidence` only their day, as `{day, text}`. `assignee`, `case` and `aside_until` are the supervisors' own: null for units."""

    id: str
    rule: str
    name: str
    severity: Severity
    state: FlagState
    standing: bool
    inspection_id: str | None
    inspection_number: str | None
    uscc: str | None
    enterprise_name: str | None
    unit: str | None
    officer: str | None
    period: str | None
    raised_for: date
    raised_at: datetime
    due: date | None
    light: Literal["green", "yellow", "red"] | None
    sent_at: datetime | None
    signed_at: datetime | None
    object_until: date | None
    assignee: str | None
    case: str | None
    aside_until: date | None
    revision: int
    source: str
    text: str
    evidence: dict[str, Any]
    actions: list[Literal[tuple(ACTIONS)]]


class FlagList(Page):
    items: list[Flag]


class Unit(Told):
    code: str
    name: str
    level: str
    region: str
    role: Literal[UNIT_ROLES]


class UnitList(Page):
    items: list[Unit]


class Item(Told):
    """`published` and `yearly_cap` as they hold today."""

    code: str
    unit: str
    name: str
    basis: str
    published: bool
    yearly_cap: int | None


class ItemList(Page):
    items: list[Item]


class Officer(Told):
    certificate_no: str
    name: str
    unit: str | None
    valid_until: date | None
    state: Literal["valid", "expired", "suspended"]
    valid_from: date | None
    suspended_from: date | None = Field(description="Of the suspension that holds today.")
    suspended_until: date | None


class OfficerList(Page):
    items: list[Officer]


class Enterprise(Told):
    id: str
    uscc: str | None
    name: str
    region: str | None
    address: str | None


class EnterpriseList(Page):
    items: list[Enterprise]


class Count(Told):
    """`flags` where it is grouped by rule, else `visits`."""

    key: str | None
    visits: int | None = None
    flags: int | None = None


class Stats(Told):
    model_config = ConfigDict(populate_by_name=True)
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: Literal[BY]
    behind: int = Field(
        description="Days of the period whose latest changes are not counted yet; they are within a minute."
    )
    items: list[Count]
