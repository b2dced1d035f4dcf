"""Records of the units' own systems, for the reconciliation: up to 10,000 in a call, a result for each row."""

# mypy: disable-error-code="valid-type"

from typing import Any, Literal

from pydantic import Field

from app.api.v1.examples import ENTERPRISE, USCC
from app.api.v1.operations import MANY_ROWS, Answer, Declared
from app.api.v1.pieces import FieldProblem, Told
from app.api.v1.schemas import Schema
from app.domain.actors import INTEGRATION, SUPERVISOR, Actor
from app.domain.reconciliation import STATES
from app.errors import sentence
from app.queries.case_records import states
from app.services.imports.case_records import receive_rows
from app.services.imports.rows import Row
from app.store.database import Session
from app.store.unit_of_work import UnitOfWork

MOST = 10_000
TEXTS = ("kind", "source", "number", "uscc", "enterprise_name", "address", "unit", "day", "note")
LISTS = ("officers", "items")
EXAMPLE = {
    "records": [
        {
            "kind": "case", "source": "云汀区执法办案系统", "number": "云应急立〔2026〕1号", "uscc": USCC,
            "enterprise_name": ENTERPRISE, "unit": "YT-YJJ", "day": "2026-11-24", "officers": ["9901001001"],
        }
    ]
}  # fmt: skip


class CaseRecordsIn(Schema):
    """Each record: kind (case, penalty, visit, complaint, self_report), source, number, day, and uscc or enterprise_name;
    address, unit (code or name), officers, items and note where they are known. A wrong one is told in its own answer."""

    records: list[dict[str, Any]] = Field(min_length=1, max_length=MOST)


class CaseRecordOut(Told):
    """`row` counts from 0. `result`: added, unchanged, corrected or refused; `state`: matched, doubtful or unmatched."""

    row: int
    id: str | None
    result: Literal["added", "unchanged", "corrected", "refused"]
    state: Literal[STATES] | None
    errors: list[FieldProblem]


class CaseRecordsOut(Told):
    items: list[CaseRecordOut]


@Declared(
    "POST", "/case-records", "Records of the units' own systems, to be matched with the register: sent again, nothing changes",
    (INTEGRATION, SUPERVISOR), CaseRecordsIn, creates=True, example=EXAMPLE, answer=CaseRecordsOut, largest=MANY_ROWS,
)  # fmt: skip
def create_case_records(work: UnitOfWork, who: Actor, body: CaseRecordsIn) -> Answer:
    wrong = {n: field for n, row in enumerate(body.records) if (field := _wrong(row))}
    rows = [Row(n, _fields(row)) for n, row in enumerate(body.records) if n not in wrong]
    told, problems = receive_rows(work, who, rows)
    errors = {n: _error(field, "wrong_type" if field in (*TEXTS, *LISTS) else "unknown_field", field)
              for n, field in wrong.items()}  # fmt: skip
    errors |= {p.row: _error(p.field, p.reason, p.field, dict(p.data)) for p in problems}
    return Answer({"items": _items(work.session, len(body.records), told, errors)})


def _items(
    session: Session, count: int, told: dict[int, tuple[str, str]], errors: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    stand = states(session, [record_id for record_id, _ in told.values()])
    items = []
    for n in range(count):
        record_id, came = told.get(n, (None, "refused"))
        state = stand.get(record_id or "")
        problems = [errors[n]] if n in errors else []
        items.append({"row": n, "id": record_id, "result": came, "state": state, "errors": problems})
    return items


def _wrong(row: dict[str, Any]) -> str | None:
    """The first field that is unknown or of another type."""
    for name, value in row.items():
        is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
        fits = isinstance(value, str | None) if name in TEXTS else name in LISTS and is_list
        if not fits:
            return name[:80] or "body"
    return None


def _fields(row: dict[str, Any]) -> dict[str, str]:
    return {name: (";".join(value) if isinstance(value, list) else value or "").strip() for name, value in row.items()}


def _error(field: str, code: str, name: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    filled = {"name": name, "expected": "string / [string]"} | (data or {})
    return {"field": field, "code": code, "message": sentence(code, filled)}
