"""An inspection plan (检查计划): its states in one table, and how its current state is folded from facts.

A plan is drafted by its unit, approved by the unit's head (never by who wrote it), filed (备案) by the supervisor and
published. Every date that rules read is the day of the fact; only a plan that was approved, filed or published before it came
here (`plan.imported`, `plan.dates_entered`) brings its dates along, and says so for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from app.domain.errors import Invalid, Problem, Refused
from app.domain.facts import Fact
from app.domain.times import shanghai_day

DRAFT, SUBMITTED, APPROVED, FILED = "draft", "submitted", "approved", "filed"
PUBLISHED, WITHDRAWN = "published", "withdrawn"
STATES = (DRAFT, SUBMITTED, APPROVED, FILED, PUBLISHED, WITHDRAWN)
OPEN = (FILED, PUBLISHED)  # visits may rest on it
YEARLY, SPECIAL = "yearly", "special"
KINDS = (YEARLY, SPECIAL)
LEAD, PARTNER = "lead", "partner"
JOINT_ROLES = (LEAD, PARTNER)
MOST_ROWS, MOST_KEYS = 300, 5000
LONGEST = {
    "title": 200, "note": 400, "basis": 1000, "objects": 200, "content": 2000, "way": 40, "frequency": 100,
    "timing": 100, "office": 100, "partners": 200,
}  # fmt: skip

BY_DATES = "by its dates"  # the state follows from the dates that the fact brings along
# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "plan.drafted": {None: DRAFT},
    "plan.imported": {None: BY_DATES},
    "plan.revised": {DRAFT: DRAFT},
    "plan.submitted": {DRAFT: SUBMITTED},
    "plan.returned": {SUBMITTED: DRAFT, APPROVED: DRAFT},
    "plan.approved": {SUBMITTED: APPROVED},
    "plan.filed": {APPROVED: FILED},
    "plan.published": {FILED: PUBLISHED},
    "plan.keys_changed": {APPROVED: APPROVED, FILED: FILED, PUBLISHED: PUBLISHED},
    "plan.dates_entered": {DRAFT: BY_DATES, APPROVED: BY_DATES, FILED: BY_DATES},
    "plan.withdrawn": dict.fromkeys((DRAFT, SUBMITTED, APPROVED, FILED, PUBLISHED), WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a plan (domain.md section 7). `wanted` is the number of objects and `share` a random share in hundredths
    of a percent, as far as `objects` says one; without `starts_on`, `ends_on` the row holds all through the plan."""

    item: str
    basis: str | None = None
    objects: str | None = None
    wanted: int | None = None
    share: int | None = None
    content: str | None = None
    way: str | None = None
    frequency: str | None = None
    cap: int | None = None
    timing: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    office: str | None = None
    joint_role: str | None = None
    partners: str | None = None
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class KeyEnterprise:
    """A key enterprise (重点企业) that the plan wants visited, from a day until a day (None: until the plan ends)."""

    enterprise: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What its authors write. `keys` are enterprise ids."""

    title: str
    kind: str
    starts_on: date
    ends_on: date
    lines: tuple[Line, ...] = ()
    keys: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a plan that was decided elsewhere."""

    approved_on: date | None = None
    filed_on: date | None = None
    published_on: date | None = None

    @property
    def state(self) -> str:
        if self.filed_on:
            return PUBLISHED if self.published_on else FILED
        return APPROVED if self.approved_on or self.published_on else DRAFT


