"""Many applications in one call, for departments' own systems: each row a transaction and an answer of its own."""

# mypy: disable-error-code="valid-type"

import json
from typing import Any, Literal

from pydantic import ValidationError

from app.api.v1 import examples
from app.api.v1.inspections import UNIT, command
from app.api.v1.operations import MANY_ROWS, Answer, Declared, idempotency_key, problems_of
from app.api.v1.pieces import FieldProblem, Told
from app.api.v1.schemas import ApplicationIn, BatchIn
from app.context import installation, perform
from app.domain.actors import Actor
from app.domain.errors import DomainError, Invalid, Problem
from app.domain.inspections import STATES
from app.errors import sentence
from app.services.applying import applications


class RowOut(Told):
    """`row` counts from 0. Either `id`, `number` and `state`, or `errors`."""

    row: int
    id: str | None
    number: str | None
    state: Literal[STATES] | None
    errors: list[FieldProblem]


class BatchOut(Told):
    items: list[RowOut]


@Declared(
    "POST", "/inspections/batch", "Apply for up to 500: each row has its own answer, sent again it makes no double", UNIT,
    BatchIn, example={"inspections": [examples.APPLICATION]}, answer=BatchOut, many=True, largest=MANY_ROWS,
)  # fmt: skip
def create_inspections(who: Actor, body: BatchIn) -> Answer:
    """Rows are known by their `client_key`, else by the request's Idempotency-Key and their place."""
    who.require(*UNIT)
    keys = _keys(who, len(body.inspections))
    rows = [_row(who, n, row, keys[n]) for n, row in enumerate(body.inspections)]
    return Answer({"items": rows})


def _keys(who: Actor, count: int) -> list[str | None]:
    key = idempotency_key()
    if key is None:
        return [None] * count
    mark = installation().vault.mark("batch-key", f"{who.id}\0{key}").hex()[:32]
    return [f"api:{mark}:{n}" for n in range(count)]


def _row(who: Actor, n: int, row: dict[str, Any], key: str | None) -> dict[str, Any]:
    try:
        text = json.dumps(row, ensure_ascii=False).encode()
        parsed = ApplicationIn.model_validate_json(text)
    except ValidationError as error:
        return _refused(n, problems_of(error))
    except (RecursionError, UnicodeEncodeError):
        return _refused(n, [("body", "not_json", {})])
    if parsed.client_key is None:
        parsed = parsed.model_copy(update={"client_key": key})
    try:
        made = perform(applications.apply, who, command(parsed)).inspection
    except DomainError as error:
        own = error.problems if isinstance(error, Invalid) else [(error.field or "", error.code, error.data)]
        return _refused(n, own)
    return {"row": n, "id": made.id, "number": made.number, "state": made.state, "errors": []}


def _refused(n: int, problems: list[Problem]) -> dict[str, Any]:
    errors = [{"field": f, "code": c, "message": sentence(c, d)} for f, c, d in problems]
    return {"row": n, "id": None, "number": None, "state": None, "errors": errors}
