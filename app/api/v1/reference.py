"""The registry and plain figures: units, items, officers, enterprises, stats."""

from datetime import date
from typing import Any

from app.api.v1 import answers
from app.api.v1.operations import Answer, Declared
from app.context import now
from app.domain.actors import ADMIN, HEAD, INSPECTOR, INTEGRATION, SUPERVISOR, Actor
from app.domain.errors import Invalid
from app.domain.figures import Period
from app.domain.times import shanghai_day
from app.queries import figures, registry, stats
from app.queries.paging import limit_of
from app.store.database import Session

ANY = (INSPECTOR, HEAD, SUPERVISOR, ADMIN, INTEGRATION)
OFFICER_DAYS = ("valid_from", "valid_until", "suspended_from", "suspended_until")
AT_ONCE = 500  # officers in an answer where nothing is said: enough for most units
PAGED = {"cursor": "Where the last page ended.", "limit": "1–200, 50 where nothing is said."}


@Declared("GET", "/units", "Units", ANY, query=PAGED, answer=answers.UnitList)
def list_units(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    found, following = registry.units(session, query.get("cursor"), limit_of(query.get("limit")))
    items = [{"code": u.code, "name": u.name, "level": u.level, "region": u.region, "role": u.role} for u in found]
    return Answer({"items": items, "next": following})


@Declared(
    "GET",
    "/items",
    "Inspection items (检查事项库)",
    ANY,
    query=PAGED | {"unit": "Only this unit's."},
    answer=answers.ItemList,
)
def list_items(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    found, following = registry.items(
        session, shanghai_day(now()), query.get("unit"), query.get("cursor"), limit_of(query.get("limit"))
    )
    items = [
        {
            "code": i.code,
            "unit": i.unit,
            "name": i.name,
            "basis": i.basis,
            "published": i.published,
            "yearly_cap": i.yearly_cap,
        }
        for i in found
    ]
    return Answer({"items": items, "next": following})


@Declared(
    "GET", "/officers", "Officers of the own unit, valid certificates first; a supervisor's of any unit of the own region", ANY,
    query=PAGED | {"limit": f"1–200, {AT_ONCE} where nothing is said.", "unit": "Only a supervisor: this unit's."},
    answer=answers.OfficerList,
)  # fmt: skip
def list_officers(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    unit = query.get("unit", who.unit)
    if unit != who.unit and not (who.role == SUPERVISOR and registry.unit_region(session, unit) in who.regions):
        raise Invalid("unknown_unit", "unit", unit=str(unit)[:64])
    limit = limit_of(query["limit"]) if "limit" in query else AT_ONCE
    found, following = registry.officers_page(session, unit, shanghai_day(now()), query.get("cursor"), limit)
    items = [
        {
            "certificate_no": o.certificate_no,
            "name": o.name,
            "unit": o.unit,
            "state": o.state,
            **{name: d.isoformat() if (d := getattr(o, name)) else None for name in OFFICER_DAYS},
        }
        for o in found
    ]
    return Answer({"items": items, "next": following})


@Declared(
    "GET", "/enterprises", "Enterprises by name, part of it, pinyin initials or USCC", ANY,
    query={"q": "What to look for.", "limit": "1–200, 50 where nothing is said."}, answer=answers.EnterpriseList,
)  # fmt: skip
def find_enterprises(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    found = registry.enterprises(session, query.get("q", ""), limit_of(query.get("limit")))
    items: list[dict[str, Any]] = [
        {"id": e.id, "uscc": e.uscc, "name": e.name, "region": e.region, "address": e.address} for e in found
    ]
    return Answer({"items": items, "next": None})


@Declared(
    "GET", "/stats", "Counts for a period", (SUPERVISOR,),
    query={"from": "First day.", "to": "Last day.", "by": "unit, town, month, rule or item."}, answer=answers.Stats,
)  # fmt: skip
def get_stats(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    first, last, by = _day(query, "from"), _day(query, "to"), query.get("by", "unit")
    if by not in stats.BY:
        raise Invalid("unknown_choice", "by", value=by, choices=", ".join(stats.BY))
    rows = stats.counts(session, who, first, last, by)
    behind = figures.behind(session, who.regions, Period(first, last))
    return Answer({"from": first.isoformat(), "to": last.isoformat(), "by": by, "behind": behind, "items": rows})


def _day(query: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(query[name])
    except KeyError:
        raise Invalid("missing", name) from None
    except ValueError:
        raise Invalid("wrong_type", name, expected="YYYY-MM-DD") from None
