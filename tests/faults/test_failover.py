"""The short form of `tests.faults.kills` and `tests.faults.failover`, in one: two real servers, one application, under load."""

import shutil

from tests.faults.failover import run
from tests.faults.machines import place


def test_what_was_acknowledged_survives_a_stopped_a_killed_and_a_lost_database_and_a_killed_application() -> None:
    folder = place("jcm-failover-")
    here, found = run(folder, rounds=1, clients=2, before=("pause", "database", "application"), short=True)
    print(here.table("kill -9 and failover under load"))
    assert found == {"lost": [], "doubled": [], "damaged": [], "refused": [], "unexpected": []}
    assert here.seen.failures  # it was under load
    shutil.rmtree(folder)
