"""The administrator's start page: what needs doing. The registers are modules beside this one."""

from flask import render_template

from app.context import actor, installation, reading
from app.queries import access
from app.queries import keeping as queries
from app.queries import keeping_people as people_queries
from app.web.admin import codes, connector, enterprises, items, officers, people, powers, settings, tables, units
from app.web.admin.blueprint import administrators, blueprint, own_regions, today

__all__ = [
    "blueprint",
    "codes",
    "connector",
    "enterprises",
    "items",
    "officers",
    "people",
    "powers",
    "settings",
    "tables",
    "units",
]


@blueprint.get("/")
@administrators
def home() -> str:
    with reading() as session:
        own = own_regions(session)
        expiring = queries.expiring(session, own, None, today())
        soon, _ = queries.officers(session, own, None, {"state": "expiring"}, None, today())
        waiting = access.proposals(session, actor(), installation().config.jurisdiction, is_open=True)
        next_year = people_queries.calendar(session, today().year + 1)
    return render_template(
        "admin/home.html",
        expiring=expiring,
        waiting=len(waiting),
        soon=soon[:8],
        calendar_missing=today().month >= 11 and not next_year,
        today=today(),
    )
