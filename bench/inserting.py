"""The least that keeping a fact takes: one INSERT and its commit by the driver itself."""

import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg


def inserting(url: str) -> Callable[[], None]:
    """One row of the size of a fact, inserted and committed by the driver itself, as durable as the platform's own."""
    row = (secrets.token_hex(13), "x" * 300, secrets.token_bytes(32))
    table = "CREATE TABLE IF NOT EXISTS bench_rows (name VARCHAR(26), body TEXT, leaf {bytes})"
    if url.startswith("sqlite:"):
        lite = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        lite.execute("PRAGMA synchronous=FULL")
        lite.execute(table.format(bytes="BLOB"))

        def insert() -> None:
            lite.execute("BEGIN IMMEDIATE")
            lite.execute("INSERT INTO bench_rows VALUES (?, ?, ?)", row)
            lite.execute("COMMIT")

        return insert
    big: Any = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"))
    big.execute(table.format(bytes="BYTEA"))
    big.commit()

    def insert_big() -> None:
        big.execute("INSERT INTO bench_rows VALUES (%s, %s, %s)", row)
        big.commit()

    return insert_big
