"""kill -9 at any instant: what was acknowledged stays, nothing has two places, and the next round goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select

from app.services.transparency import log, log_audit
from app.store.models import FactRow
from tests.house import House

SEQUENCERS = 2  # what one alone does is part of it
KILLS = int(os.environ.get("JCM_KILLS", "3"))
VICTIM = """
import sys, random
from pathlib import Path
from app.domain.actors import SYSTEM
from app.services.transparency import log
from tests.house import open_house
house = open_house(sys.argv[1], Path(sys.argv[2]), seed=random.randrange(2**60))
house.clock.now = __import__("datetime").datetime.now(__import__("datetime").UTC)
def note(work):
    fact = work.fact("test.noted", ("test", work.new_id()), {"n": 1}, SYSTEM, "990101")
    work.store_fact(fact)
    return fact.id
print("ready", flush=True)
while True:
    done = [house.perform(note) for _ in range(3)]
    print(*done, flush=True)
    log.advance(house.perform)
"""


def test_killed_again_and_again(house: House, database_url: str, tmp_path: Path) -> None:
    source, acknowledged = random.Random(SEQUENCERS), set()
    for _ in range(KILLS):
        victims = [
            subprocess.Popen(
                [sys.executable, "-c", VICTIM, database_url, str(tmp_path / "instance")],
                stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            )
            for _ in range(SEQUENCERS)
        ]  # fmt: skip
        for victim in victims:
            assert victim.stdout is not None and victim.stdout.readline() == "ready\n"
        time.sleep(source.uniform(0.02, 0.4))
        for victim in victims:
            victim.send_signal(signal.SIGKILL)
            said, _ = victim.communicate()
            complete = said[: said.rfind("\n") + 1]
            acknowledged |= set(complete.split())
    house.clock.move(days=10000)
    log.advance(house.perform)
    with house.installation.reading() as session:
        stored = set(session.scalars(select(FactRow.id).where(FactRow.kind == "test.noted")))
        found = [d for d in log_audit.audit(session) if d.code != "fact_redated"]  # this clock moved on by years
    assert acknowledged and acknowledged <= stored
    assert found == []