@dataclass(frozen=True, slots=True)
class Plan:
    """Current state. `authors` are the persons who wrote it; `revision` counts its facts; `reason` says why it was returned
    or withdrawn; `imported`: at least one date was brought along."""

    id: str
    jurisdiction: str
    code: str
    unit: str
    kind: str
    title: str
    state: str
    starts_on: date
    ends_on: date
    revision: int = 1
    authors: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    keys: tuple[KeyEnterprise, ...] = ()
    note: str | None = None
    reason: str | None = None
    imported: bool = False
    submitted_on: date | None = None
    approved_on: date | None = None
    filed_on: date | None = None
    published_on: date | None = None
    withdrawn_on: date | None = None

    @property
    def content(self) -> Content:
        now = tuple(k.enterprise for k in self.keys if k.valid_until is None)
        return Content(self.title, self.kind, self.starts_on, self.ends_on, self.lines, now, self.note)

    @property
    def dates(self) -> Dates:
        return Dates(self.approved_on, self.filed_on, self.published_on)

    @property
    def is_public(self) -> bool:
        return self.published_on is not None

    def covers(self, units: Iterable[str], items: Iterable[str], day: date) -> bool:
        """rules.md, `unplanned`: whether it covers one of `units` (its own), all `items`, and the day."""
        if self.unit not in units or not self.starts_on <= day <= self.ends_on:
            return False
        if self.withdrawn_on is not None and self.withdrawn_on <= day:
            return False
        return set(items) <= {line.item for line in self.lines if line.holds_on(day)}

    def is_open(self, day: date) -> bool:
        """Whether visits may be planned on it on a day: filed, in its time, not withdrawn."""
        return self.state in OPEN and self.starts_on <= day <= self.ends_on


def check(content: Content) -> None:
    """Raises Invalid with every field that is wrong; fields of row n are called `lines.n.field` (from 1)."""
    problems: list[Problem] = []
    if not content.title:
        problems.append(("title", "missing", {}))
    if content.kind not in KINDS:
        problems.append(("kind", "unknown_choice", {"value": content.kind, "choices": ", ".join(KINDS)}))
    if content.ends_on < content.starts_on:
        problems.append(("ends_on", "plan_ends_before_start", {}))
    elif (content.ends_on - content.starts_on).days > 731:
        problems.append(("ends_on", "plan_too_long", {}))
    for many, most, name in ((content.lines, MOST_ROWS, "lines"), (content.keys, MOST_KEYS, "keys")):
        if len(many) > most:
            problems.append((name, "too_many_entries", {"most": most}))
    problems += _too_long("", content)
    for number, line in enumerate(content.lines, start=1):
        problems += _line_problems(f"lines.{number}.", line, content)
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _line_problems(prefix: str, line: Line, content: Content) -> list[Problem]:
    problems = _too_long(prefix, line)
    if line.joint_role is not None and line.joint_role not in JOINT_ROLES:
        problems.append(
            (prefix + "joint_role", "unknown_choice", {"value": line.joint_role, "choices": "lead, partner"})
        )
    first, last = line.starts_on or content.starts_on, line.ends_on or content.ends_on
    if last < first or first < content.starts_on or last > content.ends_on:
        problems.append((prefix + "timing", "plan_row_outside", {}))
    for name, most in (("wanted", 1_000_000), ("share", 10_000), ("cap", 366)):
        value = getattr(line, name)
        if value is not None and not 0 < value <= most:
            problems.append((prefix + name, "out_of_range", {"range": f"1–{most:,}"}))
    return problems


def _too_long(prefix: str, target: Any) -> list[Problem]:
    return [
        (prefix + f.name, "too_long", {"most": LONGEST[f.name]})
        for f in fields(target)
        if f.name in LONGEST and len(getattr(target, f.name) or "") > LONGEST[f.name]
    ]


def transition(state: str | None, fact_kind: str) -> str:
    """The state after a fact, or BY_DATES. Raises Refused("plan_not_in_this_state") where the table has no such step."""
    after = TRANSITIONS[fact_kind].get(state)
    if after is None:
        raise Refused("plan_not_in_this_state", state=state or "", step=fact_kind)
    return after


def evolve(plan: Plan | None, fact: Fact) -> Plan:
    """Folds one fact into the current state; the first fact creates it. Raises Refused like `transition`."""
    after = transition(plan.state if plan else None, fact.kind)
    day = shanghai_day(fact.recorded_at)
    changed = replace(plan, revision=plan.revision + 1, **_changes(plan, fact, day)) if plan else _created(fact)
    if after in (BY_DATES, FILED):  # published before it was filed: both dates stand once it is filed
        after = changed.dates.state
    return replace(changed, state=after)


