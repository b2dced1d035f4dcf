"""Importing the other systems whose codes are recognised. The file is the whole list; the same file again changes nothing."""

from collections.abc import Iterable

from app.domain.actors import SYSTEM, Actor
from app.domain.codes.issuers import Issuer
from app.domain.times import shanghai_day
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, required, short
from app.services.trust.other_issuers import set_recognised
from app.store.other_issuers import recognised
from app.store.unit_of_work import UnitOfWork

SHORTEST, LONGEST = 3, 300


def import_issuers(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: name, prefixes (; between them), entry. Replaces the whole list from today on."""
    today = shanghai_day(work.now)
    issuers: list[Issuer] = []
    problems: list[RowProblem] = []
    for row in rows:
        try:
            issuers.append(_issuer(row, {i.name for i in issuers}))
        except Bad as bad:
            problems.append(bad.at(row))
        progress(1)
    if recognised(work.session, work.default_jurisdiction, today) == tuple(issuers):
        return Outcome(0, len(issuers), tuple(problems))
    set_recognised(work, actor, issuers, today, "import")
    return Outcome(len(issuers), 0, tuple(problems))


def _issuer(row: Row, known: set[str]) -> Issuer:
    name, entry = required(row, "name", 100), required(row, "entry", LONGEST)
    if name in known:
        raise Bad("name", "row_repeated_name", value=name)
    if not entry.startswith("https://") and not entry.startswith("http://"):
        raise Bad("entry", "cell_address", value=short(entry))
    prefixes = tuple(dict.fromkeys(row.many("prefixes")))
    if not prefixes:
        raise Bad("prefixes", "cell_empty")
    for prefix in prefixes:
        if not SHORTEST <= len(prefix) <= LONGEST or prefix.rstrip("/:").lower() in ("http", "https"):
            raise Bad("prefixes", "cell_prefix", value=short(prefix), least=SHORTEST, most=LONGEST)
    return Issuer(name, prefixes, entry)
