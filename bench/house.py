"""An installation over a generated district, in a folder that is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.services import registers
from app.store.database import Database
from app.store.migrate import upgrade
from bench.district import fill
from tests.district import seed
from tests.house import House, add_people, open_house


def make(url: str, folder: Path, visits: int) -> None:
    """A migrated database with the small district of the tests and `visits` generated ones."""
    database = Database(url)
    upgrade(database.engine)
    with database.write() as session:
        seed(session)
    database.dispose()
    house = open_house(url, folder)
    house.perform(registers.adopt)
    add_people(house)
    fill(house.installation.database, visits)
    house.installation.database.dispose()


@contextmanager
def opened(url: str, folder: Path) -> Iterator[House]:
    """The installation, closed afterwards."""
    house = open_house(url, folder, seed=2)
    try:
        yield house
    finally:
        house.installation.database.dispose()
