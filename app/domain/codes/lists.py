"""Signed lists as JSON: the key list, the status list and the succession of roots.

One scheme for all: the signature covers a context line (so that no list passes for another) and the document without
its `signature` member in canonical JSON (RFC 8785, of which texts, integers, arrays and objects with ASCII names are
used). `signature` is {"kid": hex, "value": base64url of r ‖ s}. What suite it is, the verifier's own key says.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from app.domain.codes.issuers import Issuer
from app.domain.codes.keys import SIGNS_CODES, SIGNS_STATUS, KeyEntry, KeyList, PublicKey, SigningKey
from app.domain.codes.suites import SUITES, KeyFormatError, b64url, unb64url
from app.domain.codes.token import masked
from app.domain.times import parse_rfc3339, rfc3339

Listed = TypeVar("Listed", KeyList, "StatusList")

KEY_LIST, STATUS_LIST, ROOT = "inspection-keys/1", "inspection-status/1", "inspection-root/1"
LOG = "inspection-log/1"
LISTED_STATES = ("revoked", "cancelled", "replaced", "completed", "lapsed")


class UntrustedList(ValueError):
    """A list that must not be used. `code`: malformed, unknown_signer, bad_signature or expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class StatusList:
    """Codes still inside their window that are no longer good, by the hash of their cti (`masked`)."""

    version: int
    issued_at: datetime
    expires_at: datetime
    jurisdiction: str
    codes: tuple[tuple[str, str], ...]

    @cached_property
    def _states(self) -> dict[str, str]:
        return dict(self.codes)

    def state_of(self, cti: bytes) -> str | None:
        """The state of a listed code; None says that it is not listed, not that it is registered."""
        return self._states.get(masked(cti))


def status_list(
    version: int, issued_at: datetime, expires_at: datetime, jurisdiction: str, states: Iterable[tuple[bytes, str]]
) -> StatusList:
    """A status list from (cti, state) pairs, in the order of their hashes, which says nothing about when."""
    codes = tuple(sorted((masked(cti), state) for cti, state in states))
    return StatusList(version, issued_at, expires_at, jurisdiction, codes)


def sign_document(document: Mapping[str, Any], context: str, key: SigningKey) -> dict[str, Any]:
    """`document` with its signature member."""
    value = b64url(key.sign(_signed_bytes(document, context)))
    return {**document, "signature": {"kid": key.kid.hex(), "value": value}}


def sign_key_list(key_list: KeyList, root_key: SigningKey) -> dict[str, Any]:
    """The document of /.well-known/inspection-keys.json, signed by the root."""
    document = _header(key_list) | {"keys": [_entry_to_json(entry) for entry in key_list.keys]}
    if key_list.issuers:
        document["issuers"] = [issuer.to_json() for issuer in key_list.issuers]
    return sign_document(document, KEY_LIST, root_key)


def verify_key_list(doc: Any, root_public: PublicKey, now: datetime) -> KeyList:
    """The key list of a document that the root signed and that has not expired. Raises UntrustedList.

    Entries of suites that are not known here are left out: their codes end as unknown_key, the rest stays usable.
    """
    _check_signature(doc, KEY_LIST, lambda kid: root_public if kid == root_public.kid else None)
    return _parsed(_key_list_from_json, doc, now)


def sign_status_list(status: StatusList, key: SigningKey) -> dict[str, Any]:
    """The document of /.well-known/inspection-status.json, signed by a key listed for it, or by the root itself."""
    document = _header(status) | {"codes": [{"cti_hash": h, "state": s} for h, s in status.codes]}
    return sign_document(document, STATUS_LIST, key)


def verify_status_list(doc: Any, root_public: PublicKey, keys: KeyList, now: datetime) -> StatusList:
    """The status list of a document signed by a status key of `keys`, or by the root. Raises UntrustedList."""

    def signer(kid: bytes) -> PublicKey | None:
        if kid == root_public.kid:
            return root_public
        entry = keys.find(kid)
        usable = entry and entry.use == SIGNS_STATUS and not entry.revoked_at and entry.valid_at(now)
        return entry.public if entry and usable else None

    _check_signature(doc, STATUS_LIST, signer)
    return _parsed(_status_list_from_json, doc, now)


