"""A new version put into service while people work: a second server beside the first, which ends once the second listens."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

Process = subprocess.Popen[bytes]
PATIENCE = 300  # seconds; a machine that does much else takes a minute to load the application
REFUSED = "The new version does not start: the old one goes on."
LISTENING = "0A"  # as Linux writes the state of a socket


class Reload:
    """What SIGHUP asks for. Linux lets several processes listen on one port, so that no moment is left in which nobody does,
    however long the application takes to load; a version that does not start leaves the old one in service."""

    def __init__(
        self, begin: Callable[[], Process], port: int, workers: int, loads: Callable[[], bool] = lambda: True
    ) -> None:
        """`loads` tries whether the new version can be loaded at all: a server would try its workers again and again."""
        self.begin, self.port, self.workers, self.loads = begin, port, workers, loads
        self.asked = False
        self.coming: Process | None = None  # the new server while it loads
        self.before: set[str] = set()
        self.until = 0.0

    def ask(self, *_: object) -> None:
        """The handler of the signal."""
        self.asked = True

    def look(self) -> Process | None:
        """The new server once all its web workers listen, else None. Asked for again and again."""
        if self.asked and self.coming is None:
            self.asked = False
            if not self.loads():
                click.echo(REFUSED, err=True)
                return None
            self.before, self.until = listeners(self.port), time.monotonic() + PATIENCE
            self.coming = self.begin()
        if self.coming is None:
            return None
        if self.coming.poll() is not None or time.monotonic() > self.until:
            click.echo(REFUSED, err=True)
            self.coming.terminate()
            self.coming = None
        elif len(listeners(self.port) - self.before) >= self.workers:
            new, self.coming = self.coming, None
            return new
        return None


def listeners(port: int) -> set[str]:
    """The sockets of this machine that listen on a port, by their inodes."""
    found = set()
    for name in ("tcp", "tcp6"):
        with suppress(FileNotFoundError):
            for line in Path("/proc/net", name).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == LISTENING and words[1].endswith(f":{port:04X}"):
                    found.add(words[9])
    return found
