"""An inspection: its states and the one table of transitions.

Every change is a fact (`inspection.approved`, …). `transition` says which facts a state allows; `app/domain/folding.py`
folds a fact into the current state. Services never set a field themselves, so the state kept beside the facts can be
recomputed.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Refused

DRAFT, APPLIED, REJECTED, APPROVED = "draft", "applied", "rejected", "approved"
IN_PROGRESS, COMPLETED, NOT_CARRIED_OUT = "in_progress", "completed", "not_carried_out"
CANCELLED, REPLACED, LAPSED = "cancelled", "replaced", "lapsed"
STATES = (
    DRAFT, APPLIED, REJECTED, APPROVED, IN_PROGRESS, COMPLETED, NOT_CARRIED_OUT, CANCELLED, REPLACED, LAPSED,
)  # fmt: skip

PLANNED, TRIGGERED, CONTACT = "planned", "triggered", "contact"
KINDS = (PLANNED, TRIGGERED, CONTACT)
CONTACT_KINDS = ("call", "publicity", "research", "observation", "guidance")  # 走访 宣传 调研 观摩 督导
CAUSES = ("complaint", "transfer", "data_lead", "enterprise_request", "recheck", "emergency")
PLACES = ("premises", "building_site", "vehicle", "other")
WAYS = ("on_site", "off_site", "summons")
EXCEPTIONS = ("emergency", "evidence_risk", "system_failure")
OUTCOMES = ("no_problem", "problem_found", "not_applicable")
INVITATION_STATES = ("invited", "offered", "confirmed", "joined", "declined", "withdrawn", "left")
NOT_CARRIED_OUT_REASONS = ("closed", "not_found", "refused", "postponed", "other")

# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "inspection.applied": {None: APPLIED, DRAFT: APPLIED},
    "inspection.contact_recorded": {None: COMPLETED},
    "inspection.imported": {None: COMPLETED},
    # registered in another system, and what it says later (domain/mirroring.py); a code of ours is never among it
    "inspection.mirrored": {None: APPROVED},
    "inspection.mirror_changed": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS, LAPSED: LAPSED},
    "inspection.begun_elsewhere": {APPROVED: IN_PROGRESS, IN_PROGRESS: IN_PROGRESS, LAPSED: IN_PROGRESS},
    "inspection.announced": {APPLIED: APPLIED},
    "inspection.slot_chosen": {APPLIED: APPLIED},
    "inspection.rejected": {APPLIED: REJECTED},
    "inspection.approved": {APPLIED: APPROVED},
    "inspection.cancelled": {DRAFT: CANCELLED, APPLIED: CANCELLED, APPROVED: CANCELLED},
    "inspection.seen": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS, COMPLETED: COMPLETED},
    "inspection.arrived": {APPROVED: IN_PROGRESS, IN_PROGRESS: IN_PROGRESS},
    "inspection.placed": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS},
    "inspection.notice_served": {
        APPROVED: APPROVED,
        IN_PROGRESS: IN_PROGRESS,
        COMPLETED: COMPLETED,
        LAPSED: LAPSED,
    },
    "inspection.amendment_requested": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS},
    "inspection.amendment_rejected": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS},
    "inspection.amendment_withdrawn": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS},
    "inspection.amended": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS},
    "inspection.completed": {APPROVED: COMPLETED, IN_PROGRESS: COMPLETED, LAPSED: COMPLETED},
    "inspection.not_carried_out": {
        APPROVED: NOT_CARRIED_OUT,
        IN_PROGRESS: NOT_CARRIED_OUT,
        LAPSED: NOT_CARRIED_OUT,
    },
    "inspection.lapsed": {APPROVED: LAPSED},
    # 综合查一次: who comes along is settled before the visit begins; with an issued code, by an amendment
    "inspection.invited": {APPLIED: APPLIED, APPROVED: APPROVED},
    "inspection.invitation_withdrawn": {APPLIED: APPLIED, APPROVED: APPROVED},
    "inspection.join_offered": {APPLIED: APPLIED, APPROVED: APPROVED},
    "inspection.joined": {APPLIED: APPLIED},
    "inspection.declined": {APPLIED: APPLIED, APPROVED: APPROVED},
    "inspection.left": {APPLIED: APPLIED},
    "inspection.part_recorded": {APPROVED: APPROVED, IN_PROGRESS: IN_PROGRESS, LAPSED: LAPSED},
}


@dataclass(frozen=True, slots=True)
class OfficerOnVisit:
    """An officer as named in the application: unknown certificates have no name and no unit."""

    certificate_no: str
    name: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Another unit asked to come along. `offered`: its inspector named items and officers, its head has not confirmed.
    `confirmed`: its head has, the code was issued before, and the amendment waits for the lead unit's head.

    `offered_by` is Actor.identity of who named them. `reason` is why it declined, left, or was no longer invited.
    """

    unit: str
    state: str
    invited_at: datetime
    note: str | None = None
    items: tuple[str, ...] = ()
    officers: tuple[OfficerOnVisit, ...] = ()
    offered_by: str | None = None
    plan_code: str | None = None  # the unit's own plan for its items
    cause: str | None = None  # or what triggered them, as its own application said
    reason: str | None = None
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("invited", "offered")

    @property
    def stands(self) -> bool:
        """Open, or confirmed and not decided yet: the unit need not be asked again."""
        return self.is_open or self.state == "confirmed"


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the times that an advance notice (检查预告) offers."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """One issued code of an inspection. Identity is the cti (hex), never the signature."""

    cti: str
    version: int
    kid: str
    short_code: str
    issued_at: datetime
    not_before: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    item: str
    outcome: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Current state. Times are aware UTC. `units` has the lead unit first. `items` are item codes."""

    id: str
    number: str
    jurisdiction: str
    enterprise_id: str
    kind: str
    state: str
    units: tuple[str, ...]
    items: tuple[str, ...]
    officers: tuple[OfficerOnVisit, ...]
    window_start: datetime
    window_end: datetime
    applied_at: datetime
    applied_by: str
    applicant: str  # the person behind it: Actor.identity
    imported: bool = False
    mirrored: bool = False  # registered in another system: there is no code of ours
    plan_code: str | None = None
    cause: str | None = None
    clue_no: str | None = None
    clue_at: datetime | None = None
    reason: str | None = None
    recheck_of: str | None = None
    place_kind: str = "premises"
    place_address: str | None = None
    place_region: str | None = None
    way: str = "on_site"
    surprise: bool = False
    started_at: datetime | None = None
    exception: str | None = None
    exception_reason: str | None = None
    low_yield_reason: str | None = None
    external_system: str | None = None
    external_number: str | None = None
    external_qr: str | None = None
    begun_at: datetime | None = None  # the device's time, where it was written without a network
    announced_at: datetime | None = None
    slots: tuple[Slot, ...] = ()
    slot_chosen: int | None = None
    slot_chosen_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_for: str | None = None  # the head for whom a deputy (代理负责人) decided
    decision_reason: str | None = None
    code: CodeVersion | None = None
    first_seen_at: datetime | None = None
    first_arrive_at: datetime | None = None
    self_scanned: bool = False
    enterprise_arrived_at: datetime | None = None  # the first arrival confirmed on the page behind the code
    officer_arrived_at: datetime | None = None  # the first arrival that an officer recorded at the enterprise's code
    officer_scanned_at: datetime | None = None  # the first of those that scanned something which hangs there
    device_enterprises: int | None = None  # a device that arrived at so many in a day, judged on receipt
    served_at: datetime | None = None
    ended_at: datetime | None = None
    results: tuple[Result, ...] = ()
    outcome_told: str | None = None  # of the whole visit, where an imported one names no items
    result_recorded_at: datetime | None = None
    not_carried_out_reason: str | None = None
    note: str | None = None
    lapsed_at: datetime | None = None
    invitations: tuple[Invitation, ...] = ()
    amendments: int = 0  # how many were asked for
    pending_amendment: int | None = None  # the number of the one that waits for the head
    contact_kind: str | None = None  # of a contact: what it was
    assisting: int | None = None  # persons who assist, fixed beforehand
    headcount: int | None = None  # all who came, as recorded with the result

    @property
    def mark(self) -> str:
        """What marks of devices are made of: the code, else (registered elsewhere) the inspection."""
        return self.code.cti if self.code else self.id

    @property
    def is_joint(self) -> bool:
        return len(self.units) > 1

    @property
    def mutually_confirmed(self) -> bool:
        """双向确认: the enterprise confirmed the arrival, and an officer scanned the enterprise's own code."""
        foul = self.self_scanned or self.device_enterprises
        return bool(self.enterprise_arrived_at and self.officer_scanned_at and not foul)

    def invitation(self, unit: str | None) -> Invitation | None:
        return next((i for i in self.invitations if i.unit == unit), None)

    def officers_of(self, unit: str | None) -> tuple[OfficerOnVisit, ...]:
        """Whom a unit brings, and those that no register knows."""
        return tuple(o for o in self.officers if o.unit is None or o.unit == unit)

    @property
    def lead_unit(self) -> str:
        return self.units[0]

    @property
    def code_issued_at(self) -> datetime | None:
        return self.code.issued_at if self.code else None

    @property
    def visit_start(self) -> datetime | None:
        """rules.md, Start: declared, else the first arrival, else (completed without either) the window's start."""
        fallback = self.window_start if self.state == COMPLETED else None
        return self.started_at or self.first_arrive_at or fallback

    @property
    def counts(self) -> bool:
        """rules.md, Visit: planned or triggered, on site or by summons, begun or completed."""
        is_visit = self.kind in (PLANNED, TRIGGERED) and self.way in ("on_site", "summons")
        return is_visit and self.state in (IN_PROGRESS, COMPLETED)

    @property
    def outcome(self) -> str | None:
        """problem_found if any item has it; no_problem if an item has that and none a problem; else what was told of
        the whole visit, if anything."""
        found = {result.outcome for result in self.results}
        return next((o for o in ("problem_found", "no_problem") if o in found), self.outcome_told)


def transition(state: str | None, fact_kind: str) -> str:
    """The state after a fact. Raises Refused("not_in_this_state") with both when the table has no such step."""
    after = TRANSITIONS[fact_kind].get(state)
    if after is None:
        raise Refused("not_in_this_state", state=state or "", step=fact_kind)
    return after
