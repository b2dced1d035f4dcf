"""Every call of the document with a token that does not open it: the answer that the document names, and nothing stored."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.api.v1.operations import OPERATIONS, Operation
from app.domain.tokens import AREAS
from app.services.people import tokens
from app.store.models import FactRow
from tests.house import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # decided before the database is asked


def call(house: House, op: Operation, token: str = "", of: str = "x", **query: str) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    path = "/api/v1" + re.sub(r"\{n\}", "1", re.sub(r"\{(id|code|receipt)\}", of, op.path))
    body = {} if op.method == "POST" else None
    return house.client().open(path, method=op.method, json=body, headers=headers, query_string=query).status_code


@ONE
def test_no_call_opens_to_a_token_that_is_none_or_ended_or_lacks_the_scope(house: House) -> None:
    def made(op: Operation, scopes: str) -> str:
        assert op.allowed
        role = next(name for name in ("inspector", "head", "supervisor", "admin", "integration") if name in op.allowed)
        unit = house.people[role].unit if role != "integration" else "YT-YJJ"
        key = f"{role} {scopes}"
        if key not in house.tokens:
            ends = house.clock.now + timedelta(days=1)
            house.tokens[key] = house.perform(tokens.issue_token, unit, role, key, ends, scopes)
        return house.tokens[key]

    guarded = [op for op in OPERATIONS if op.allowed is not None]
    assert len(guarded) > 30
    with house.installation.reading() as session:
        before = session.scalar(select(func.count()).select_from(FactRow).where(FactRow.subject_kind == "inspection"))
    right = {op.name: made(op, " ".join(AREAS)) for op in guarded}
    wrong = []
    for op in guarded:
        area = op.path.split("/")[1]
        said = {
            "none": call(house, op),
            "invented": call(house, op, "jcm_" + "A" * 43),
            "not ascii": call(house, op, "jcm_中"),
            "cut": call(house, op, right[op.name][:-1]),
            "in the address": call(house, op, access_token=right[op.name], api_key=right[op.name]),
        }
        wrong += [(op.name, how, status) for how, status in said.items() if status != 401]
        others = " ".join(a for a in AREAS if a != area)
        if (status := call(house, op, made(op, others))) != 403:
            wrong.append((op.name, "of other areas", status))
        if op.method == "POST" and (status := call(house, op, made(op, "read"))) != 403:
            wrong.append((op.name, "that reads only", status))
        if call(house, op, right[op.name]) in (401, 403):
            wrong.append((op.name, "the right one", 403))
    revoked = next(op for op in guarded if op.allowed and "inspector" in op.allowed)
    house.perform(tokens.revoke_tokens, f"inspector {' '.join(AREAS)}")
    wrong += [("", "revoked", status)] if (status := call(house, revoked, right[revoked.name])) != 401 else []
    house.clock.move(days=2)
    wrong += [(op.name, "ended", status) for op in guarded if (status := call(house, op, right[op.name])) != 401]
    assert wrong == []
    with house.installation.reading() as session:
        after = session.scalar(select(func.count()).select_from(FactRow).where(FactRow.subject_kind == "inspection"))
    assert after == before
