"""A district of any size for measuring: enterprises by Zipf, office hours, units by weight; millions of rows in minutes.

Rows are written as the services would leave them (states, days, facts, flags of a plausible mix), not through the
services: what is measured begins where the generated history ends. The last day generated is the day before `MONDAY`.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprises import normalise_name
from app.store import day_figures
from app.store.database import Database
from app.store.models import Certificate, Item, ItemTerm, Officer, Region, Unit, UnitKey
from bench.loading import Rows, loader
from tests.district import START
from tests.house import MONDAY, uscc

REGION = "990101"
UNITS, ITEMS_OF_UNIT, OFFICERS_OF_UNIT, TOWNS = 30, 4, 12, 12
YEARS = 3
VISITS_OF_ENTERPRISE = 10  # on average, over all years
ZIPF = 0.3  # the exponent: a few enterprises are visited a hundred times, most a few times
HOURS = (1, 1, 2, 2, 2, 3, 5, 6, 6, 7, 7, 8)  # UTC; 9:00-16:00 in Shanghai, fewer at noon
AT_ONCE = 50_000
COLUMNS = {
    "enterprises": ("id", "uscc", "name", "search", "initials", "region", "first_known_at"),
    "inspections": (
        "id", "revision", "number", "jurisdiction", "enterprise_id", "kind", "state", "lead_unit", "window_start",
        "window_end", "applied_at", "applied_by", "applicant", "imported", "cause", "clue_no", "clue_key", "reason",
        "place_kind", "way", "surprise", "started_at", "decided_at", "code_cti", "first_seen_at", "self_scanned",
        "enterprise_arrived_at", "ended_at", "result_recorded_at", "amendments", "visit_start", "visit_day", "counts",
    ),
    "codes": (
        "cti", "inspection", "version", "kid", "short_code", "token", "issued_at", "not_before", "expires_at",
    ),
    "inspection_units": ("inspection", "position", "unit"),
    "inspection_officers": ("inspection", "position", "certificate_no", "name", "unit"),
    "inspection_items": ("inspection", "position", "item", "outcome"),
    "facts": (
        "id", "jurisdiction", "kind", "subject_kind", "subject_id", "version", "occurred_at", "recorded_at",
        "recorded_by", "body", "salt", "leaf",
    ),
    "findings": (
        "id", "rule", "severity", "subject_kind", "subject_id", "unit", "officer", "period", "jurisdiction",
        "inspection_id", "enterprise_id", "raised_for", "evidence", "state", "standing", "revision", "raised_at",
        "changed_at",
    ),
    "speech": (
        "id", "kind", "jurisdiction", "week", "inspection", "rating", "body", "version", "leaf", "receipt_hash", "state",
    ),
}  # fmt: skip
RULES = (  # rule, severity, evidence, weight
    ("repeat.60d", "yellow", '{"days":60,"visits":[]}', 40),
    ("unplanned", "red", '{"plan":null}', 20),
    ("late_filing", "yellow", '{"count":1,"needed":3}', 20),
    ("code.not_shown", "yellow", '{"hours":24}', 15),
    ("overlong", "blue", '{"days":3}', 5),
)
STATES = (("raised", 10), ("sent", 4), ("upheld", 2), ("closed", 70), ("dismissed", 14))
OLD = timedelta(days=90)  # then a flag is settled: a bureau has so many people, however many years there are
FLAGGED, RATED, JOINT, IMPORTED, TRIGGERED, CANCELLED, SHOWN, PROBLEM = 0.12, 0.15, 0.08, 0.2, 0.4, 0.03, 0.9, 0.3


def fill(database: Database, visits: int, seed: int = 1, years: int = YEARS) -> None:
    """Fills a migrated database that holds the small district of the tests. Indexes are dropped and made again.

    Visits that were not imported get codes where some unit has a key already (`kid`); nobody can verify them.
    """
    with database.write() as session:
        _registers(session)
        kid = session.scalar(select(UnitKey.kid).limit(1))
    enterprises = max(visits // VISITS_OF_ENTERPRISE, 50)
    with loader(database.engine, COLUMNS) as load:
        for at in range(0, enterprises, AT_ONCE):
            load.rows({"enterprises": _enterprises(range(at, min(at + AT_ONCE, enterprises)))})
        for part in _history(random.Random(seed), visits, enterprises, years, kid):
            load.rows(part)
    with database.write() as session:
        day_figures.mark_all(session)  # PostgreSQL's triggers rest while rows are poured in


def uscc_of(rank: int) -> str:
    """The USCC of an enterprise; rank 0 is visited most."""
    return uscc(2_000_000 + rank)


def enterprise_id(rank: int) -> str:
    return f"E{rank:025d}"


def _registers(session: Session) -> None:
    for n in range(TOWNS):
        session.add(
            Region(code=f"{REGION}1{n:02d}", name=f"云汀第{n}镇", level="town", parent=REGION, valid_from=START)
        )
    for u in range(UNITS):
        name = f"云汀区第{u}检查局"
        unit = Unit(
            code=_unit(u), name=name, level="区", region=REGION, role="inspecting", parent=None, supervised=True
        )
        session.add(unit)
        session.flush()
        for n in range(ITEMS_OF_UNIT):
            code = f"{_unit(u)}-{n}"
            session.add(Item(code=code, unit=_unit(u), name=f"第{u}局第{n}项检查", basis="《示例法》第一条"))
            session.flush()
            session.add(ItemTerm(item=code, published=True, yearly_cap=4, valid_from=START, valid_until=None))
        for n in range(OFFICERS_OF_UNIT):
            certificate = _officer(u, n)
            session.add(Officer(id=f"{certificate:>026}", certificate_no=certificate, name=f"某{u}{n}", unit=_unit(u)))
            session.flush()
            session.add(Certificate(certificate_no=certificate, valid_from=START, valid_until=date(2099, 12, 31)))


def _unit(n: int) -> str:
    return f"YT-B{n:02d}"


def _officer(unit: int, n: int) -> str:
    return f"98{unit:03d}{n:03d}"


def _enterprises(numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    rows = []
    for n in numbers:
        name = f"云汀示例{n}号店"
        town = f"{REGION}1{n * 7919 % TOWNS:02d}"
        rows.append(
            (enterprise_id(n), uscc(2_000_000 + n), name, normalise_name(name), "ytsl", town, _instant(START, 0))
        )
    return rows


def _history(source: random.Random, visits: int, enterprises: int, years: int, kid: str | None) -> Iterator[Rows]:
    """The visits in the order in which they were, in parts."""
    first = MONDAY.date() - timedelta(days=365 * years)
    days = [day for n in range(365 * years) if (day := first + timedelta(days=n)).weekday() < 5]
    made: Rows = {table: [] for table in COLUMNS}
    for n in range(visits):
        rank = int(enterprises * source.random() ** (1 / (1 - ZIPF)))
        _visit(made, source, n, days[n * len(days) // visits], rank, kid)
        if len(made["inspections"]) == AT_ONCE:
            yield made
            made = {table: [] for table in COLUMNS}
    yield made


def _visit(made: Rows, source: random.Random, n: int, day: date, rank: int, kid: str | None) -> None:
    chance = source.random
    own_id, enterprise = f"V{n:025d}", enterprise_id(rank)
    unit = min(int(source.expovariate(0.12)), UNITS - 1)  # a few units make most of the visits
    hour, minute = source.choice(HOURS), source.randrange(60)
    start, end = _instant(day, hour, minute), _instant(day, hour + 1, minute)
    applied = _instant(day - timedelta(days=source.choice((1, 5, 8))), hour)
    triggered, imported = chance() < TRIGGERED, chance() < IMPORTED
    counts = chance() >= CANCELLED
    seen = start if counts and not imported and chance() < SHOWN else None
    clue = f"C-{n}" if triggered else None
    kind, cause, reason = ("triggered", "complaint", "市民来电反映") if triggered else ("planned", None, None)
    done = end if counts else None
    cti = None
    if kid and not imported:
        own = _leaf(own_id)
        cti = own.hex()[:32]
        made["codes"].append((cti, own_id, 1, kid, f"B{n:010d}", own * 6, applied, start, end))
    made["inspections"].append((
        own_id, 1, f"B-{n:07d}", REGION, enterprise, kind, "completed" if counts else "cancelled", _unit(unit), start, end,
        applied, "bench", "bench", int(imported), cause, clue, clue, reason, "premises", "on_site", 0, None, applied,
        cti, seen, 0, None, done, done, 0, start if counts else None, day.isoformat() if counts else None, int(counts),
    ))  # fmt: skip
    units = [unit] if chance() >= JOINT else [unit, (unit + 1 + source.randrange(UNITS - 1)) % UNITS]
    outcome = None if not counts else "problem_found" if chance() < PROBLEM else "no_problem"
    for position, u in enumerate(units):
        made["inspection_units"].append((own_id, position, _unit(u)))
        made["inspection_items"].append((own_id, position, f"{_unit(u)}-{source.randrange(ITEMS_OF_UNIT)}", outcome))
    for position, o in enumerate(source.sample(range(OFFICERS_OF_UNIT), 2)):
        made["inspection_officers"].append((own_id, position, _officer(unit, o), None, _unit(unit)))
    made["facts"].append(_fact(f"F{n:025d}", "inspection.applied", "inspection", own_id, applied))
    if counts and chance() < FLAGGED:
        _flag(made, source, n, own_id, enterprise, _unit(unit), day, end)
    if counts and not imported and chance() < RATED:
        week, leaf = "{}-W{:02d}".format(*day.isocalendar()[:2]), _leaf(f"S{n}")
        body = '{"answers":{},"rating":5}'
        made["speech"].append(
            (f"S{n:025d}", "rating", REGION, week, own_id, source.choice((3, 4, 5)), body, 1, leaf, leaf, "answered")
        )


def _flag(
    made: Rows, source: random.Random, n: int, visit: str, enterprise: str, unit: str, day: date, end: str
) -> None:
    rule, severity, evidence, _ = source.choices(RULES, [r[3] for r in RULES])[0]
    states = STATES if day > MONDAY.date() - OLD else STATES[3:]
    state, _ = source.choices(states, [s[1] for s in states])[0]
    flag = f"G{n:025d}"
    made["findings"].append((
        flag, rule, severity, "inspection", visit, unit, "", "", REGION, visit, enterprise, day.isoformat(), evidence, state,
        1, 1, end, _instant(day + timedelta(days=source.randrange(3, 40)), 2),
    ))  # fmt: skip
    made["facts"].append(_fact(f"R{n:025d}", "finding.raised", "finding", flag, end))
    judged = {"closed": "finding.uphold", "upheld": "finding.uphold", "dismissed": "finding.dismiss"}.get(state)
    if judged:
        made["facts"].append(_fact(f"U{n:025d}", judged, "finding", flag, end))


def _fact(own_id: str, kind: str, subject_kind: str, subject: str, at: str) -> tuple[Any, ...]:
    return own_id, REGION, kind, subject_kind, subject, 1, at, at, "bench", "{}", b"\0" * 16, _leaf(own_id)


def _leaf(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _instant(day: date, hour: int, minute: int = 0) -> str:
    """As SQLite stores an instant; PostgreSQL reads the same text as UTC."""
    return f"{day.isoformat()} {hour:02d}:{minute:02d}:00.000000"
