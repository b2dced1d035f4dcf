"""File review (案卷评查): a campaign draws closed visits by lot or by risk; two score alone, then one score is settled."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from app.domain import file_review as domain
from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.facts import canonical_json
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.findings import RED, YELLOW
from app.domain.lots import Pool
from app.domain.times import day_end, day_start, shanghai_day
from app.services import kept
from app.services.flagging.findings import settle_about
from app.services.planning import lots
from app.services.supervising import flag_reviews
from app.store.models import Campaign, CaseFile, FindingRow, InspectionRow
from app.store.unit_of_work import UnitOfWork

PURPOSE, MOST_FILES, MOST_POOL = "casefile", 300, 20_000
LOT, RISK = "lot", "risk"
ON_SPEECH = tuple(code for code, rule in CATALOGUE.items() if rule.rests_on_speech)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign looks at: visits closed from `first` to `last`, `wanted` of them, by lot or by risk."""

    title: str
    way: str
    first: date
    last: date
    wanted: int
    sheet: str


def open_campaign(work: UnitOfWork, actor: Actor, plan: Plan) -> Campaign:
    """By lot: pool and seed are promised now and drawn later. By risk: the files stand at once. Raises Invalid."""
    actor.require(SUPERVISOR)
    _check(plan)
    sheet = domain.parse_sheet(plan.sheet)
    district = str(actor.region)
    able = flag_reviews.people_of(work, district, SUPERVISOR)
    if len(able) < 2:
        raise Invalid("campaign_too_few_reviewers", "way")
    found = _pool(work, actor, plan)
    if not found:
        raise Invalid("campaign_empty", "first")
    columns = {
        "title": plan.title.strip(), "way": plan.way, "first": plan.first.isoformat(), "last": plan.last.isoformat(),
        "wanted": min(plan.wanted, len(found)), "sheet": domain.to_text(sheet), "lot": None,
    }  # fmt: skip
    if plan.way == LOT:
        pool = Pool(tuple(found), min(plan.wanted, len(found)), tuple(able), 2)
        commission = lots.Commission(PURPOSE, f"案卷评查 {plan.title.strip()}"[:200], str(actor.unit), pool)
        columns["lot"] = lots.commit(work, actor, commission).id
    row: Campaign = kept.make(work, actor, "campaign.opened", district, columns)
    if plan.way == RISK:
        pairs = [(f, [able[n % len(able)], able[(n + 1) % len(able)]]) for n, f in enumerate(found[: plan.wanted])]
        _files(work, actor, row, pairs)
    return row


def draw(work: UnitOfWork, actor: Actor, campaign_id: str, word: str) -> None:
    """Reveals the seed and draws files and reviewers. Raises NotFound, Refused, as lots.draw."""
    row = own(work, actor, campaign_id)
    if row.lot is None:
        raise Refused("step_not_now")
    drawn = lots.draw(work, actor, row.lot, word)
    _files(work, actor, row, lots.pairs(drawn))


def score(work: UnitOfWork, actor: Actor, file_id: str, given: Mapping[str, str]) -> None:
    """One reviewer's points, given once and alone. Raises NotFound, Refused, Invalid at each field."""
    file, campaign = _file(work, actor, file_id)
    side = {file.reviewer_b: "b", file.reviewer_a: "a"}.get(actor.id)
    if side is None:
        raise Refused("not_your_file")
    if getattr(file, f"scores_{side}") is not None:
        raise Refused("scored_already")
    points = domain.scores(domain.from_text(campaign.sheet), given)
    other = file.scores_b if side == "a" else file.scores_a
    kind = "casefile.scored" if other is None else "casefile.both_scored"
    kept.step(work, actor, file, kind, {f"scores_{side}": canonical_json(points)})


def settle(work: UnitOfWork, actor: Actor, file_id: str, given: Mapping[str, str], faults: str) -> None:
    """The settled score, by one of the two reviewers after both scored. Faults become a flag. Raises as `score`."""
    file, campaign = _file(work, actor, file_id)
    if actor.id not in (file.reviewer_a, file.reviewer_b):
        raise Refused("not_your_file")
    points = domain.scores(domain.from_text(campaign.sheet), given)
    said = faults.strip()[:2000] or None
    columns = {"settled": canonical_json(points), "score": sum(points), "faults": said}
    kept.step(work, actor, file, "casefile.settled", columns)
    evaluate(work, file)


def close(work: UnitOfWork, actor: Actor, campaign_id: str) -> None:
    """Ends a campaign; files that were not settled stay as they are and are named in its report."""
    kept.step(work, actor, own(work, actor, campaign_id), "campaign.closed")


