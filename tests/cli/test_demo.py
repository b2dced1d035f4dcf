"""The demonstration without visits: a district that stands beside another system."""

from pathlib import Path

from sqlalchemy import func, select

from app.demo import load
from app.installation import open_installation
from app.store.migrate import upgrade
from app.store.models import Enterprise, InspectionRow, User
from tests.house import house_config


def test_registers_alone_bring_the_district_and_its_people_and_no_visit(tmp_path: Path) -> None:
    installation = open_installation(house_config(f"sqlite:///{tmp_path}/d.sqlite3", tmp_path))
    upgrade(installation.database.engine)
    installation.perform(load.load_registers, "a long test password")
    with installation.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(row)) for row in (Enterprise, User, InspectionRow)]
    installation.database.dispose()
    assert counts == [420, len(load.ACCOUNTS), 0]
