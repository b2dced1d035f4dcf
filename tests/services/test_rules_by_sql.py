"""A second opinion: the rules that imported visits are subject to, written once more as plain SQL from their words.

A history is brought in as a file, under policies that change back and forth; what stands is compared rule by rule with
what SQLite finds in the rows of that file, by queries that share nothing with app/domain/flags.
"""

import random
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.facts import canonical_json
from app.domain.figures import period_of
from app.domain.plans import Content, Dates, Line
from app.queries import figures
from app.services.flagging import flag_rebuild
from app.services.planning import plans
from app.store.models import CaseRecord, Enterprise, FindingRow, InspectionRow, Plan, Policy
from app.store.unit_of_work import UnitOfWork
from tests.house import House, uscc
from tests.services.test_register_imports import bring

HEAD = [
    "number", "uscc", "enterprise_name", "unit", "joint_units", "kind", "cause", "clue_no", "officers", "items", "started_at",
    "ended_at", "outcome",
]  # fmt: skip
YEAR = period_of("2024")
UNITS = {"YT-YJJ": ["YJ-01", "YJ-02"], "YT-SCJG": ["SJ-01", "SJ-09"], "YT-T05": ["T5-01"], "BU-01": []}
NAMED = {"above": "BU-01", "ours": "990101", "beside": "990102"}  # the unit is outside the supervised tree
ITEMS = [
    ["code", "unit", "name", "yearly_cap", "published", "valid_from", "valid_until"],
    ["SJ-09", "YT-SCJG", "甲", "1", "yes", "2020-01-01", "2024-06-30"],
    ["SJ-09", "YT-SCJG", "甲", "4", "yes", "2024-07-01", ""],
    ["T5-01", "YT-T05", "乙", "", "yes", "2020-01-01", ""],
]
CAPS = [
    *ITEMS[1:],
    *(["YJ-01", "YT-YJJ", "", "2", "", "2020-01-01", ""], ["YJ-02", "YT-YJJ", "", "2", "", "2020-01-01", ""]),
]
CAPS.append(["SJ-01", "YT-SCJG", "", "2", "", "2020-01-01", ""])
PLACES = {0: "990101001", 1: "990101005", 2: "990102", 3: "990101"}  # of the enterprises that a register knows
AREA = {
    "YT-YJJ": ("990101", "990101001", "990101005"),
    "YT-SCJG": ("990101", "990101001", "990101005"),
    "YT-T05": ("990101005",),
}
QUIET = [
    ["valid_from", "uscc", "item", "valid_until"],
    ["2024-02-29", uscc(1), "", "2024-12-31"], ["2024-05-01", "", "SJ-01", ""],
]  # fmt: skip
STRICT = {
    "repeat.day": {"count_triggered": False}, "repeat.week": {"most": 1, "exempt": ["emergency"]}, "repeat.month": {"on": False},
    "repeat.60d": {"days": 20}, "repeat.60d.region": {"from": 5}, "cap.year": {"most": 1}, "cap.reasonable": {"factor": 1},
    "low_yield": {"visits": 2}, "several_heads": {"days": 5}, "share.triggered": {"times": 1, "visits": 5},
}  # fmt: skip
PRESET = {"most": 2, "counts": True, "days": 60, "nth": 3, "factor": 2, "visits": 3, "is_on": True, "exempt": []}
OF_RULE = {
    "repeat.day": {"most": 1}, "repeat.month": {"most": 3}, "several_heads": {"days": 30},
    "share.triggered": {"factor": 3, "visits": 20},
}  # fmt: skip
POLICIES = [("0001-01-01", {}), ("2024-03-01", STRICT), ("2024-12-31", {})]  # there and back


