"""Work that is killed at a statement of one's choice: a child of this process does it and kills itself there."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.house import House, open_house


def done_until(url: str, instance: Path, statement: int, work: Callable[[House], Any]) -> bool:
    """`work` in a process that dies of SIGKILL before its `statement`th statement; whether it ended before that.

    COMMIT is a statement, too, and one dies after it as well: the answer is then lost, the work is not.
    """
    child = os.fork()
    if child == 0:
        try:
            house = open_house(url, instance, seed=statement)
            engine, left = house.installation.database.engine, [statement]

            def count(*_: Any) -> None:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(engine, "before_cursor_execute", count)
            event.listen(engine, "commit", count)
            work(house)
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)
