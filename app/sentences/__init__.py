"""What a stable error code says to its reader, one module an area; `app/errors.py` fills and serves them.

`%(name)s` is filled from the error's data. A sentence says what is wrong and how to mend it.
"""

from importlib import import_module
from typing import Any

AREAS = (
    "core",
    "accounts",
    "files",
    "imports",
    "joint",
    "keeping",
    "applying",
    "space",
    "papers",
    "plans",
    "policies",
    "onsite",
    "followup",
    "reconcile",
    "telling",
    "callbacks",
    "watching",
    "mirroring",
)


def all_sentences() -> dict[str, Any]:
    """Every sentence by its code. A code that two areas claim is a mistake in the house: AssertionError."""
    found: dict[str, Any] = {}
    for area in AREAS:
        own = import_module(f"app.sentences.{area}").SENTENCES
        assert not found.keys() & own.keys(), sorted(found.keys() & own.keys())
        found |= own
    return found
