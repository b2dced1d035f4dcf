"""What the bench serves: the platform, and under /bare/ what a Flask application of one view each would answer. One server,
the same workers for both, so that a ratio compares nothing but the views.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, render_template, request

from app import create_app
from app.operating.logs import JsonLines
from bench.inserting import inserting

PREFIX = "/bare"
ALGORITHM = ec.ECDSA(hashes.SHA256())
MESSAGE = b"m" * 150


def _bare() -> Flask:
    bare = Flask("bench.bare", template_folder=str(Path(__file__).parent / "templates"))
    key = ec.generate_private_key(ec.SECP256R1())
    public, signature = key.public_key(), key.sign(MESSAGE, ALGORITHM)
    local, turn = threading.local(), threading.Lock()
    is_sqlite = os.environ["JCM_DATABASE_URL"].startswith("sqlite:")

    @bare.get("/page")
    def page() -> str:
        return render_template("bare.html")

    @bare.post("/verify")
    def verify() -> dict[str, Any]:
        """One indexed SELECT by the driver itself and one ECDSA verification."""
        if not hasattr(local, "select"):
            local.select = _select(os.environ["JCM_DATABASE_URL"])
        state = local.select(request.get_json()["id"])
        public.verify(signature, MESSAGE, ALGORITHM)
        return {"state": state}

    @bare.post("/insert")
    def insert() -> dict[str, Any]:
        """One INSERT and its commit by the driver itself; threads queue, as ours do."""
        if not hasattr(local, "insert"):
            local.insert = inserting(os.environ["JCM_DATABASE_URL"])
        with turn if is_sqlite else nullcontext():
            local.insert()
        return {"kept": request.get_json()["id"]}

    return bare


def _select(url: str) -> Callable[[str], str]:
    if url.startswith("sqlite:"):
        lite = sqlite3.connect(url.removeprefix("sqlite:///"))
        return lambda key: str(lite.execute("SELECT state FROM inspections WHERE id = ?", (key,)).fetchone()[0])
    big: Any = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True)
    return lambda key: str(big.execute("SELECT state FROM inspections WHERE id = %s", (key,)).fetchone()[0])


def _log_as_production_does() -> None:
    """A line a request, as JSON, to nowhere."""
    handler = logging.StreamHandler(open(os.devnull, "w"))  # noqa: SIM115 as long as the process
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("jcm")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)


_platform, _plain = create_app(), _bare()
_log_as_production_does()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith(PREFIX):
        environ["PATH_INFO"] = path[len(PREFIX) :]
        return _plain(environ, start_response)
    return _platform(environ, start_response)
