"""An installation over a generated district, in a folder that is thrown away."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.services import day_figures, registers
from app.store.database import Database
from app.store.migrate import upgrade
from bench.district import fill
from tests.district import seed
from tests.house import House, add_people, open_house


def make(url: str, folder: Path, visits: int) -> None:
    """A migrated database with the small district of the tests and `visits` generated ones, all days summed."""
    database = Database(url)
    upgrade(database.engine)
    with database.write() as session:
        seed(session)
    database.dispose()
    house = open_house(url, folder)
    house.perform(registers.adopt)
    add_people(house)
    house.approved()  # the first key of a unit
    fill(house.installation.database, visits)
    while house.perform(day_figures.refresh):  # an import sums its days, and a worker all others
        pass
    house.installation.database.learn_sizes()  # as the worker does
    house.installation.database.dispose()


@contextmanager
def opened(url: str, folder: Path) -> Iterator[House]:
    """The installation, closed afterwards."""
    house = open_house(url, folder, seed=secrets.randbits(64))  # ids of an earlier part are taken
    try:
        yield house
    finally:
        house.installation.database.dispose()
