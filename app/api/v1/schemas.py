"""What requests look like (api.md). One schema parses a request and describes it in OpenAPI.

Strict: unknown fields, wrong types, control characters and times without an offset are refused with a sentence.
"""

# mypy: disable-error-code="valid-type"
# Types are built from the domain's own tuples, so that a choice stands in one place.

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError

from app.domain import inspections as i
from app.domain.applications import MOST_PERSONS
from app.domain.enterprise_codes import HOWS
from app.domain.leads import CONCERNS
from app.domain.onsite import ROLES
from app.domain.supervision import ACTIONS
from app.services.speaking.speech import QUESTIONS
from app.services.visiting.scans import ACTIONS as SCAN_ACTIONS

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DAY, QUARTER = r"^\d{4}-\d{2}-\d{2}$", r"^20[0-9]{2}-Q[1-4]$"
_LINE_ENDS = "\n\t"
_LONGEST_LINE = 400  # longer texts may have several lines
# Control characters, halves of characters, and what turns the direction of a line around: a name must not rewrite the page
# it stands on.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _plain(text: str, allowed: str) -> str:
    text = text.replace("\r\n", "\n")  # as browsers and Windows send line ends
    if any(c not in allowed for c in _UNSEEN.findall(text)):
        raise PydanticCustomError("control_character", "control character")
    return text


def _written(value: Any) -> Any:
    """Pydantic takes digits for Unix seconds, also as a text: a time without an offset."""
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "a time is a text")
    if value.lstrip("+-").replace(".", "").isdigit():
        raise PydanticCustomError("timezone_aware", "a number has no offset")
    return value


def _in_range(value: datetime) -> datetime:
    if not EARLIEST <= value < LATEST:
        raise PydanticCustomError("time_out_of_range", "time out of range")
    return value


def text(most: int, least: int = 1) -> Any:
    """A trimmed text of `least` to `most` characters without control characters; long ones may have several lines."""
    constraints = StringConstraints(strip_whitespace=True, max_length=most, min_length=least)
    allowed = _LINE_ENDS if most > _LONGEST_LINE else ""
    return Annotated[str, constraints, AfterValidator(lambda value: _plain(value, allowed))]


def optional(most: int) -> Any:
    """The same, or nothing: null and an empty text are None."""
    return Annotated[text(most, 0) | None, AfterValidator(lambda value: value or None)]


Short, Line, Long = text(64), text(200), text(2000)
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_written), AfterValidator(_in_range)]


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EnterpriseIn(Schema):
    uscc: optional(40) = None
    name: optional(200) = None
    address: optional(400) = None
    no_uscc_reason: optional(200) = None


class Window(Schema):
    start: Moment
    end: Moment


class Place(Schema):
    kind: Literal[i.PLACES] = "premises"
    address: optional(400) = None
    region: optional(64) = None


class External(Schema):
    system: text(100)
    number: text(100)
    qr: optional(2000) = None


class ApplicationIn(Schema):
    """POST /api/v1/inspections."""

    enterprise: EnterpriseIn = Field(
        description="By `uscc` or by `name`; one without a USCC says why in `no_uscc_reason`."
    )
    kind: Literal[i.KINDS] = Field(
        description="`planned` names a plan, `triggered` a cause; `contact` (走访) is no inspection and gets no code."
    )
    plan_code: optional(64) = Field(None, description="`code` of GET /plans.")
    cause: Literal[i.CAUSES] | None = Field(
        None, description="Why, where it is triggered; with `clue_no` and `clue_at` of the complaint, transfer or lead."
    )
    clue_no: optional(100) = None
    clue_at: Moment | None = None
    reason: optional(2000) = None
    recheck_of: optional(64) = Field(None, description="`id` of the visit that is looked at again.")
    items: list[Short] = Field(default_factory=list, description="`code` of GET /items.")
    officers: list[text(40)] = Field(
        default_factory=list, description="`certificate_no` of GET /officers; at least one, two by law."
    )
    window: Window = Field(description="When the visit takes place. `start` may lie in the past.")
    place: Place | None = Field(None, description="Where, if not at the registered address.")
    way: Literal[i.WAYS] = "on_site"
    joint_units: list[Short] = Field(
        default_factory=list,
        description="`code` of units that come along and agreed elsewhere; to ask them here: /invite.",
    )
    surprise: bool = Field(False, description="Not to be announced beforehand.")
    started_at: Moment | None = Field(
        None, description="When it began, where that was before the approval; `exception` and its reason then say why."
    )
    exception: Literal[i.EXCEPTIONS] | None = None
    exception_reason: optional(2000) = None
    low_yield_reason: optional(2000) = Field(
        None, description="Why again, where earlier visits of this kind found nothing."
    )
    external: External | None = Field(
        None, description="Its number in another system: the same one is never registered twice."
    )
    begun_at: Moment | None = Field(None, description="The device's time, where it was written without a network.")
    client_key: text(64, 16) | None = Field(
        None,
        description="Names this application for good: sent again, even by another token of the unit, it makes one.",
    )
    slots: list[Window] = Field(
        default_factory=list,
        description="1 to 3 times offered to the enterprise, which chooses one before the approval.",
    )
    contact_kind: Literal[i.CONTACT_KINDS] | None = None
    assisting: Annotated[int, Field(ge=0, le=MOST_PERSONS)] | None = Field(
        None, description="Persons who assist, fixed beforehand."
    )


