"""Inspection plans: the own unit's in any state, the region's for its supervisor, the published ones for every token."""

from typing import Any

from app.api.v1 import answers_plans
from app.api.v1.operations import Answer, Declared, one_of
from app.api.v1.reference import ANY, PAGED
from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.plans import KINDS, STATES
from app.queries import plans as queries
from app.queries.paging import limit_of
from app.services.planning import plans
from app.store.database import Session

FILTERS = PAGED | {
    "unit": "Only this unit's.",
    "kind": "yearly or special.",
    "state": ", ".join(STATES) + ".",
    "year": "Plans that cover a day of this year.",
    "item": "Plans with a row for this item.",
}


@Declared("GET", "/plans", "Inspection plans (检查计划)", ANY, query=FILTERS, answer=answers_plans.PlanList)
def list_plans(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    one_of(query, "kind", KINDS)
    one_of(query, "state", STATES)
    year = query.get("year", "2000")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and 2000 <= int(year) < 2100):
        raise Invalid("wrong_type", "year", expected="YYYY")
    filters = {name: query.get(name) for name in ("unit", "kind", "state", "year", "item")}
    cursor, limit = query.get("cursor"), limit_of(query.get("limit"))
    found, following = queries.listed(session, who, cursor, limit, everybody=True, **filters)
    return Answer({"items": [plan_json(s) for s in queries.shown(session, found)], "next": following})


@Declared("GET", "/plans/{code}", "One plan by its code", ANY, answer=answers_plans.Plan)
def get_plan(session: Session, who: Actor, query: dict[str, str], code: str) -> Answer:
    found = queries.by_code(session, who, code)
    if found is None or not plans.may_see(who, found):
        raise NotFound("no_such_plan")
    return Answer(plan_json(queries.shown(session, [found])[0]))


def plan_json(s: queries.ShownPlan) -> dict[str, Any]:
    """The Plan object: dates as days, each row with its progress."""
    p = s.plan
    days = ("starts_on", "ends_on", "approved_on", "filed_on", "published_on", "withdrawn_on")
    return {
        **{name: getattr(p, name) for name in ("code", "kind", "title", "state", "note")},
        **{name: _day(getattr(p, name)) for name in days},
        "unit": {"code": p.unit, "name": s.unit_name},
        "imported_dates": p.imported,
        "progress": _progress(s.total),
        "rows": [
            {
                "item": {"code": line.item, "name": s.items[line.item].name},
                "basis": line.basis or s.items[line.item].basis,
                "objects": line.objects,
                "objects_wanted": line.wanted,
                "share_percent": f"{line.share / 100:g}" if line.share else None,
                "content": line.content,
                "way": line.way,
                "frequency": line.frequency,
                "cap": line.cap,
                "timing": line.timing,
                "starts_on": _day(line.starts_on or p.starts_on),
                "ends_on": _day(line.ends_on or p.ends_on),
                "office": line.office,
                "joint_role": line.joint_role,
                "partners": line.partners,
                "note": line.note,
                "progress": _progress(progress),
            }
            for line, progress in zip(p.lines, s.rows, strict=True)
        ],
    }


def _progress(p: queries.Progress) -> dict[str, int | None]:
    return {"wanted": p.wanted, "visited": p.visited, "visits": p.visits, "under_way": p.under_way}


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
