"""Who took which list out: a fact before the first byte leaves."""

from collections.abc import Mapping

from app.domain.actors import Actor
from app.store.unit_of_work import UnitOfWork

MADE = "export.made"


def record(work: UnitOfWork, actor: Actor, what: str, form: str, filters: Mapping[str, str], rows: int) -> str:
    """Notes an export: who (the fact's own), what, in which form, narrowed how, how many rows. The fact's subject."""
    export_id = work.new_id()
    body = {"what": what, "form": form, "filters": {k: v for k, v in sorted(filters.items()) if v}, "rows": rows}
    region = actor.region or work.default_jurisdiction
    work.store_fact(work.fact(MADE, ("export", export_id), body, actor, region))
    return export_id
