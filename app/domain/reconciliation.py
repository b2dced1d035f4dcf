"""Reconciliation (比对): which inspection a record of a unit's own system tells of, or that there is none. Pure.

Only what is certain raises a finding. An enterprise is certain by its USCC, else by its compared name where only one
enterprise has it; a similar name never is: it only puts the likeliest on top for the person who decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b

from app.domain.flags.findings import RED, YELLOW, Finding
from app.domain.flags.policy import Policy
from app.domain.inspections import CANCELLED, DRAFT, NOT_CARRIED_OUT, REJECTED, REPLACED

RULE = "unregistered.record"
CASE, PENALTY, VISIT, COMPLAINT, SELF_REPORT = KINDS = ("case", "penalty", "visit", "complaint", "self_report")
RAISING = (CASE, PENALTY, VISIT)  # complaints and self-reports are matched and shown; they say nothing about a visit
MATCHED, DOUBTFUL, UNMATCHED = STATES = ("matched", "doubtful", "unmatched")
WORDS = {CASE: ("案件", "case"), PENALTY: ("处罚决定", "penalty decision"), VISIT: ("检查记录", "visit record")}
MOST_DAYS = timedelta(days=366)  # no policy looks further (settings.BOUNDS)
BUCKETS = 64

# Why a record stands where it does.
CERTAIN, OFFICER, SAME_DAY, DECIDED = "certain", "officer", "same_day", "decided"
NOT_IN_REGISTRY, SEVERAL_ENTERPRISES, OTHER_ADDRESS = "not_in_registry", "several_enterprises", "other_address"
UNIT_UNKNOWN, SEVERAL_INSPECTIONS, NO_INSPECTION = "unit_unknown", "several_inspections", "no_inspection"
REASONS = (
    CERTAIN, OFFICER, SAME_DAY, DECIDED, NOT_IN_REGISTRY, SEVERAL_ENTERPRISES, OTHER_ADDRESS, UNIT_UNKNOWN,
    SEVERAL_INSPECTIONS, NO_INSPECTION,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What a unit's own system says. `number` is unique within the source and kind; `unit` is a code where it is known.

    `name_key` and `address_key` are the compared forms (domain/enterprises.py).
    """

    jurisdiction: str
    kind: str
    source: str
    number: str
    uscc: str | None
    name: str | None
    name_key: str | None
    address: str | None
    address_key: str | None
    unit: str | None
    unit_text: str | None
    day: date
    officers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.jurisdiction, self.kind, self.source, self.number


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: this inspection, or none of those `rejected`; the enterprise where they named it."""

    inspection: str | None = None
    enterprise: str | None = None
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """A record with the newest decision about it."""

    id: str
    content: Content
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An enterprise of the registry, as far as a record may name it."""

    id: str
    address_key: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """An inspection that may explain a record. Its days: those of the visit where it began, else those of its window."""

    id: str
    enterprise: str
    units: tuple[str, ...]
    officers: tuple[str, ...]
    first_day: date
    last_day: date
    state: str

    @property
    def stands(self) -> bool:
        """Registered and neither refused, cancelled nor put down as not carried out."""
        return self.state not in (DRAFT, REJECTED, CANCELLED, REPLACED, NOT_CARRIED_OUT)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a record stands. `enterprise` is None where nobody knows it; `inspection` only where it is matched."""

    state: str
    reason: str
    enterprise: str | None = None
    inspection: str | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """The enterprises that some records may name: by USCC and by compared name."""

    by_uscc: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[Named]] = field(default_factory=dict)


def enterprise_of(record: Record, registry: Registry) -> tuple[str | None, str]:
    """(the certain enterprise or None, why). A USCC decides alone; a name only where one enterprise has it.

    Of several with one name the address decides; one whose known address is another one is not certain.
    """
    said = record.content
    if record.decision and record.decision.enterprise:
        return record.decision.enterprise, DECIDED
    if said.uscc:
        found = registry.by_uscc.get(said.uscc)
        return found, CERTAIN if found else NOT_IN_REGISTRY
    named = registry.by_name.get(said.name_key or "", ())
    at_address = [n for n in named if said.address_key and n.address_key == said.address_key]
    if len(at_address) == 1:
        return at_address[0].id, CERTAIN
    if len(named) != 1:
        return None, SEVERAL_ENTERPRISES if named else NOT_IN_REGISTRY
    if said.address_key and named[0].address_key:
        return None, OTHER_ADDRESS
    return named[0].id, CERTAIN


def match(record: Record, enterprise: str | None, why: str, known: Iterable[Known], days: int) -> Match:
    """Where a record stands among the inspections known: of its enterprise, and the one that a person chose.

    A decision for an inspection holds while that one stands; one against some holds against those alone, so that an
    inspection entered later still explains the record.
    """
    known = list(known)
    decision = record.decision or Decision()
    chosen = [k for k in known if k.id == decision.inspection and k.stands]
    if chosen:
        return Match(MATCHED, DECIDED, chosen[0].enterprise, chosen[0].id)
    if enterprise is None:
        return Match(DOUBTFUL, why)
    if record.content.unit is None and record.content.kind in RAISING:
        return Match(DOUBTFUL, UNIT_UNKNOWN, enterprise)
    left = [k for k in known if k.id not in decision.rejected and explains(record.content, enterprise, k, days)]
    if not left:
        return Match(UNMATCHED, NO_INSPECTION, enterprise)
    return _one_of(record.content, enterprise, left)


def explains(said: Content, enterprise: str, k: Known, days: int) -> bool:
    """Whether an inspection is of that enterprise, of the record's unit (where it names one), and within ± `days`."""
    margin = timedelta(days=days)
    near = k.first_day - margin <= said.day <= k.last_day + margin
    return k.stands and k.enterprise == enterprise and near and (said.unit is None or said.unit in k.units)


