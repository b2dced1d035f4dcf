"""Bodies above the district in the demonstration: their visits count for the enterprise, and can only be reported upwards."""

from datetime import timedelta

from app.demo.district import CITY, enter_rows
from app.demo.names import InventedEnterprise
from app.domain.actors import SYSTEM, Actor
from app.domain.times import rfc3339, shanghai_day
from app.services.imports.inspections import import_inspections
from app.services.imports.rows import Row
from app.services.paperwork import upward_papers
from app.store import registry
from app.store.models import Unit
from app.store.unit_of_work import UnitOfWork

UNIT = "SL-YJJ"
DAYS = (11, 52, 140)  # before now


def play(work: UnitOfWork, supervisor: Actor, enterprise: InventedEnterprise) -> None:
    """A body of the city came three times, as its own system says; the bureau drafts the paper to the level above."""
    enter_rows(
        work,
        Unit(
            code=UNIT,
            name="示例市应急管理局",
            level="市",
            region=CITY,
            role="inspecting",
            parent=None,
            supervised=False,
        ),
    )
    rows = []
    for n, days in enumerate(DAYS, start=1):
        start = work.now - timedelta(days=days, hours=3)
        said = {
            "number": f"SL2026-{n:04d}", "uscc": enterprise.uscc, "enterprise_name": enterprise.name, "unit": UNIT,
            "kind": "planned" if n == 2 else "triggered", "cause": "" if n == 2 else "data_lead",
            "started_at": rfc3339(start), "ended_at": rfc3339(start + timedelta(hours=2)), "outcome": "no_problem",
        }  # fmt: skip
        rows.append(Row(n + 1, said))
    outcome = import_inspections(work, rows, lambda _: None, SYSTEM)
    assert not outcome.errors, outcome.errors
    known = registry.enterprise_by_uscc(work.session, enterprise.uscc)
    assert known is not None
    today = shanghai_day(work.now)
    upward_papers.start(work, supervisor, known.id, upward_papers.proposed(work.session, known.id, supervisor, today))
