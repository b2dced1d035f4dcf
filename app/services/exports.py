"""Who took which list out: a fact before the first byte leaves.

Discipline inspection's exports are none of these: they are looks of its own (services/supervising/looks.py), seen by nobody else.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.actors import Actor
from app.store.unit_of_work import UnitOfWork

MADE = "export.made"


def record(
    work: UnitOfWork, actor: Actor, what: str, form: str, filters: Mapping[str, str], rows: int | None,
    operator: str | None = None,
) -> str:  # fmt: skip
    """Notes an export: who (the fact's own), what, in which form, narrowed how, how many rows. The fact's subject.

    `rows` is None for a list of what enterprises said: numbers a day apart would tell when somebody spoke. Such a fact
    enters the log in the daily batch. `operator`: for a command, the account of the operating system that ran it.
    """
    export_id = work.new_id()
    body: dict[str, Any] = {"what": what, "form": form, "filters": {k: v for k, v in sorted(filters.items()) if v}}
    body |= {"rows": rows} if rows is not None else {}
    body |= {"operator": operator} if operator else {}
    region = actor.region or work.default_jurisdiction
    work.store_fact(work.fact(MADE, ("export", export_id), body, actor, region, held=rows is None))
    return export_id
