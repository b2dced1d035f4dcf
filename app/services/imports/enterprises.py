"""Importing enterprises: read and compared without holding anything, then stored at once in one transaction.

A hundred thousand rows take a while to check. Nobody waits for that: what is known is loaded in short transactions, the
comparing needs none, and only the storing does. If somebody entered one of the enterprises meanwhile, all begins anew.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.actors import SYSTEM, Actor
from app.domain.enterprises import address_key, is_early_pilot, normalise_name, normalise_uscc, uscc_problem
from app.domain.errors import Refused
from app.domain.industries import normalise_industry
from app.domain.times import shanghai_day
from app.services import registers
from app.services.enterprises import pinyin_initials
from app.services.imports import importing
from app.services.imports.importing import Named, batches
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, code, limited, required
from app.services.supervising import reconciliation
from app.store import registry
from app.store.models import Enterprise, EnterpriseRecord
from app.store.staging import opened
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 5000
ATTEMPTS = 3
STAGED_FROM = 1000  # rows: fewer are stored before anybody notices
KEPT_FIELDS = ("region", "address", "industry", "risk", "credit")


class Held(NamedTuple):
    """What holds for an enterprise that is known."""

    id: str
    name: str
    region: str | None
    address: str | None
    industry: str | None
    risk: str | None
    credit: str | None


class Said(NamedTuple):
    """What shall hold: `id` None for a new one. `search` and `initials` are computed beforehand: they take time."""

    id: str | None
    uscc: str
    held: Held
    search: str
    initials: str


@dataclass(slots=True)
class Checked:
    """What a file would change, and what it was compared with."""

    said: list[Said] = field(default_factory=list)
    known: dict[str, Held] = field(default_factory=dict)
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def outcome(self) -> Outcome:
        added = sum(1 for one in self.said if one.id is None)
        return Outcome(len(self.said), self.unchanged, tuple(self.problems), added)


def import_enterprises(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: uscc, name; optional region, address, industry, risk, credit. All in the caller's transaction."""

    def perform(use_case: Callable[..., Any], *args: Any) -> Any:
        return use_case(work, *args)

    return bring(perform, list(rows), progress, actor, keep=lambda _: True)[0]


def bring(
    perform: Callable[..., Any], rows: Sequence[Row], progress: Progress, actor: Actor, keep: Callable[[Outcome], bool]
) -> tuple[Outcome, bool]:
    """What the rows would change, and whether it was stored: where `keep` says so of the outcome."""
    for attempt in range(1, ATTEMPTS + 1):
        checked = check(perform, rows, progress if attempt == 1 else lambda _: None, actor)
        outcome = checked.outcome()
        if not keep(outcome):
            return outcome, False
        try:
            if len(checked.said) > STAGED_FROM:
                _publish_staged(perform, checked, actor)
            else:
                perform(publish, checked, actor)
        except (IntegrityError, OverflowError, Refused):
            if attempt == ATTEMPTS:
                raise Refused("changed_meanwhile") from None
            continue
        return outcome, True
    raise AssertionError("unreachable")


def check(perform: Callable[..., Any], rows: Sequence[Row], progress: Progress, actor: Actor) -> Checked:
    """Compares the rows with what is known; holds no transaction while it does."""
    regions: Named = perform(importing.regions, actor)
    checked = Checked()
    for part in batches(list({normalise_uscc(row.get("uscc")[:64]) for row in rows}), AT_ONCE):
        checked.known |= perform(load, part)
    seen: dict[str, Row] = {}
    for row in rows:
        try:
            said = _read(row, checked, regions, seen)
            if said is None:
                checked.unchanged += 1
            else:
                checked.said.append(said)
        except Bad as bad:
            checked.problems.append(bad.at(row))
        progress(1)
    return checked


def load(work: UnitOfWork, usccs: Sequence[str]) -> dict[str, Held]:
    """What is known of these enterprises, by USCC."""
    columns = (Enterprise.uscc, Enterprise.id, Enterprise.name, Enterprise.region, Enterprise.address)
    found = {e.uscc: e for e in work.session.execute(select(*columns).where(Enterprise.uscc.in_(usccs)))}
    graded = (EnterpriseRecord.enterprise, EnterpriseRecord.industry, EnterpriseRecord.risk, EnterpriseRecord.credit)
    query = select(*graded).where(EnterpriseRecord.enterprise.in_([e.id for e in found.values()]))
    newest = query.order_by(EnterpriseRecord.valid_from, EnterpriseRecord.id)
    grades = {enterprise: grade for enterprise, *grade in work.session.execute(newest)}
    return {
        uscc: Held(e.id, e.name, e.region, e.address, *grades.get(e.id, (None, None, None)))
        for uscc, e in found.items()
    }


def _read(row: Row, checked: Checked, regions: Named, seen: dict[str, Row]) -> Said | None:
    """What a row changes, None where nothing. Raises Bad."""
    uscc, name = checked_uscc(row, checked.problems), required(row, "name")
    known = checked.known.get(uscc)
    if known is not None and known.region is not None and known.region in regions.by_code:
        regions.named("uscc", known.region)  # an enterprise of another district is not this administrator's
    region = regions.find(row, "region")
    values: tuple[str | None, ...] = (
        region.code if region else None,
        limited(row, "address", 400),
        _industry(row, checked.problems),
        limited(row, "risk", 10),
        limited(row, "credit", 10),
    )
    earlier = seen.setdefault(uscc, row)
    if earlier is not row:
        if dict(earlier.fields) != dict(row.fields):
            raise Bad("uscc", "row_contradicts", row=earlier.number)
        checked.problems.append(Bad("uscc", "row_repeated", row=earlier.number).at(row, warning=True))
        return None
    if known is None:
        return Said(None, uscc, Held("", name, *values), normalise_name(name), pinyin_initials(name))
    held = Held(known.id, name, *(new or old for new, old in zip(values, known[2:], strict=True)))
    return None if held == known else Said(known.id, uscc, held, normalise_name(name), pinyin_initials(name))


