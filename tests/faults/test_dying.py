"""Killed in the middle, at any statement: what was half done is not there, and the same again succeeds, once.

JCM_FAULTS=long dies at every statement, otherwise at a few that stand for the rest.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.services import registers
from app.services.auditing.register_audit import register_discrepancies
from app.services.imports import enterprises as enterprise_imports
from app.store.models import CodeRow, Enterprise, FactRow, InspectionRow, Speech
from tests.api.test_one_visit import body, post
from tests.faults.dying import done_until
from tests.house import House
from tests.services.test_large_imports import many
from tests.services.test_register_imports import bring

LONG = os.environ.get("JCM_FAULTS") == "long"
KEY = {"Idempotency-Key": "one"}


def count(house: House, what: Any, *where: Any) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def deaths(most: int, some: tuple[int, ...]) -> range | tuple[int, ...]:
    return range(1, most) if LONG else some


def dies(house: House, url: str, tmp_path: Path, statement: int, work: Callable[[House], Any]) -> bool:
    house.installation.database.dispose()  # the child must not end our connections
    return not done_until(url, tmp_path / "instance", statement, work)


def test_a_call_that_died_is_made_once_when_it_is_sent_again(house: House, database_url: str, tmp_path: Path) -> None:
    """Application, approval, rating: one key, killed before each statement of them and after the commit."""
    for name in ("inspector", "head"):
        house.bearer(name)
    tokens = dict(house.tokens)

    def send(path: str, json: Any, who: str | None, key: str) -> Callable[[House], Any]:
        def call(there: House) -> Any:
            there.tokens |= tokens
            return post(there, path, json, who, **{"Idempotency-Key": key})

        return call

    died = 0
    for statement in deaths(90, (30,)):
        change = {"clue_no": f"died-{statement}"}
        call = send("/inspections", body(house, **change), "inspector", f"apply {statement}")
        died += dies(house, database_url, tmp_path, statement, call)
        applied = call(house)
        assert applied.status_code == 201
        assert count(house, InspectionRow, InspectionRow.clue_no == change["clue_no"]) == 1
        call = send(
            f"/inspections/{applied.json['id']}/approve", {"override_reason": "x"}, "head", f"approve {statement}"
        )
        died += dies(house, database_url, tmp_path, statement, call)
        approved = call(house)
        assert approved.status_code == 200
        assert count(house, CodeRow, CodeRow.inspection == applied.json["id"]) == 1
        call = send("/feedback", {"code": approved.json["code"]["url"], "rating": 4}, None, f"rate {statement}")
        died += dies(house, database_url, tmp_path, statement, call)
        assert call(house).status_code == 201
        assert count(house, Speech, Speech.inspection == applied.json["id"]) == 1
    assert died


@pytest.mark.parametrize("staged", [False, True])
def test_an_import_that_died_left_nothing_and_succeeds_again(
    house: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, staged: bool
) -> None:
    if staged:
        monkeypatch.setattr(enterprise_imports, "STAGED_FROM", 0)
    house.perform(registers.adopt)
    before, rows = count(house, FactRow), many(20)
    died = 0
    for statement in deaths(60, (6, 9)):
        if not dies(house, database_url, tmp_path, statement, lambda there: bring(there, "enterprises", rows)):
            break
        died += 1
        there = count(house, Enterprise)
        assert (there, count(house, FactRow) > before) in ((0, False), (20, True)), (
            f"half done at statement {statement}"
        )
        if there:  # it died after the commit
            break
    assert died
    assert bring(house, "enterprises", rows).problems == ()
    assert bring(house, "enterprises", rows).stored == 0
    with house.installation.reading() as session:
        assert list(register_discrepancies(session)) == []
    assert count(house, Enterprise) == 20
