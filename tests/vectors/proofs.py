"""Proof files, good and forged, for the Python and the JavaScript verifier: proofs.json."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.crypto import INTERNATIONAL, STATE, Provider
from app.domain.facts import leaf_data
from app.domain.times import rfc3339
from app.domain.transparency import Checkpoint, Note, ProofFile, VerifierKey, inclusion_proof, root
from app.domain.transparency.merkle import Hash, sha256, sm3
from app.domain.transparency.note import Signature, Signer, ed25519_signer
from app.domain.transparency.suites import SM2, SM2_COSIGNATURE
from tests.vectors import sm2_reference
from tests.vectors.forge import NOW, stream

ORIGIN = "jcm.example.gov.cn/log"
SIZE, INDEX = 1000, 711
SEEN = int(NOW.timestamp()) - 3600
RECORD = json.dumps(
    {
        "v": 1, "id": "01KJTEST", "kind": "code.issued", "subject": ["code", "00" * 16], "jurisdiction": "990101",
        "occurred_at": rfc3339(NOW), "recorded_at": rfc3339(NOW - timedelta(hours=2)), "recorded_by": "system",
        "body": {"number": "YT-2026-000123", "not_before": rfc3339(NOW), "token_sha256": "ab" * 32},
    },
    sort_keys=True, separators=(",", ":"), ensure_ascii=False,
).encode()  # fmt: skip
SALT = bytes(range(16))


@dataclass(frozen=True)
class Kind:
    """One kind of log with its signers; `fixed` writes SM2 signatures that come out the same each time."""

    hash: Hash
    log: Signer
    witness: Signer
    second: Signer


def _ed(name: str, cosigner: bool) -> Signer:
    return ed25519_signer(name, Ed25519PrivateKey.from_private_bytes(stream(name)(32)), cosigner)


def _sm2(name: str, cosigner: bool) -> Signer:
    scalar = (int.from_bytes(stream(name)(32), "big") % (sm2_reference.N - 2) + 1).to_bytes(32, "big")
    point = sm2_reference.multiply(int.from_bytes(scalar, "big"))
    assert point is not None
    public = b"\x04" + b"".join(n.to_bytes(32, "big") for n in point)
    key = VerifierKey(name, SM2_COSIGNATURE if cosigner else SM2, public)
    return Signer(key, lambda message: sm2_reference.sign(scalar, message))


def _kind(make: Callable[[str, bool], Signer], hash: Hash) -> Kind:
    return Kind(hash, make(ORIGIN, False), make("sfj.example.gov.cn/witness", True), make("xh.example/witness", True))


ED25519_LOG, SM2_LOG = _kind(_ed, sha256), _kind(_sm2, sm3)
STRANGER = ed25519_signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(stream("another log's key")(32)))


def _leaves(index: int, by: Provider = INTERNATIONAL) -> list[bytes]:
    fill = stream("leaves")
    leaves = [fill(32) for _ in range(SIZE)]
    leaves[index] = leaf_data(SALT, RECORD, by)
    return leaves


def _file(
    kind: Kind,
    index: int = INDEX,
    size: int = SIZE,
    signers: Any = None,
    origin: str = ORIGIN,
    by: Provider = INTERNATIONAL,
) -> ProofFile:
    leaves = _leaves(index, by)
    note = Note(Checkpoint(origin, size, root(leaves[:size], kind.hash)).text(), ())
    for signer in signers or (kind.log, kind.witness):
        note = note.signed_by(signer, SEEN if signer.key.algorithm.timestamped else None)
    proof = tuple(inclusion_proof(index, size, leaves[:size], kind.hash))
    return ProofFile(index, proof, note, SALT + RECORD)


def _broken(note: Note, at: int) -> Note:
    """The note with the last bit of a signature turned."""
    lines = list(note.signatures)
    old = lines[at]
    lines[at] = Signature(old.name, old.key_id, old.data[:-1] + bytes([old.data[-1] ^ 1]))
    return Note(note.text, tuple(lines))


def _stated(note: Note, seconds: int) -> Note:
    """The witness's line with another time, not signed anew."""
    log, witness = note.signatures
    return Note(
        note.text, (log, Signature(witness.name, witness.key_id, seconds.to_bytes(8, "big") + witness.data[8:]))
    )


def _with(file: ProofFile, **changes: Any) -> ProofFile:
    return ProofFile(**({n: getattr(file, n) for n in ("index", "proof", "checkpoint", "extra")} | changes))