def _industry(row: Row, problems: list[RowProblem]) -> str | None:
    text = limited(row, "industry")
    industry = normalise_industry(text) if text else None
    if text and industry is None:
        problems.append(Bad("industry", "cell_industry", value=text[:20]).at(row, warning=True))
    return industry


def publish(work: UnitOfWork, checked: Checked, actor: Actor) -> None:
    """Stores what was checked, with its facts. Raises Refused("changed_meanwhile") where it was compared with the past."""
    _refuse_changed(work, checked)
    add(work, checked, actor)
    change(work, checked, actor)


def _publish_staged(perform: Callable[..., Any], checked: Checked, actor: Actor) -> None:
    """The same, for very many: new rows and their facts are made while nobody waits, and poured in at once."""
    with opened(perform(lambda work: work)) as waiting:
        waiting.stage(lambda work: add(work, checked, actor))
        waiting.publish(lambda work: _refuse_changed(work, checked), lambda work: _poured_in(work, checked, actor))


def _poured_in(work: UnitOfWork, checked: Checked, actor: Actor) -> None:
    change(work, checked, actor)
    new = [said for said in checked.said if said.id is None]
    for part in batches(new, AT_ONCE):
        columns = select(Enterprise.id, Enterprise.uscc, Enterprise.search)
        rows = work.session.execute(columns.where(Enterprise.uscc.in_([said.uscc for said in part])))
        reconciliation.after_enterprises(work, [dict(row) for row in rows.mappings()])


def _refuse_changed(work: UnitOfWork, checked: Checked) -> None:
    """Raises Refused where an enterprise that is changed is no longer as it was compared with.

    A new one that was entered meanwhile is told by its USCC, which only one enterprise can have.
    """
    changed = [said for said in checked.said if said.id is not None]
    for part in batches(changed, AT_ONCE):
        now = load(work, [said.uscc for said in part])
        if any(now.get(said.uscc) != checked.known[said.uscc] for said in part):
            raise Refused("changed_meanwhile")


def add(work: UnitOfWork, checked: Checked, actor: Actor) -> None:
    """New enterprises, and a new record of each that the file speaks of."""
    of_region: dict[str | None, str] = {None: work.default_jurisdiction}
    districts: dict[str, list[Said]] = {}
    for said in checked.said:
        region = said.held.region
        if region not in of_region:
            of_region[region] = registry.district_of(work.session, region) or work.default_jurisdiction
        districts.setdefault(of_region[region], []).append(said)
    for jurisdiction, all_said in districts.items():
        for part in batches(all_said, AT_ONCE):
            _store(work, actor, jurisdiction, part)


def change(work: UnitOfWork, checked: Checked, actor: Actor) -> None:
    """Known enterprises whose name, region or address is another one now; grades stand in the records alone."""
    differing = [
        said for said in checked.said if said.id is not None and said.held[1:4] != checked.known[said.uscc][1:4]
    ]
    for part in batches(differing, AT_ONCE):
        by_id = {said.id: said for said in part}
        rows = list(work.session.scalars(select(Enterprise).where(Enterprise.id.in_(by_id))))
        for row in rows:
            said = by_id[row.id]
            row.name, row.region, row.address = said.held[1:4]
            row.search, row.initials = said.search, said.initials
        work.session.flush()
        registers.record(work, actor, work.default_jurisdiction, rows)


def _store(work: UnitOfWork, actor: Actor, jurisdiction: str, part: Sequence[Said]) -> None:
    ids = [said.id or work.new_id() for said in part]
    new = [
        {
            "id": own_id,
            "uscc": said.uscc,
            "name": said.held.name,
            "search": said.search,
            "initials": said.initials,
            "region": said.held.region,
            "address": said.held.address,
            "address_key": address_key(said.held.address),
            "first_known_at": work.now,
        }
        for own_id, said in zip(ids, part, strict=True)
        if said.id is None
    ]
    records = [
        {
            "enterprise": own_id,
            "valid_from": shanghai_day(work.now),
            "uscc": said.uscc,
            "source": "import",
            "recorded_at": work.now,
            **dict(zip(("name", *KEPT_FIELDS), said.held[1:], strict=True)),
        }
        for own_id, said in zip(ids, part, strict=True)
    ]
    if new:
        registers.insert_many(work, actor, jurisdiction, Enterprise, new)
    registers.insert_many(work, actor, jurisdiction, EnterpriseRecord, records)


def checked_uscc(row: Row, problems: list[RowProblem], name: str = "uscc") -> str:
    """A USCC that may be stored. Raises Bad; an early pilot's wrong check digit only warns."""
    uscc = normalise_uscc(code(row, name, 40) or required(row, name, 40))
    problem = uscc_problem(uscc)
    if problem == "uscc_check_digit" and is_early_pilot(uscc):
        problems.append(RowProblem(row.number, name, "cell_early_pilot", warning=True, data={"uscc": uscc}))
    elif problem:
        raise Bad(name, f"cell_{problem}", uscc=uscc, length=len(uscc))
    return uscc
