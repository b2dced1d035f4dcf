"""The short form of `python -m tests.faults.kills`: PostgreSQL is killed and paused, then the whole application, under load."""

import shutil

from tests.faults.kills import run
from tests.faults.machines import place


def test_what_was_acknowledged_survives_kill_9_of_the_database_and_of_the_application() -> None:
    folder = place("jcm-kills-")
    here, found = run(folder, ["database", "pause", "application"], clients=3, workers=1, pause=0.5, background=False)
    print(here.table("kill -9 under load"))
    assert found == {"lost": [], "doubled": [], "damaged": [], "refused": [], "unexpected": []}
    assert here.seen.steps()["apply"] > 3 and here.seen.failures
    shutil.rmtree(folder)