def _altered(file: ProofFile) -> list[tuple[str, bytes]]:
    text, good = bytes(file).decode(), file
    turned = bytes([good.proof[3][0] ^ 1]) + good.proof[3][1:]
    other = RECORD.replace(b"000123", b"000124")
    extra = base64.b64encode(SALT + RECORD).decode()
    return [
        ("another index", bytes(_with(good, index=INDEX + 1))),
        ("an index beyond the tree", bytes(_with(good, index=SIZE))),
        ("a node changed", bytes(_with(good, proof=(*good.proof[:3], turned, *good.proof[4:])))),
        ("a node missing", bytes(_with(good, proof=good.proof[:-1]))),
        ("a node too many", bytes(_with(good, proof=(*good.proof, good.proof[0])))),
        ("no nodes", bytes(_with(good, proof=()))),
        ("another record", bytes(_with(good, extra=SALT + other))),
        ("another salt", bytes(_with(good, extra=SALT[::-1] + RECORD))),
        ("no record", bytes(_with(good, extra=None))),
        ("a record that is none", bytes(_with(good, extra=b"x"))),
        ("the log's signature turned", bytes(_with(good, checkpoint=_broken(good.checkpoint, 0)))),
        ("a witness's signature turned", bytes(_with(good, checkpoint=_broken(good.checkpoint, 1)))),
        ("an earlier time under the witness's name", bytes(_with(good, checkpoint=_stated(good.checkpoint, SEEN - 86400)))),
        ("no time under the witness's name", bytes(_with(good, checkpoint=_stated(good.checkpoint, 0)))),
        ("a larger tree", text.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n").encode()),
        ("another origin in the text", text.replace(f"\n{ORIGIN}\n", "\nevil.example/log\n").encode()),
        ("signatures cut off", text[: text.rindex("\n\n") + 1].encode()),
        ("version 2", text.replace("@v1", "@v2").encode()),
        ("a leading zero", text.replace(f"index {INDEX}", f"index 0{INDEX}").encode()),
        ("base64 of another form", text.replace(extra, extra.rstrip("=")).encode() if extra.endswith("=") else b"x"),
        ("something before", b"\n" + text.encode()),
        ("something behind", text.encode() + b"x"),
        ("line ends of another system", text.replace("\n", "\r\n").encode()),
        ("not text", b"\xff\xfe" + text.encode()),
        ("nothing", b""),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(40)),
    ]  # fmt: skip


def proofs(label: str) -> dict[str, Any]:
    """proofs.json: a proof file a case, and what it proves with these keys."""
    ed, sm2 = ED25519_LOG, SM2_LOG
    good = _file(ed)
    rows: list[tuple[str, str, bytes, list[str] | None]] = [
        ("good", "Ed25519", bytes(good), [ed.witness.key.name]),
        ("the first leaf", "Ed25519", bytes(_file(ed, 0)), [ed.witness.key.name]),
        ("the last leaf", "Ed25519", bytes(_file(ed, SIZE - 1)), [ed.witness.key.name]),
        ("the only leaf", "Ed25519", bytes(_file(ed, 0, 1)), [ed.witness.key.name]),
        ("no witness", "Ed25519", bytes(_file(ed, signers=(ed.log,))), []),
        ("a witness that nobody knows", "Ed25519", bytes(_file(ed, signers=(ed.log, ed.second))), []),
        ("only the witness signed", "Ed25519", bytes(_file(ed, signers=(ed.witness,))), None),
        ("another log by the same name", "Ed25519", bytes(_file(ed, signers=(STRANGER, ed.witness))), None),
        ("another log's checkpoint", "Ed25519", bytes(_file(ed, origin="other.example/log")), None),
        ("a log of the other kind", "Ed25519", bytes(_file(sm2)), None),
        *((name, "Ed25519", data, None) for name, data in _altered(good)),
        ("good under state cryptography", "SM2-SM3", bytes(_file(sm2)), [sm2.witness.key.name]),
        ("a leaf under state cryptography", "SM2-SM3", bytes(_file(sm2, by=STATE)), [sm2.witness.key.name]),
        (
            "another record, a leaf under state cryptography",
            "SM2-SM3",
            bytes(_with(_file(sm2, by=STATE), extra=SALT[::-1] + RECORD)),
            None,
        ),
        *((f"{name} (SM2)", "SM2-SM3", data, None) for name, data in _altered(_file(sm2))[:14]),
    ]
    return {
        "about": "Check `file` (base64) as a proof file with the verifier keys of `keys`[`log`]. `expect` is null where it must "
        "be refused, else the index, the size, the number in its record and the witnesses whose time counts.",
        "label": label,
        "keys": {
            name: {"log": str(kind.log.key), "witnesses": [str(kind.witness.key)]}
            for name, kind in (("Ed25519", ed), ("SM2-SM3", sm2))
        },
        "cases": [
            {
                "name": name, "log": kind, "file": base64.b64encode(data).decode(),
                "expect": None if seen is None else _expected(data, seen),
            }
            for name, kind, data, seen in rows
        ],
    }  # fmt: skip


def _expected(data: bytes, seen: list[str]) -> dict[str, Any]:
    file = ProofFile.parse(data)
    size = Checkpoint.parse(file.checkpoint.text).size
    witnesses = [{"name": name, "time": SEEN} for name in seen]
    return {"index": file.index, "size": size, "number": "YT-2026-000123", "witnesses": witnesses}
