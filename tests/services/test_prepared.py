"""Statements made once say what SQLAlchemy would have said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError

from app.domain.errors import TooMany
from app.store.limits import Limit, take
from app.store.models import Challenge, RateBucket, UnitKey
from app.store.models.base import table_of
from app.store.prepared import Prepared
from tests.house import House

BUCKETS = table_of(RateBucket)
KEYS = table_of(UnitKey)
ADD = Prepared(insert(BUCKETS))
AMONG = Prepared(
    select(BUCKETS.c.key, (BUCKETS.c.full_at * 2).label("twice"))
    .where(BUCKETS.c.key.in_(bindparam("keys", expanding=True)), BUCKETS.c.key.not_in(["c"]))
    .order_by(BUCKETS.c.key)
)


def test_rows_and_values_are_those_of_sqlalchemy(house: House) -> None:
    house.approved()
    with house.installation.reading() as session:
        everything = session.execute(select(KEYS)).all()
        found = Prepared(select(KEYS)).all(session)
    assert found == [tuple(row) for row in everything] and found
    assert (found[0].kid, found[0].not_before) == (everything[0].kid, everything[0].not_before)
    assert found[0].not_before.tzinfo is UTC


def test_lists_of_any_length_are_taken(house: House) -> None:
    with house.installation.database.write() as session:
        ADD.run_each(session, [{"key": key, "full_at": float(n)} for n, key in enumerate("abc")])
        assert ADD.run(session, key="d", full_at=0.5) == 1
        assert [tuple(row) for row in AMONG.all(session, keys=["d", "b", "c"])] == [("b", 2.0), ("d", 1.0)]
        assert AMONG.all(session, keys=[]) == []
        assert AMONG.first(session, keys=["a"]).twice == 0.0
        assert AMONG.value(session, keys=["none"]) is None


def test_what_it_does_not_know_is_refused_and_what_it_lacks_is_no_null(house: House) -> None:
    with house.installation.reading() as session:
        for values in ({}, {"keys": [], "key": "a"}):
            with pytest.raises(TypeError, match="keys"):
                AMONG.all(session, **values)


def test_what_goes_wrong_is_told_by_sqlalchemy_without_the_values(house: House) -> None:
    with pytest.raises(IntegrityError) as wrong, house.installation.database.write() as session:
        for _ in range(2):
            ADD.run(session, key="secret-key", full_at=0.5)
    assert "secret-key" not in str(wrong.value).replace(str(wrong.value.orig), "")
    with pytest.raises(DBAPIError), house.installation.reading() as session:
        Prepared(select(text("nothing"))).all(session)


def test_it_sees_what_the_session_still_holds_back_and_the_transaction_it_is_in(house: House) -> None:
    own = table_of(Challenge).c
    seen = Prepared(select(own.digits).where(own.id == bindparam("id")))
    change = Prepared(update(own.id.table).values(digits=bindparam("new")).where(own.id == bindparam("own_id")))
    inspection, now = house.approved(), datetime(2026, 3, 2, 1, tzinfo=UTC)
    row: dict[str, Any] = {"inspection": inspection.id, "digits": "123456", "created_at": now, "expires_at": now}
    with house.installation.database.write() as session:
        session.add(Challenge(id="X" * 26, mark=b"m", **row))
        assert seen.value(session, id="X" * 26) == "123456"
        assert change.run(session, new="654321", own_id="X" * 26) == 1
    with house.installation.reading() as session:
        assert seen.value(session, id="X" * 26) == "654321"


def test_what_is_taken_back_is_taken_back_of_prepared_statements_too(house: House) -> None:
    with house.installation.database.write() as session:
        ADD.run(session, key="kept", full_at=0.5)
        with session.begin_nested() as savepoint:
            ADD.run(session, key="to the savepoint", full_at=0.5)
            savepoint.rollback()
    with house.installation.database.write() as session:
        ADD.run(session, key="all of it", full_at=0.5)
        session.rollback()
        with pytest.raises(InvalidRequestError):  # not outside a transaction
            ADD.run(session, key="after it", full_at=0.5)
    with house.installation.reading() as session:
        assert session.scalars(select(BUCKETS.c.key)).all() == ["kept"]


def test_a_limit_is_taken_from_and_fills_again(house: House) -> None:
    limit = Limit(burst=2, per_minute=60)
    for _ in range(2):
        for _ in range(2):
            house.perform(take, "somebody", limit)
        with pytest.raises(TooMany):
            house.perform(take, "somebody", limit)
        house.perform(take, "somebody else", limit)
        house.clock.move(seconds=2)
