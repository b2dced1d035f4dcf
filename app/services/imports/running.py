"""Running an import: all or nothing, the good rows only, or (a dry run) nothing at all."""

from collections.abc import Callable
from typing import Any

from app.domain.actors import Actor
from app.services.imports.kinds import Kind
from app.services.imports.rows import Outcome, Progress


class _Undo(Exception):
    """Rolls an import back; carries what it found."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("rolled back")
        self.outcome = outcome


def run(
    kind: Kind,
    perform: Callable[..., Any],
    rows: Any,
    progress: Progress,
    actor: Actor,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> tuple[Outcome, bool]:
    """What the rows (as the kind's use case takes them) would change, and whether it was stored.

    `perform` runs a use case in a transaction of its own. Bad rows keep everything from being stored, unless `skip_bad`.
    Raises Refused("changed_meanwhile") where others changed the same things over and over.
    """

    def keep(outcome: Outcome) -> bool:
        return not dry_run and (skip_bad or not outcome.errors)

    if kind.bring is not None:
        brought: tuple[Outcome, bool] = kind.bring(perform, rows, progress, actor, keep)
        return brought

    return stored_or_not(perform, lambda work: kind.use_case(work, rows, progress, actor), keep)


def stored_or_not(
    perform: Callable[..., Any], store: Callable[[Any], Outcome], keep: Callable[[Outcome], bool]
) -> tuple[Outcome, bool]:
    """What one transaction stored, or would have stored: it is rolled back where `keep` does not want its outcome."""

    def attempt(work: Any) -> Outcome:
        outcome = store(work)
        if not keep(outcome):
            raise _Undo(outcome)
        return outcome

    try:
        return perform(attempt), True
    except _Undo as undone:
        return undone.outcome, False
