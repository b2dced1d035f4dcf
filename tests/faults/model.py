"""What a visit should be after each step, told in fifty lines without a database: the measure for `test_visit_machine`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

RATING_WINDOW = timedelta(days=30)
STILL_SHOWN = timedelta(hours=24)  # rule code.not_shown


@dataclass
class Visit:
    """One visit as somebody remembers it who watched. Times are moments of the house's clock."""

    start: datetime
    end: datetime
    by_head: bool = False  # the head applied, so nobody of the unit but another head may approve
    started: datetime | None = None  # what a late entry says
    state: str = "applied"
    codes: int = 0  # how many were issued: only the last one is good
    arrived: datetime | None = None
    amendment: datetime | None = None  # the window's end that somebody asked for, while it waits
    amendments: int = 0
    found: bool = False  # a problem, which is to be put right
    ratings: int = 0
    phones: set[str] = field(default_factory=set)  # that rated, each code apart
    shown: bool = False  # somebody of the enterprise looked at the code, or confirmed the arrival
    closed_at: datetime | None = None
    arrivals: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)  # facts by kind

    def happened(self, kind: str, state: str | None = None) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.state = state or self.state

    @property
    def has_code(self) -> bool:
        return self.codes > 0

    @property
    def is_open(self) -> bool:
        return self.state in ("approved", "in_progress")

    def lapses(self, now: datetime) -> bool:
        return self.state == "approved" and self.end <= now

    def verdict(self, now: datetime, current: bool = True) -> str:
        """What a code of it says: the register first, then the window (architecture.md, the steps of verification)."""
        if self.state == "cancelled":
            return "cancelled"
        if not current:
            return "replaced"
        if self.state == "completed":
            return "completed"
        if self.state in ("lapsed", "not_carried_out") or self.lapses(now):
            return "lapsed"
        if now < self.start:
            return "not_yet_valid"
        return "expired" if now >= self.end else "valid"

    def is_first_look(self, now: datetime) -> bool:
        if self.shown or self.state not in ("approved", "in_progress", "completed"):
            return False
        return self.closed_at is None or now <= self.closed_at + STILL_SHOWN

    def ratable(self, now: datetime, phone: str) -> str:
        if now < self.start and self.arrived is None:
            return "not_yet_ratable"
        if now > self.end + RATING_WINDOW:
            return "no_longer_ratable"
        return "already_rated" if phone in self.phones else "done"

    def completable(self, ended_at: datetime) -> str:
        if self.state not in ("approved", "in_progress", "lapsed"):
            return "not_in_this_state"
        begun = self.started or self.arrived or self.start
        return "ends_before_start" if ended_at < begun.replace(second=0, microsecond=0) else "done"