def evaluate(work: UnitOfWork, file: CaseFile) -> int:
    """The finding of a file's faults, if any: the same set whenever it is computed."""
    visit = work.session.get_one(InspectionRow, file.inspection)
    found = []
    if file.state == "settled" and file.score is not None:
        day = shanghai_day(file.changed_at)
        about = (file.id, visit.id, visit.lead_unit, file.jurisdiction, visit.enterprise_id)
        found = domain.file_findings(*about, day, file.score, file.faults)
    return settle_about(work, [domain.RULE], "casefile", [file.id], found)


def rebuild(work: UnitOfWork) -> None:
    """Every file again, for `flags rebuild`."""
    for file in list(work.session.scalars(select(CaseFile).order_by(CaseFile.id))):
        evaluate(work, file)


def own(work: UnitOfWork, actor: Actor, campaign_id: str) -> Campaign:
    """A campaign of the own district, locked. Raises Forbidden, NotFound."""
    actor.require(SUPERVISOR)
    row: Campaign | None = kept.locked(work, "campaign", campaign_id)
    if row is None or row.jurisdiction != actor.region:
        raise NotFound("no_such_campaign")
    return row


def _check(plan: Plan) -> None:
    problems: list[Problem] = []
    if not plan.title.strip() or len(plan.title) > 100:
        problems.append(("title", "missing" if not plan.title.strip() else "too_long", {"most": 100}))
    if plan.way not in (LOT, RISK):
        problems.append(("way", "unknown_choice", {"value": plan.way[:20], "choices": "lot, risk"}))
    if plan.first > plan.last:
        problems.append(("last", "out_of_range", {"range": f"{plan.first}–"}))
    if not 1 <= plan.wanted <= MOST_FILES:
        problems.append(("wanted", "out_of_range", {"range": f"1–{MOST_FILES}"}))
    if problems:
        name, code, data = problems[0]
        raise Invalid(code, name, problems=problems, **data)


def _pool(work: UnitOfWork, actor: Actor, plan: Plan) -> list[str]:
    """Closed visits of the period that no other campaign had; by risk those with the gravest flags first."""
    had = select(CaseFile.id).where(CaseFile.inspection == InspectionRow.id)
    where = (
        InspectionRow.jurisdiction.in_(actor.regions),
        InspectionRow.state == "completed",
        InspectionRow.imported.is_(False),
        InspectionRow.ended_at >= day_start(plan.first),
        InspectionRow.ended_at < day_end(plan.last),
        ~had.exists(),
    )
    if plan.way == LOT:
        return list(
            work.session.scalars(select(InspectionRow.id).where(*where).order_by(InspectionRow.id).limit(MOST_POOL))
        )
    weight = case((FindingRow.severity == RED, 9), (FindingRow.severity == YELLOW, 3), else_=1)
    flags = (
        select(FindingRow.inspection_id, func.sum(weight).label("risk"))
        .where(FindingRow.standing, FindingRow.rule.not_in(ON_SPEECH))  # what enterprises said chooses no file
        .group_by(FindingRow.inspection_id)
        .subquery()
    )
    risk = func.coalesce(flags.c.risk, 0)
    query = select(InspectionRow.id).outerjoin(flags, flags.c.inspection_id == InspectionRow.id).where(*where)
    return list(work.session.scalars(query.order_by(risk.desc(), InspectionRow.id).limit(plan.wanted)))


def _files(work: UnitOfWork, actor: Actor, row: Campaign, pairs: Sequence[tuple[str, Sequence[str]]]) -> None:
    kept.step(work, actor, row, "campaign.drawn")
    unset = dict.fromkeys(("scores_a", "scores_b", "settled", "score", "faults"))
    for inspection, (a, b) in pairs:
        columns = {"campaign": row.id, "inspection": inspection, "reviewer_a": a, "reviewer_b": b}
        kept.make(work, actor, "casefile.drawn", row.jurisdiction, columns | unset)


def _file(work: UnitOfWork, actor: Actor, file_id: str) -> tuple[CaseFile, Campaign]:
    actor.require(SUPERVISOR)
    file: CaseFile | None = kept.locked(work, "casefile", file_id)
    if file is None or file.jurisdiction != actor.region:
        raise NotFound("no_such_campaign")
    campaign = work.session.get_one(Campaign, file.campaign)
    if campaign.state != "reviewing":
        raise Refused("step_not_now")
    return file, campaign


def points_of(text: str | None) -> list[int] | None:
    """Stored points, or None."""
    found: list[int] | None = json.loads(text) if text else None
    return found
