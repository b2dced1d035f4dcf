"""A small WSGI application that says which process answered: what reloading does is the server's part, not ours."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

if gate := os.environ.get("JCM_TEST_GATE"):
    Path(gate).read_bytes()  # a pipe with a name: loading lasts until somebody writes into it


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
