"""What each page and step asks of the database: docs/benchmarks.md says how many statements at most, and this holds it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.codes.token import to_digits
from app.domain.inspections import Result
from app.services.applying import decisions
from app.services.visiting import visits
from app.store.models import CodeRow
from tests.house import House

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"

# One database: SQLite asks the same statements as PostgreSQL but for locks.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _documented() -> dict[str, int]:
    rows = re.findall(r"^\| `?([^|`]+)`? \| (\d+) \|$", DOCUMENT.read_text("utf-8"), re.M)
    return {name.strip(): int(most) for name, most in rows}


def _costs(house: House) -> dict[str, int]:
    said: list[str] = []
    event.listen(house.installation.database.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    found: dict[str, int] = {}

    def cost(name: str, call: Callable[[], Any]) -> Any:
        said.clear()
        answer = call()
        found[name] = sum(not s.startswith("BEGIN") for s in said)
        assert getattr(answer, "status_code", 200) < 400, (name, answer)
        return answer

    house.completed()  # keys, papers' numbers and registers are there
    public = house.client()
    applied = cost("apply", lambda: house.applied())
    head = house.people["head"]
    approved = cost("approve", lambda: house.perform(decisions.approve, head, applied.id, override_reason="理由"))
    with house.installation.reading() as session:
        token = to_digits(session.get_one(CodeRow, approved.code.cti).token)
    cost("GET /q/…", lambda: public.get(f"/q/{token}"))
    cost("POST /api/v1/verify", lambda: public.post("/api/v1/verify", json={"code": token}))
    cost("POST /api/v1/scans: seen", lambda: public.post("/api/v1/scans", json={"code": token, "action": "seen"}))
    cost("POST /api/v1/scans: arrive", lambda: public.post("/api/v1/scans", json={"code": token, "action": "arrive"}))
    house.clock.move(hours=1)
    done = visits.Completion(tuple(Result(item, "no_problem") for item in approved.items), house.clock.now)
    cost("complete", lambda: house.perform(visits.complete, house.people["inspector"], approved.id, done))
    for name, path in (
        ("/supervise/", "/supervise/"),
        ("/supervise/flags", "/supervise/flags"),
        ("/supervise/enterprises/…", f"/supervise/enterprises/{approved.enterprise_id}"),
    ):
        client = house.signed_in("supervisor")
        client.get(path)
        cost(name, lambda c=client, p=path: c.get(p))
    client = house.signed_in("inspector")
    cost("/inspect/", lambda: client.get("/inspect/"))
    return found


def test_no_page_and_no_step_asks_the_database_more_often_than_is_said(house: House) -> None:
    said, found = _documented(), _costs(house)
    assert said.keys() == found.keys()
    assert {name: n for name, n in found.items() if n > said[name]} == {}, found


def test_a_list_asks_no_more_often_for_many_visits_than_for_one(house: House) -> None:
    said: list[str] = []
    event.listen(house.installation.database.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    client, auth, asked = house.client(), house.bearer("supervisor"), []
    house.approved()
    for limit in (1, 1, 4):  # the first reads the registers
        house.approved()
        said.clear()
        items = client.get(f"/api/v1/inspections?limit={limit}", headers=auth).json["items"]
        assert all(item["code"]["token"] for item in items)
        asked.append((len(items), len(said)))
    assert asked[1] == (1, asked[2][1]) and asked[2][0] == 4, asked