def history(source: random.Random, count: int) -> list[list[str]]:
    """Visits of a few enterprises by six officers, with what real files bring along."""
    rows = []
    for n in source.sample(range(1, 2000), count):
        start = datetime(2023, 9, 1) + timedelta(days=source.randrange(700), minutes=source.choice((0, 600, 1439)))
        if source.random() < 0.3:
            start = source.choice((datetime(2024, 2, 29), datetime(2024, 12, 31, 23, 59), datetime(2025, 1, 1)))
        minutes = source.choice((0, 90, 3000))
        units = source.sample([*UNITS], source.choice((1, 1, 1, 2)))
        started = source.choice(
            (f"{start:%Y-%m-%d}", f"{start:%Y-%m-%d %H:%M}", f"{start - timedelta(hours=8):%Y-%m-%dT%H:%M:00Z}")
        )
        start = start if ":" in started else datetime(start.year, start.month, start.day)
        kind = source.choice(("planned", "planned", "planned", "triggered", "contact"))
        cause = source.choice(
            ("complaint", "data_lead", "recheck", "emergency", "") if kind == "triggered" else ("", "", "", "recheck")
        )
        clue = source.choice(("", "", "XS-1", "ＸＳ－１", "XS-2", "xs-2")) if source.random() < 0.5 else ""
        items = source.sample(found := [i for u in units for i in UNITS[u]], min(len(found), source.randint(0, 2)))
        officers = source.sample([f"O{i}" for i in range(6)], source.choice((0, 1, 1, 2)))
        enterprise = min(int(source.expovariate(0.4)), 8)
        rows.append(
            [
                str(n), uscc(enterprise), "某店", units[0], ";".join(units[1:]), kind, cause, clue, ";；、,"[n % 4].join(officers),
                ";".join(items),
                started, source.choice(("", f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S+08:00}")),
                source.choice(("no_problem", "no_problem", "no_problem", "problem_found", "")),
            ]
        )  # fmt: skip
    return rows


TABLES = """
CREATE TABLE v AS SELECT number, uscc e, kind = 'triggered' trig, cause, cause = 'recheck' re, clue(clue_no) clue, outcome,
    unit lead, list(unit, joint_units) us, list('', officers) os, list('', items) its, utc(started_at) s,
    utc(ended_at, started_at) en,
    date(utc(started_at), '+8 hours') d, substr(date(utc(started_at), '+8 hours'), 1, 4) y,
    CASE WHEN unit = :above AND region = :beside THEN region ELSE :ours END district  -- of the unit, else of the enterprise
    FROM file LEFT JOIN place ON place.e = uscc WHERE kind <> 'contact';
CREATE TABLE o AS SELECT number, row_number() OVER (ORDER BY s, number) o FROM v;
CREATE TABLE w AS SELECT v.*, o.o FROM v JOIN o USING (number);
CREATE TABLE vu AS SELECT number, value u, key n FROM v, json_each(us);
CREATE TABLE first AS SELECT number, u FROM vu WHERE u <> :above GROUP BY number HAVING n = min(n);
CREATE TABLE x AS SELECT w.*, first.u u1 FROM w JOIN first USING (number);
CREATE TABLE in_force AS SELECT x.number, p.* FROM x JOIN p ON p.district = x.district AND x.d >= p.f AND x.d < p.t
    WHERE p.is_on AND NOT (x.cause <> '' AND EXISTS (SELECT 1 FROM json_each(p.exempt) WHERE value = x.cause));
"""
WITHIN = """SELECT '{rule}', x.number, u1, '' FROM x JOIN in_force p ON p.number = x.number AND p.rule = '{rule}'
    JOIN w ON w.e = x.e AND w.o <= x.o AND NOT w.re AND w.d >= date(x.d, '-{back} days') AND (p.counts OR NOT w.trig)
    WHERE NOT x.re AND (p.counts OR NOT x.trig) GROUP BY x.number HAVING count(*) > p.most"""
CAP = """SELECT '{rule}', x.number, vu.u, '' FROM x JOIN in_force p ON p.number = x.number AND p.rule = '{rule}'
    JOIN p usual ON usual.rule = 'cap.year' AND usual.district = x.district AND x.d >= usual.f AND x.d < usual.t
    JOIN vu ON vu.number = x.number AND vu.u <> :above
    JOIN vu along ON along.u = vu.u JOIN w ON w.number = along.number AND w.e = x.e AND w.y = x.y AND w.o <= x.o AND NOT w.re
    WHERE NOT x.re AND ({triggered} OR NOT (x.trig OR w.trig)) GROUP BY x.number, vu.u HAVING count(*) > {factor} * coalesce(
        (SELECT min(cap) FROM term, json_each(x.its) i WHERE term.item = i.value AND term.unit = vu.u
            AND x.d BETWEEN term.f AND term.t),
        usual.most)"""
REPEATED = """SELECT x.number, x.u1, x.y, x.o, x.district FROM x JOIN in_force p ON p.number = x.number AND p.rule = 'repeat.60d'
    WHERE NOT x.trig AND NOT x.re AND EXISTS (SELECT 1 FROM w WHERE w.e = x.e AND w.o < x.o AND NOT w.trig AND NOT w.re
        AND w.d >= date(x.d, '-' || p.days || ' days'))"""
RULES = [
    WITHIN.format(rule="repeat.day", back=0),
    WITHIN.format(rule="repeat.week", back=6),
    WITHIN.format(rule="repeat.month", back=29),
    f"SELECT 'repeat.60d', number, u1, '' FROM ({REPEATED})",
    f"""SELECT p.rule, number, u1, '' FROM (SELECT *, row_number() OVER (PARTITION BY district, y ORDER BY o) k FROM ({REPEATED})) r
    JOIN in_force p USING (number) WHERE p.rule = 'repeat.60d.region' AND r.k >= p.nth""",
    CAP.format(rule="cap.year", triggered=0, factor=1), CAP.format(rule="cap.reasonable", triggered=1, factor="p.factor"),
    """SELECT 'low_yield', x.number, u1, own.value FROM x, json_each(x.os) own JOIN in_force p ON p.number = x.number
    WHERE p.rule = 'low_yield' AND p.visits = (SELECT count(*) FILTER (WHERE outcome = 'no_problem' AND d >= date(x.d, '-364 days'))
        FROM (SELECT w.outcome, w.d, row_number() OVER (ORDER BY w.o DESC) back FROM w, json_each(w.os) theirs
            WHERE w.e = x.e AND w.o <= x.o AND theirs.value = own.value) WHERE back <= p.visits)""",
    """SELECT 'several_heads', x.number, u1, '' FROM x JOIN in_force p ON p.number = x.number AND p.rule = 'several_heads'
    WHERE NOT x.trig AND NOT x.re AND EXISTS (SELECT 1 FROM w WHERE w.e = x.e AND w.o < x.o AND NOT w.trig AND NOT w.re
        AND w.d >= date(x.d, '-' || p.days || ' days')
        AND NOT EXISTS (SELECT 1 FROM vu a JOIN vu b ON a.u = b.u WHERE a.number = x.number AND b.number = w.number))""",
    """SELECT 'do_not_disturb', number, u1, '' FROM x WHERE NOT trig AND (
        EXISTS (SELECT 1 FROM quiet q WHERE q.e = x.e AND x.d BETWEEN q.f AND q.t)
        OR (its <> '[]' AND NOT EXISTS (SELECT 1 FROM json_each(its) i
            WHERE NOT EXISTS (SELECT 1 FROM quiet q WHERE q.item = i.value AND x.d BETWEEN q.f AND q.t))))""",
    """SELECT 'clue.missing', number, u1, '' FROM x WHERE trig AND cause IN ('complaint', 'transfer', 'data_lead') AND clue = ''""",
    """SELECT 'clue.reused', number, u1, '' FROM x WHERE clue <> '' AND EXISTS (SELECT 1 FROM w WHERE w.clue = x.clue
        AND w.district = x.district AND w.o < x.o
        AND (w.e <> x.e OR (w.outcome = 'no_problem' AND w.en < x.s)))""",
    """SELECT 'out_of_area', number, lead, '' FROM x JOIN place USING (e) WHERE lead <> :above
        AND NOT EXISTS (SELECT 1 FROM area WHERE area.u = x.lead AND area.region = place.region)""",
]  # fmt: skip


COUNTED = """SELECT count(*), sum(trig), sum(json_array_length(us) > 1), sum(outcome <> ''), sum(outcome = 'problem_found')
    FROM v WHERE district = :ours AND y = '2024'"""  # the leap year, by the days of Shanghai

ABOUT_NO_VISIT = [
    """SELECT 'unregistered.record', r.number, r.unit FROM record r WHERE r.kind <> '投诉' AND r.unit <> :above
    AND NOT EXISTS (SELECT 1 FROM file, json_each(list(file.unit, joint_units)) u WHERE file.uscc = r.uscc AND u.value = r.unit
        AND date(utc(started_at), '+8 hours') <= date(r.day, '+3 days')
        AND date(utc(ended_at, started_at), '+8 hours') >= date(r.day, '-3 days'))""",
    """WITH z AS (SELECT *, (substr(d, 6, 2) + 2) / 3 nth FROM v),
    q AS (SELECT *, y || 'Q' || nth quarter, date(y || '-01-01', (3 * nth) || ' months', '-1 day') last FROM z),
    one AS (SELECT u, district, quarter, last, count(*) n, sum(trig) t FROM q JOIN vu USING (number) GROUP BY 1, 2, 3, 4),
    every AS (SELECT district, quarter, count(*) n, sum(trig) t FROM q GROUP BY 1, 2)
    SELECT 'share.triggered', u || ' ' || quarter, u FROM one JOIN every USING (district, quarter) JOIN p USING (district)
    WHERE p.rule = 'share.triggered' AND one.last >= p.f AND one.last < p.t AND u <> :above
    AND one.n >= p.visits AND one.t * every.n > p.factor * every.t * one.n""",
    """SELECT 'under_inspected', plan.code || ' ' || plan.e, plan.unit FROM plan WHERE NOT EXISTS (
    SELECT 1 FROM v JOIN vu USING (number) WHERE v.e = plan.e AND vu.u = plan.unit AND v.d BETWEEN plan.f AND plan.t)""",
]
RECORD = ["kind", "source", "number", "uscc", "unit", "day"]


def records(source: random.Random, count: int) -> list[list[str]]:
    """What the units' own systems say of enterprises that the history knows."""
    days = [date(2023, 9, 1) + timedelta(days=source.randrange(720)) for _ in range(count)]
    kinds, units = ("案件", "处罚", "检查记录", "投诉"), (*UNITS, "YT-YJJ")
    return [
        [source.choice(kinds), "办案", f"A-{n}", uscc(source.randrange(4)), source.choice(units), str(day)]
        for n, day in enumerate(days)
    ]


def plan_rows() -> list[list[str]]:
    """Plans of some weeks each that name every known enterprise."""
    days = [date(2023, 9, 1) + timedelta(days=60 * n) for n in range(12)]
    return [
        [f"P-{unit}-{day}", unit, uscc(n), str(day), str(day + timedelta(days=40))]
        for unit in ("YT-YJJ", "YT-SCJG")
        for day in days
        for n in PLACES
    ]


def file_plans(work: UnitOfWork) -> None:
    ids = {row.uscc: row.id for row in work.session.scalars(select(Enterprise))}
    by_code: dict[str, list[list[str]]] = {}
    for row in plan_rows():
        by_code.setdefault(row[0], []).append(row)
    for code, rows in by_code.items():
        unit, first, last = rows[0][1], *map(date.fromisoformat, rows[0][3:])
        content = Content("计划", "yearly", first, last, (Line(UNITS[unit][0]),), tuple(ids[row[2]] for row in rows))
        plans.bring(work, SYSTEM, unit, code, content, Dates(first, first, first), known=None)


def about_no_visit(house: House) -> Counter:
    """What stands of ABOUT_NO_VISIT: (rule; the record's number, the plan's code and the enterprise, or the unit and the
    quarter; unit)."""
    rules = ("unregistered.record", "under_inspected", "share.triggered")
    with house.installation.reading() as session:
        numbers = {row.id: row.number for row in session.scalars(select(CaseRecord))}
        numbers |= {
            f"{plan.id}:{e.id}": f"{plan.code} {e.uscc}"
            for plan in session.scalars(select(Plan))
            for e in session.scalars(select(Enterprise))
        }
        where = (FindingRow.standing, FindingRow.rule.in_(rules))
        rows = session.scalars(select(FindingRow).where(*where))
        return Counter(
            (row.rule, numbers.get(row.subject_id) or f"{row.subject_id} {row.period}", row.unit) for row in rows
        )


def by_sql(rows: list[list[str]], told: list[list[str]]) -> tuple[Counter, Counter, tuple[int, ...]]:
    """(rule, number, unit, officer) of every finding that the rules' words give for the rows of a file; those of
    ABOUT_NO_VISIT; what is COUNTED."""
    db = sqlite3.connect(":memory:")
    db.create_function("clue", 1, lambda text: unicodedata.normalize("NFKC", text).strip())
    db.create_function(
        "list", 2, lambda one, more: str([p for p in (one, *re.split("[;；、,]", more)) if p]).replace("'", '"')
    )
    db.create_function("utc", -1, _utc)
    _enter(db, "file", HEAD, rows)
    _enter(db, "record", RECORD, told)
    _enter(db, "plan", ["code", "unit", "e", "f", "t"], plan_rows())
    _enter(
        db,
        "term",
        ["item", "unit", "name", "cap", "published", "f", "t"],
        [[*c[:3], int(c[3]) if c[3] else None, *c[4:6], c[6] or "9"] for c in CAPS],
    )
    _enter(db, "quiet", ["f", "e", "item", "t"], [[f, e, i, t or "9"] for f, e, i, t in QUIET[1:]])
    _enter(db, "place", ["e", "region"], [[uscc(n), region] for n, region in PLACES.items()])
    _enter(db, "area", ["u", "region"], [[u, region] for u, regions in AREA.items() for region in regions])
    periods = [(*p, end, "990101") for p, (end, _) in zip(POLICIES, [*POLICIES[1:], ("9", {})], strict=True)]
    lines = [line for period in (*periods, ("0", {}, "9", "990102")) for line in _in_force(*period)]
    _enter(db, "p", ["f", "t", "district", "rule", *PRESET], lines)
    for statement in TABLES.split(";\n"):
        db.execute(statement, NAMED)
    found: Counter = Counter()
    for rule in RULES:
        found.update(db.execute(rule, NAMED).fetchall())
    beside = Counter(row for rule in ABOUT_NO_VISIT for row in db.execute(rule, NAMED))
    return found, beside, db.execute(COUNTED, NAMED).fetchone()


def _in_force(first: str, settings: dict, end: str, district: str) -> Iterator[list]:
    """A line for each rule of a policy."""
    named = {"count_triggered": "counts", "from": "nth", "on": "is_on", "times": "factor"}
    for rule in STRICT:
        own = {named.get(name, name): value for name, value in settings.get(rule, {}).items()}
        said = PRESET | OF_RULE.get(rule, {}) | own
        yield [
            first,
            end,
            district,
            rule,
            *(str(v).replace("'", '"') if isinstance(v, list) else v for v in said.values()),
        ]


def _utc(*texts: str) -> str:
    """The first text that says an instant, in UTC; without an offset it is Asia/Shanghai."""
    moment = datetime.fromisoformat(next(text for text in texts if text))
    return str(moment.replace(tzinfo=None) - (moment.utcoffset() if moment.tzinfo else timedelta(hours=8)))


def _enter(db: sqlite3.Connection, name: str, columns: list[str], rows: list[list]) -> None:
    db.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)