def sign_log(
    version: int,
    issued_at: datetime,
    jurisdiction: str,
    log: str,
    witnesses: Iterable[tuple[str, str]],
    root: SigningKey,
) -> dict[str, Any]:
    """The document of /.well-known/inspection-log.json: the log's verifier key and (name, key) of its witnesses."""
    document = {
        "version": version,
        "issued_at": rfc3339(issued_at),
        "jurisdiction": jurisdiction,
        "log": log,
        "witnesses": [{"name": name, "vkey": key} for name, key in witnesses],
    }
    return sign_document(document, LOG, root)


def sign_root(new: PublicKey, old: SigningKey, now: datetime) -> dict[str, Any]:
    """A document by which holders of the old root accept the new one; `kid` is the new root's."""
    document = {
        "issued_at": rfc3339(now),
        "kid": new.kid.hex(),
        "suite": new.suite.name,
        "jwk": new.jwk(),
        "replaces": old.kid.hex(),
    }
    return sign_document(document, ROOT, old)


def verify_root(doc: Any, trusted: PublicKey) -> PublicKey:
    """The new root that the trusted one signed. Raises UntrustedList."""
    _check_signature(doc, ROOT, lambda kid: trusted if kid == trusted.kid else None)
    try:
        return PublicKey.from_jwk(doc["suite"], doc["jwk"])
    except (KeyError, TypeError, AttributeError, KeyFormatError) as error:
        raise UntrustedList("malformed") from error


def _signed_bytes(document: Mapping[str, Any], context: str) -> bytes:
    bare = {name: value for name, value in document.items() if name != "signature"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{context}\n{text}".encode()


def _check_signature(doc: Any, context: str, signer: Callable[[bytes], PublicKey | None]) -> None:
    try:
        kid, value = bytes.fromhex(doc["signature"]["kid"]), unb64url(doc["signature"]["value"])
        message = _signed_bytes(doc, context)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UntrustedList("malformed") from error
    try:
        key = signer(kid)
    except KeyFormatError as error:
        raise UntrustedList("unknown_signer") from error
    if key is None:
        raise UntrustedList("unknown_signer")
    if not key.verify(message, value):
        raise UntrustedList("bad_signature")


def _parsed(parse: Callable[[Any], Listed], doc: Any, now: datetime) -> Listed:
    try:
        parsed = parse(doc)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UntrustedList("malformed") from error
    if now >= parsed.expires_at:
        raise UntrustedList("expired")
    return parsed


def _header(listed: KeyList | StatusList) -> dict[str, Any]:
    return {
        "version": listed.version,
        "issued_at": rfc3339(listed.issued_at),
        "expires_at": rfc3339(listed.expires_at),
        "jurisdiction": listed.jurisdiction,
    }


def _entry_to_json(entry: KeyEntry) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kid": entry.kid.hex(),
        "unit": entry.unit,
        "unit_name": entry.unit_name,
        "suite": entry.suite,
        "jwk": dict(entry.jwk),
        "not_before": rfc3339(entry.not_before),
        "not_after": rfc3339(entry.not_after),
        "use": entry.use,
    }
    if entry.revoked_at:
        row["revoked_at"] = rfc3339(entry.revoked_at)
    if entry.revoked_reason:
        row["revoked_reason"] = entry.revoked_reason
    return row


def _entry_from_json(row: Mapping[str, Any]) -> KeyEntry:
    revoked_at = row.get("revoked_at")
    return KeyEntry(
        kid=bytes.fromhex(row["kid"]),
        unit=row["unit"],
        unit_name=row["unit_name"],
        suite=row["suite"],
        jwk=row["jwk"],
        not_before=parse_rfc3339(row["not_before"]),
        not_after=parse_rfc3339(row["not_after"]),
        revoked_at=parse_rfc3339(revoked_at) if revoked_at else None,
        revoked_reason=row.get("revoked_reason"),
        use=row.get("use", SIGNS_CODES),
    )


def _key_list_from_json(doc: Mapping[str, Any]) -> KeyList:
    entries = tuple(_entry_from_json(row) for row in doc["keys"] if row["suite"] in SUITES)
    issuers = tuple(Issuer.from_json(row) for row in doc.get("issuers", ()))
    return KeyList(*_header_from_json(doc), entries, issuers)


def _status_list_from_json(doc: Mapping[str, Any]) -> StatusList:
    codes = tuple((row["cti_hash"], row["state"]) for row in doc["codes"])
    return StatusList(*_header_from_json(doc), codes)


def _header_from_json(doc: Mapping[str, Any]) -> tuple[int, datetime, datetime, str]:
    return doc["version"], parse_rfc3339(doc["issued_at"]), parse_rfc3339(doc["expires_at"]), doc["jurisdiction"]
