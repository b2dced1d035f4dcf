"""A standby serves figures and public lists, a moment behind; who somebody is and what was just done never come from it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.operating.doctor import examine
from app.services.transparency import log
from app.store.database import Database
from tests.house import House, open_house

pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # a copied file stands still: the worst standby


@pytest.fixture
def apart(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house whose standby has stood still since before anything was done."""
    path = Path(database_url.removeprefix("sqlite:///"))
    standby = path.with_name("standby.sqlite3")
    shutil.copyfile(path, standby)
    house = open_house(database_url, tmp_path / "instance", JCM_READ_DATABASE_URL=f"sqlite:///{standby}")
    yield house
    house.installation.database.dispose()


def test_only_figures_and_public_lists_are_read_from_the_standby(apart: House) -> None:
    inspection = apart.approved()
    supervisor = apart.signed_in("supervisor")  # the session is not on the standby
    assert inspection.number in supervisor.get("/supervise/inspections").text
    assert (
        apart.client().get(f"/api/v1/inspections/{inspection.id}", headers=apart.bearer("inspector")).status_code == 200
    )
    with apart.installation.reading() as primary, apart.installation.browsing() as standby:
        assert primary.bind is not standby.bind
    exported = supervisor.get("/supervise/export/inspections.csv")
    assert exported.status_code == 200 and inspection.number not in exported.text


def test_a_standby_that_is_late_or_silent_is_told_and_the_primary_reads(apart: House) -> None:
    inspection = apart.approved()
    log.advance(apart.perform)
    assert "standby_late" in {f.code for f in examine(apart.installation.config, apart.installation)}
    database = apart.installation.database
    database.read_engine.dispose()
    database.read_engine = Database("sqlite:////no/such/folder/standby.sqlite3").engine
    assert "standby_silent" in {f.code for f in examine(apart.installation.config, apart.installation)}
    exported = apart.signed_in("supervisor").get("/supervise/export/inspections.csv")
    assert inspection.number in exported.text
