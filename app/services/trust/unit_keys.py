"""The signing keys: one per unit, made when first needed, rotated and revoked; and the signed lists made of them.

Private keys are sealed in the database. The root that signs the key list is a file apart (`root.key`), which may be
kept off the server: then new keys wait until `keys publish --root FILE` signs them.
"""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor
from app.domain.codes.keys import SIGNS_CODES, SIGNS_STATUS, KeyEntry, KeyList, SigningKey
from app.domain.codes.lists import LISTED_STATES, StatusList, sign_key_list, sign_log, sign_status_list, status_list
from app.domain.codes.suites import SUITES, suite_named
from app.domain.crypto import STATE
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.times import parse_rfc3339, shanghai_day
from app.services import registers
from app.services.trust import roots
from app.store.documents import expires_at, keep, newest_version, next_version, published
from app.store.models import CodeRow, InspectionRow, Log, LogWitness, SignedDocument, Unit, UnitKey
from app.store.models.base import table_of
from app.store.other_issuers import recognised
from app.store.prepared import Prepared
from app.store.reference import entry_of
from app.store.unit_of_work import UnitOfWork

KEY_LIFETIME = timedelta(days=2 * 365)
LIST_LIFETIME = timedelta(days=30)
STATUS_LIFETIME = timedelta(days=1)
RESIGN_BEFORE = timedelta(days=20)  # the key list is signed anew when it has less than this left
KEYS, STATUS, ROOT = "inspection-keys", "inspection-status", roots.ROOT
LOG = "inspection-log"


def signing_key(work: UnitOfWork, unit: str, use: str = SIGNS_CODES) -> SigningKey:
    """The unit's key in force, made and listed where it has none yet."""
    row = _in_force(work, unit, use)
    if row is None:
        work.lock(f"unit-key:{unit}:{use}")
        row = _in_force(work, unit, use) or _add(work, unit, use, work.vault.provider.suite.name)
    return SigningKey.from_der(row.suite, work.vault.open(row.private, f"unit-key:{row.kid}"), work.device)


def rotate(work: UnitOfWork, actor: Actor, unit: str, suite: str | None = None) -> str:
    """A new key for a unit from now on; its kid (hex). Codes issued before stay valid until they expire.

    `suite` is by default the installation's. Raises Invalid for another one under state cryptography, NotFound.
    """
    ours = work.vault.provider
    suite = suite or ours.suite.name
    if ours is STATE and suite != ours.suite.name:
        raise Invalid("state_suite_only", "suite", suite=suite)
    if work.session.get(Unit, unit) is None:
        raise NotFound("unknown_unit", unit=unit)
    row = _add(work, unit, SIGNS_CODES, suite, actor)
    _record(work, actor, row, "key.rotated", {"unit": unit, "suite": suite})
    return row.kid


def revoke(work: UnitOfWork, actor: Actor, kid: str, reason: str) -> None:
    """Revokes a key: every code it signed is void from now on. Raises NotFound, Refused("key_revoked_already")."""
    row = work.session.get(UnitKey, kid.lower(), with_for_update=True)
    if row is None:
        raise NotFound("no_such_key", kid=kid)
    if row.revoked_at is not None:
        raise Refused("key_revoked_already", kid=kid)
    row.revoked_at, row.revoked_reason = work.now, reason
    work.session.flush()
    _record(work, actor, row, "key.revoked", {"reason": reason})
    registers.record(work, actor, work.default_jurisdiction, [row])
    publish_keys(work)


def entries(session: Session) -> list[KeyEntry]:
    """All keys, oldest first."""
    query = select(UnitKey, Unit.name).join(Unit, Unit.code == UnitKey.unit).order_by(UnitKey.not_before, UnitKey.kid)
    return [entry_of(row, name) for row, name in session.execute(query)]


def publish_keys(work: UnitOfWork, root: SigningKey | None = None) -> bool:
    """Signs the next version of the key list with `root` (default: the server's); False where there is no root here.

    Raises Refused("root_not_succeeded") for a `root` that readers would refuse: `roots.succeed` first.
    """
    root = _root(work, root)
    if root is None:
        return False
    work.lock(f"signed-document:{KEYS}")
    version = next_version(work.session, KEYS, work.now)
    ends = work.now + LIST_LIFETIME
    here = work.default_jurisdiction
    others = recognised(work.session, here, shanghai_day(work.now))
    keys = KeyList(version, work.now, ends, here, tuple(entries(work.session)), others)
    keep(work.session, KEYS, version, sign_key_list(keys, root), ends)
    roots.publish(work, root.public())
    publish_log(work, root)
    return True


def publish_log(work: UnitOfWork, root: SigningKey | None = None) -> bool:
    """Signs the keys of the log and of its witnesses anew; False where there is no root here, or no log yet."""
    root, row = _root(work, root), work.session.get(Log, 1)
    if root is None or row is None:
        return False
    work.lock(f"signed-document:{LOG}")
    query = select(LogWitness.name, LogWitness.verifier).order_by(LogWitness.name)
    witnesses = [(name, key) for name, key in work.session.execute(query)]
    version = next_version(work.session, LOG, work.now)
    document = sign_log(version, work.now, work.default_jurisdiction, row.verifier, witnesses, root)
    keep(work.session, LOG, version, document, work.now + KEY_LIFETIME)
    return True


