"""A fact: something that happened, recorded once, never changed. Current state is folded from facts.

The canonical record is JSON with sorted keys, no white space, UTF-8, no floats (a subset of RFC 8785), under a version
number, so that its bytes can be recomputed years later. A leaf of the log is the hash of salt ‖ canonical record: the salt
keeps a short record from being guessed from its public hash.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.crypto import INTERNATIONAL, PROVIDERS, Provider
from app.domain.times import rfc3339, utc

CANONICAL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """`kind` is `subject:action`-like (`inspection.approved`); `body` holds only str, int, bool, None, lists and dicts.

    `occurred_at` is when it happened in the world, `recorded_at` when the platform learned of it (both aware UTC),
    `recorded_by` the actor's id, `jurisdiction` the region code of the district that the fact belongs to.
    `held` facts enter the log with the daily batch of what enterprises say, so that it does not tell when they spoke;
    it is no part of the record.
    """

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    jurisdiction: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    body: Mapping[str, Any]
    version: int = CANONICAL_VERSION
    held: bool = False


def canonical_json(value: Any) -> str:
    """`value` as canonical JSON text. Raises TypeError for a float or anything that JSON does not know."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_record(fact: Fact) -> bytes:
    """The bytes that the leaf of a fact covers: everything but the salt."""
    return record_around(fact, canonical_json(fact.body))


def record_around(fact: Fact, body: str) -> bytes:
    """The record of a fact whose body is canonical JSON already: large imports write each body once, not twice."""
    record = {
        "v": fact.version,
        "id": fact.id,
        "kind": fact.kind,
        "subject": [fact.subject_kind, fact.subject_id],
        "jurisdiction": fact.jurisdiction,
        "occurred_at": rfc3339(utc(fact.occurred_at)),
        "recorded_at": rfc3339(utc(fact.recorded_at)),
        "recorded_by": fact.recorded_by,
    }
    around = canonical_json(record)  # sorted keys: "body" comes first
    return f'{{"body":{body},{around[1:]}'.encode()


def leaf_data(salt: bytes, record: bytes, provider: Provider = INTERNATIONAL) -> bytes:
    """The 32 opaque bytes that enter the log for a record: SHA-256, or SM3 under state cryptography."""
    return provider.hash(salt + record)


def leaves_of(salt: bytes, record: bytes) -> tuple[bytes, ...]:
    """The leaf of a record by each provider: one of them stands in the log. No other record has any of these leaves."""
    return tuple(leaf_data(salt, record, provider) for provider in PROVIDERS.values())


PLAIN = frozenset((str, int, bool, type(None)))


def _refuse_floats(value: Any) -> None:
    """Every fact passes here, and most of what it holds is plain: that is seen without a call."""
    if isinstance(value, dict | Mapping):
        value = value.values()
    elif isinstance(value, float):
        raise TypeError("a float has no canonical form here")
    elif not isinstance(value, list | tuple):
        return
    for inner in value:
        if type(inner) not in PLAIN:
            _refuse_floats(inner)
