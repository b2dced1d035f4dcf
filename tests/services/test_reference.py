"""The registers that a process keeps in memory are those that the transaction sees, whoever changed them and how."""

import pytest
from sqlalchemy import event, text

from app.domain.actors import SYSTEM
from app.services.trust import unit_keys, verification
from app.store.models import CodeRow
from app.store.reference import current
from tests.district import START
from tests.house import House

RENAME = text("UPDATE units SET name = :name WHERE code = 'YT-YJJ'")


def _name(house: House) -> str:
    with house.installation.reading() as session:
        return str(current(session).units["YT-YJJ"].name)


def _rename(house: House, name: str) -> None:
    with house.installation.database.engine.begin() as connection:
        connection.execute(RENAME, {"name": name})


def test_a_change_by_plain_sql_is_seen_by_who_knew_the_registers_before(house: House) -> None:
    before = _name(house)
    _rename(house, "云汀区新应急局")
    assert before != "云汀区新应急局" == _name(house)
    with house.installation.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM jurisdiction_settings WHERE key = 'hotline'"))
    with house.installation.reading() as session:
        found = current(session)
        assert "hotline" not in found.settings("990101", house.clock().date())
        assert found.settings("990101", START)["duty_phone"].value == "99-55550101"


def test_what_was_rolled_back_is_never_seen_by_others(house: House) -> None:
    def change_and_fail(work) -> None:
        work.session.execute(RENAME, {"name": "没有发生的名称"})
        assert current(work.session).units["YT-YJJ"].name == "没有发生的名称"  # its own change, before it is committed
        raise LookupError

    before = _name(house)
    with pytest.raises(LookupError):
        house.perform(change_and_fail)
    assert _name(house) == before
    _rename(house, "另一个名称")  # a counter would give this change the number of the one that failed
    assert _name(house) == "另一个名称"


def test_registers_are_read_once_a_process_and_once_a_moment(house: House) -> None:
    known = []
    said: list[str] = []
    _name(house)
    event.listen(house.installation.database.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    for _ in range(2):
        with house.installation.reading() as session:
            known += [current(session), current(session)]
    assert len(set(map(id, known))) == 1
    assert [s.split()[0:2] for s in said if "BEGIN" not in s] == [["SELECT", "register_version.version"]] * 2


def test_a_revoked_key_signs_nothing_valid_from_that_moment_on(house: House) -> None:
    inspection = house.approved()
    with house.installation.reading() as session:
        row = session.get_one(CodeRow, inspection.code.cti)
        assert verification.look(session, row.short_code, house.clock()).verdict == "valid"
    house.perform(unit_keys.revoke, SYSTEM, row.kid, "测试")
    with house.installation.reading() as session:
        assert verification.look(session, row.short_code, house.clock()).verdict == "revoked"