def standing(house: House) -> Counter:
    with house.installation.reading() as session:
        query = select(FindingRow.rule, InspectionRow.number, FindingRow.unit, FindingRow.officer)
        rows = session.execute(
            query.join(InspectionRow, InspectionRow.id == FindingRow.inspection_id).where(FindingRow.standing)
        )
        return Counter(tuple(row) for row in rows)


def test_what_stands_of_an_imported_history_is_what_sql_finds_in_its_file(house: House) -> None:
    rows = history(random.Random(5), 260)
    with house.installation.unit_of_work() as work:
        for n, (first, settings) in enumerate(POLICIES[1:], 1):
            work.session.add(
                Policy(
                    id=f"{n:026d}", region="990101", version=n, valid_from=date.fromisoformat(first), proposed_by="a",
                    confirmed_by="b", settings=canonical_json(settings), recorded_at=work.now,
                )
            )  # fmt: skip
    assert not bring(house, "items", ITEMS).errors
    known = [[uscc(n), f"示例{n}", region] for n, region in PLACES.items()]
    assert not bring(house, "enterprises", [["uscc", "name", "region"], *known]).errors
    assert not bring(house, "do-not-disturb", QUIET).errors
    house.perform(file_plans)
    told = records(random.Random(6), 120)
    for part, said in ((rows[100:], told[60:]), (rows[:100], told[:60])):  # the order of arrival does not matter
        assert not bring(house, "case-records", [RECORD, *said]).errors
        assert not bring(house, "inspections", [HEAD, *part]).errors
    expected, beside, counted = by_sql(rows, told)
    assert len({rule for rule, *_ in expected}) == len(RULES)
    assert standing(house) - expected == expected - standing(house) == Counter()
    assert {rule for rule, *_ in beside} == {"unregistered.record", "under_inspected", "share.triggered"}
    assert about_no_visit(house) - beside == beside - about_no_visit(house) == Counter()
    house.perform(flag_rebuild.rebuild)
    assert (standing(house), about_no_visit(house)) == (expected, beside)
    with house.installation.reading() as session:
        found = figures.figures(session, ["990101"], YEAR)[""]
        places = figures.towns(session, ["990101", "990101001", "990101005"], YEAR)
    assert tuple(found[name] for name in ("visits", "triggered", "joint", "recorded", "problems")) == counted
    assert sum(visits for _, _, visits, _ in places) == counted[0] and places[-1][:2] == ("", "")
