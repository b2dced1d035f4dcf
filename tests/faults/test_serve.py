"""`flask serve` as a guardian: a worker that was killed is begun again, a server that is gone is a failure for systemd."""

import signal
import subprocess
import threading
import time

import pytest

from app.cli.serve import SERVER, WORKER, _wait


def idle() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "600"])


@pytest.fixture(autouse=True)
def handlers_come_back(monkeypatch: pytest.MonkeyPatch):
    kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    monkeypatch.setitem(_wait.__globals__, "WORKER_PAUSE_SECONDS", 0)
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


def test_a_killed_worker_is_begun_again_and_a_killed_server_ends_with_a_failure() -> None:
    children, begun = [idle(), idle()], []

    def begin() -> subprocess.Popen[bytes]:
        begun.append(idle())
        return begun[-1]

    def kill_one_after_the_other() -> None:
        children[WORKER].kill()
        while not begun:
            time.sleep(0.01)
        children[SERVER].kill()

    threading.Thread(target=kill_one_after_the_other).start()
    with pytest.raises(SystemExit, match="ended by itself"):
        _wait(children, begin, None)
    assert len(begun) == 1 and children[WORKER] is begun[0] and begun[0].returncode == -signal.SIGTERM


def test_who_is_told_to_stop_ends_well() -> None:
    children = [idle(), idle()]
    threading.Timer(0.1, signal.raise_signal, [signal.SIGTERM]).start()
    _wait(children, idle, None)
    assert [child.returncode for child in children] == [-signal.SIGTERM] * 2