def _one_of(said: Content, enterprise: str, left: list[Known]) -> Match:
    """The only one; of several, the one with an officer of the record; of several still, the one of the day itself."""
    steps = (
        (CERTAIN, left),
        (OFFICER, with_officer := [k for k in left if set(k.officers) & set(said.officers)]),
        (SAME_DAY, [k for k in with_officer or left if k.first_day <= said.day <= k.last_day]),
    )
    for reason, those in steps:
        if len(those) == 1:
            return Match(MATCHED, reason, enterprise, those[0].id)
    return Match(DOUBTFUL, SEVERAL_INSPECTIONS, enterprise)


def record_findings(record: Record, found: Match, policy: Policy, supervised: bool) -> list[Finding]:
    """unregistered.record: a case, penalty or visit record whose enterprise, unit and day ± D has no inspection.

    A visit record without an inspection is red: the unit's own system says it was there. A case or a penalty may rest on
    what was found elsewhere: yellow.
    """
    said = record.content
    raises = said.kind in RAISING and found.state == UNMATCHED and supervised and policy.is_on(RULE)
    if not raises or found.enterprise is None or said.unit is None:
        return []
    what, what_en = WORDS[said.kind]
    return [
        Finding(
            rule=RULE,
            severity=RED if said.kind == VISIT else YELLOW,
            subject_kind="case_record",
            subject_id=record.id,
            unit=said.unit,
            jurisdiction=said.jurisdiction,
            raised_for=said.day,
            enterprise_id=found.enterprise,
            evidence={
                "record": what,
                "record_en": what_en,
                "number": said.number,
                "source": said.source,
                "day": said.day.isoformat(),
                "days": policy.get(RULE, "days"),
            },
        )
    ]


def similarity(a: str, b: str) -> int:
    """How alike two compared names are, 0–100: Dice over pairs of characters.

    Pairs, not trigrams: a Chinese name's own part is two to four characters.
    """
    pairs_a, pairs_b = _pairs(a), _pairs(b)
    if not pairs_a or not pairs_b:
        return 0
    return 200 * len(pairs_a & pairs_b) // (len(pairs_a) + len(pairs_b))


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)} or ({text} if text else set())


def bucket(key: str) -> str:
    """The name of the lock that covers a USCC, a compared name or an enterprise.

    Few buckets: a hundred thousand records take all of them at once, in one order, and not a lock each.
    """
    return f"case-records:{blake2b(key.encode(), digest_size=2).digest()[0] % BUCKETS:02d}"