class BatchIn(Schema):
    """POST /api/v1/inspections/batch. Each row is an ApplicationIn; a wrong one is told in its own answer."""

    inspections: list[dict[str, Any]] = Field(min_length=1, max_length=500)


class ApproveIn(Schema):
    override_reason: optional(2000) = Field(
        None, description="Needed where an advisory is `blocking`; stays on record."
    )


class RejectIn(Schema):
    reason: Long


class CancelIn(Schema):
    reason: optional(2000) = None
    on_advice: bool = Field(False, description="Cancelled because the platform's advisories spoke against it.")


class ArriveIn(Schema):
    """`text`: what was scanned or typed at the enterprise; `how` it came in."""

    text: text(4096)
    how: Literal[HOWS]


class InviteIn(Schema):
    unit: Short
    note: optional(500) = None


class JoinIn(Schema):
    """Both left out: the items and officers of the own open application; or, for the head, what was offered."""

    items: list[Short] | None = None
    officers: list[text(40)] | None = None
    plan_code: optional(64) = None


class ReasonIn(Schema):
    reason: Long


class ResultIn(Schema):
    item: Short
    outcome: Literal[i.OUTCOMES]
    note: optional(2000) = None


class PointIn(Schema):
    """The result of one check point, by its number in the item's list on the visit's day."""

    item: Short
    no: Annotated[int, Field(ge=1, le=10_000)]
    outcome: Literal[i.OUTCOMES]
    note: optional(2000) = None


class PersonIn(Schema):
    """Somebody who came beside the officers; the name may be left out."""

    role: Literal[ROLES]
    organisation: text(100)
    name: optional(60) = None


class RectificationIn(Schema):
    """What a found problem leads to. Nothing said: put right within the jurisdiction's usual time."""

    due: str | None = Field(default=None, pattern=DAY)
    demand: optional(2000) = None
    on_the_spot: bool = False


class NotCarriedOutIn(Schema):
    reason: Literal[i.NOT_CARRIED_OUT_REASONS]
    note: optional(2000) = None


class CompleteIn(Schema):
    """Either the results with `ended_at`, or `not_carried_out`."""

    results: list[ResultIn] | None = None
    ended_at: Moment | None = None
    not_carried_out: NotCarriedOutIn | None = None
    points: list[PointIn] = Field(default_factory=list, max_length=1000)
    people: list[PersonIn] = Field(default_factory=list, max_length=50)
    headcount: Annotated[int, Field(ge=1, le=500)] | None = None
    rectification: RectificationIn | None = None


class AmendIn(Schema):
    """What shall change; `officers` is the whole new list. At least one of the three."""

    reason: Long
    window_end: Moment | None = None
    add_items: list[Short] = Field(default_factory=list)
    officers: list[text(40)] = Field(default_factory=list)


class VerifyIn(Schema):
    code: text(4096)
    uscc: optional(40) = None


class ScanIn(Schema):
    code: text(4096)
    action: Literal[tuple(SCAN_ACTIONS)]


_QUESTIONS: dict[str, Any] = dict.fromkeys(QUESTIONS, (bool | None, None))
Answers: Any = create_model("Answers", __base__=Schema, **_QUESTIONS)


class FeedbackIn(Schema):
    code: text(4096)
    rating: Annotated[int, Field(ge=1, le=5)]
    answers: Answers = Field(default_factory=Answers)
    comment: optional(2000) = None


class ReportIn(Schema):
    """`concerns` and `concern_note` go to discipline inspection alone, and so does the whole of a complaint about a unit
    that supervises."""

    uscc: optional(40) = None
    enterprise_name: Line
    unit_code: optional(64) = None
    unit_text: optional(200) = None
    visited_at: Moment
    people: optional(200) = None
    what: Long
    contact: optional(200) = None
    concerns: list[Literal[CONCERNS]] = Field(default_factory=list, max_length=4)
    concern_note: optional(2000) = None


class FlagActionIn(Schema):
    """`due` or `working_days` set a deadline; `flags` are merged with this one; `revision` is the one that was read:
    when the flag changed since, the step is refused."""

    action: Literal[tuple(ACTIONS)]
    note: text(2000, 0) = ""
    due: str | None = Field(default=None, pattern=DAY)
    working_days: Annotated[int, Field(ge=1, le=250)] | None = None
    assignee: Short | None = None
    flags: list[Short] = Field(default_factory=list, max_length=100)
    revision: int | None = None