def _created(fact: Fact) -> Plan:
    b = fact.body
    content = content_of(b)
    dates = dates_of(b)
    return Plan(
        id=fact.subject_id,
        jurisdiction=fact.jurisdiction,
        code=b["code"],
        unit=b["unit"],
        state=DRAFT,
        authors=(b["author"],),
        imported=fact.kind == "plan.imported",
        approved_on=dates.approved_on,
        filed_on=dates.filed_on,
        published_on=dates.published_on,
        **_written(content),
    )


def _written(content: Content) -> dict[str, Any]:
    return {
        "title": content.title,
        "kind": content.kind,
        "starts_on": content.starts_on,
        "ends_on": content.ends_on,
        "lines": content.lines,
        "keys": tuple(KeyEnterprise(e, content.starts_on) for e in content.keys),
        "note": content.note,
    }


def _changes(plan: Plan, fact: Fact, day: date) -> dict[str, Any]:
    b, step = fact.body, fact.kind.removeprefix("plan.")
    if step == "revised":
        return {**_written(content_of(b)), "authors": tuple(dict.fromkeys((*plan.authors, b["author"])))}
    if step == "returned":
        return {"reason": b["reason"], "submitted_on": None, "approved_on": None}
    if step == "submitted":
        return {"submitted_on": day, "reason": None}
    if step == "withdrawn":
        return {"withdrawn_on": day, "reason": b["reason"]}
    if step == "keys_changed":
        return {"keys": _keys(plan.keys, b["added"], b["removed"], day)}
    if step == "dates_entered":
        dates = dates_of(b)
        return {"imported": True, **{f.name: getattr(dates, f.name) for f in fields(Dates)}}
    return {f"{step}_on": day}  # approved, filed, published


def _keys(
    keys: tuple[KeyEnterprise, ...], added: list[str], removed: list[str], day: date
) -> tuple[KeyEnterprise, ...]:
    """Key enterprises end the day before, or begin today; one that comes back stands on with its first day."""
    found = {k.enterprise: k for k in keys}
    for one in removed:
        if one in found:
            found[one] = replace(found[one], valid_until=date.fromordinal(day.toordinal() - 1))
    for one in added:
        found[one] = replace(found[one], valid_until=None) if one in found else KeyEnterprise(one, day)
    return tuple(found.values())


def content_body(content: Content) -> dict[str, Any]:
    """How a fact holds the content; empty fields of rows are left out."""
    return {
        "title": content.title,
        "kind": content.kind,
        "starts_on": content.starts_on.isoformat(),
        "ends_on": content.ends_on.isoformat(),
        "lines": [
            {f.name: _plain(value) for f in fields(line) if (value := getattr(line, f.name)) is not None}
            for line in content.lines
        ],
        "keys": list(content.keys),
        "note": content.note,
    }


def content_of(body: Mapping[str, Any]) -> Content:
    """The content in a fact's body."""
    return Content(
        title=body["title"],
        kind=body["kind"],
        starts_on=date.fromisoformat(body["starts_on"]),
        ends_on=date.fromisoformat(body["ends_on"]),
        lines=tuple(_line_of(line) for line in body["lines"]),
        keys=tuple(body["keys"]),
        note=body["note"],
    )


def _line_of(said: Mapping[str, Any]) -> Line:
    dated: dict[str, Any] = {n: date.fromisoformat(said[n]) for n in ("starts_on", "ends_on") if n in said}
    return Line(**{**said, **dated})


def dates_body(dates: Dates) -> dict[str, str | None]:
    """How a fact holds the dates."""
    return {f.name: _plain(getattr(dates, f.name)) for f in fields(dates)}


def dates_of(body: Mapping[str, Any]) -> Dates:
    """The dates in a fact's body; all None where it brings none."""
    return Dates(*(date.fromisoformat(text) if (text := body.get(f.name)) else None for f in fields(Dates)))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