def publish_status(work: UnitOfWork) -> bool:
    """Signs the list of codes inside their window that are no longer good, with the status key of the installation.

    False where there is nothing to sign: the list says the same and less than half of its life is over, or there is no
    supervisor yet whose key signs it (`doctor` says so).
    """
    signer = _status_unit(work)
    if signer is None:
        return False
    query = (
        select(CodeRow.cti, InspectionRow.state, InspectionRow.code_cti)
        .join(InspectionRow, InspectionRow.id == CodeRow.inspection)
        .where(CodeRow.expires_at > work.now)
    )
    states = [
        (bytes.fromhex(cti), "replaced" if current != cti else state)
        for cti, state, current in work.session.execute(query)
        if current != cti or state in LISTED_STATES
    ]
    key = signing_key(work, signer, SIGNS_STATUS)
    work.lock(f"signed-document:{STATUS}")
    version = next_version(work.session, STATUS, work.now)
    ends = work.now + STATUS_LIFETIME
    listed = status_list(version, work.now, ends, work.default_jurisdiction, states)
    if _still_says(work, listed, key.kid.hex()):
        return False
    keep(work.session, STATUS, version, sign_status_list(listed, key), ends)
    return True


def _still_says(work: UnitOfWork, wanted: StatusList, kid: str) -> bool:
    """Whether the published status list says the same, by the same key, and has more than half of its life before it."""
    known = published(work.session, STATUS)
    if known is None or known["signature"]["kid"] != kid or known["jurisdiction"] != wanted.jurisdiction:
        return False
    codes = tuple((code["cti_hash"], code["state"]) for code in known["codes"])
    return codes == wanted.codes and parse_rfc3339(known["expires_at"]) > work.now + STATUS_LIFETIME / 2


def renew_lists(work: UnitOfWork) -> None:
    """Housekeeping: a fresh status list, and a key list that never runs out while the root is here."""
    publish_status(work)
    ends = expires_at(work.session, KEYS)
    if ends is None or ends < work.now + RESIGN_BEFORE or _issuers_changed(work):
        publish_keys(work)


def forget_status(work: UnitOfWork) -> None:
    """Housekeeping: status lists that ran out. Versions go on from the newest, which stays."""
    ran_out = (SignedDocument.name == STATUS, SignedDocument.expires_at < work.now)
    newest = newest_version(work.session, STATUS)
    work.session.execute(delete(SignedDocument).where(*ran_out, SignedDocument.version < newest))


def _issuers_changed(work: UnitOfWork) -> bool:
    """Whether a dated setting has begun since the list was signed."""
    listed = (published(work.session, KEYS) or {}).get("issuers", [])
    begun = recognised(work.session, work.default_jurisdiction, shanghai_day(work.now))
    return bool([issuer.to_json() for issuer in begun] != listed)


def _root(work: UnitOfWork, given: SigningKey | None) -> SigningKey | None:
    """The root to sign with; None where there is none here, or only one that readers would refuse."""
    root = given or work.root_key()
    if root is None or roots.is_accepted(work.session, root.public()):
        return root
    if given is None:
        return None
    raise Refused("root_not_succeeded", kid=root.kid.hex())


def _in_force(work: UnitOfWork, unit: str, use: str) -> Any:
    """Under state cryptography a key of another suite signs nothing any more; what it signed stays valid."""
    ours = work.vault.provider
    suites = [ours.suite.name] if ours is STATE else list(SUITES)
    return _IN_FORCE.first(work.session, unit=unit, use=use, suites=suites, now=work.now)


_KEY = table_of(UnitKey)
_IN_FORCE = Prepared(
    select(_KEY.c.kid, _KEY.c.suite, _KEY.c.private)
    .where(
        _KEY.c.unit == bindparam("unit"),
        _KEY.c.use == bindparam("use"),
        _KEY.c.suite.in_(bindparam("suites", expanding=True)),
        _KEY.c.revoked_at.is_(None),
        _KEY.c.not_before <= bindparam("now"),
        _KEY.c.not_after > bindparam("now"),
    )
    .order_by(_KEY.c.not_before.desc(), _KEY.c.kid)
    .limit(1)
)


def _add(work: UnitOfWork, unit: str, use: str, suite: str, actor: Actor = SYSTEM) -> UnitKey:
    key = SigningKey.made(suite_named(suite), work.device, f"{use} {unit}")
    row = UnitKey(
        kid=key.kid.hex(),
        unit=unit,
        use=use,
        suite=suite,
        jwk=json.dumps(key.public().jwk()),
        private=work.vault.seal(key.to_der(), f"unit-key:{key.kid.hex()}"),
        not_before=work.now.replace(microsecond=0),
        not_after=work.now.replace(microsecond=0) + KEY_LIFETIME,
    )
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [row])
    publish_keys(work)
    return row


def _status_unit(work: UnitOfWork) -> str | None:
    """The supervisor of the installation's own region signs the status list; else any supervisor unit."""
    here = Unit.region == work.default_jurisdiction
    query = select(Unit.code).where(Unit.role == "supervisor").order_by(here.desc(), Unit.code)
    return work.session.scalar(query.limit(1))


def _record(work: UnitOfWork, actor: Actor, row: UnitKey, kind: str, body: dict[str, Any]) -> None:
    work.store_fact(work.fact(kind, ("key", row.kid), body, actor, work.default_jurisdiction))
