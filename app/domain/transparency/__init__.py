"""The register: an append-only Merkle log in the formats of C2SP, so that public tools can check it (docs/log.md).

Pure: keys, times and stored tiles are arguments. `merkle` has trees and proofs (RFC 6962, RFC 9162), `tiles` the storage
form and the incremental append (c2sp.org/tlog-tiles), `note` signed notes and their keys (c2sp.org/signed-note),
`checkpoint` the signed tree head and what witnesses add (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature), `bundle`
the proof file that an enterprise keeps (c2sp.org/tlog-proof).

The hash belongs to the key of the log: SHA-256 unless a caller passes `hash=sm3`. The data of a leaf are the 32 bytes of
`app.domain.facts.leaf_data`.
"""

from app.domain.transparency.bundle import ProofFile, Proven
from app.domain.transparency.checkpoint import Checkpoint, Cosignature, Opened, cosign, open_checkpoint
from app.domain.transparency.merkle import (
    Hash,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    sha256,
    sm3,
    verify_consistency,
    verify_inclusion,
)
from app.domain.transparency.note import (
    ED25519,
    ED25519_COSIGNATURE,
    Algorithm,
    Note,
    NoteError,
    Signature,
    Signer,
    VerifierKey,
    ed25519_signer,
    sm2_algorithm,
)
from app.domain.transparency.suites import (
    LOG_SUITES,
    SM2,
    SM2_COSIGNATURE,
    LogSuite,
    parse_verifier,
    suite_of,
)
from app.domain.transparency.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Appended,
    Edge,
    ReadTile,
    Tile,
    TileError,
    TileTree,
    append,
    entry_bundle,
    parse_entry_bundle,
    parse_tile_path,
    tile_path,
    tiles_between,
)

__all__ = [
    "ED25519",
    "ED25519_COSIGNATURE",
    "ENTRIES",
    "LOG_SUITES",
    "SM2",
    "SM2_COSIGNATURE",
    "TILE_WIDTH",
    "Algorithm",
    "Appended",
    "Checkpoint",
    "Cosignature",
    "Edge",
    "Hash",
    "LogSuite",
    "Note",
    "NoteError",
    "Opened",
    "ProofError",
    "ProofFile",
    "Proven",
    "ReadTile",
    "Signature",
    "Signer",
    "Tile",
    "TileError",
    "TileTree",
    "VerifierKey",
    "append",
    "consistency_proof",
    "cosign",
    "ed25519_signer",
    "entry_bundle",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "parse_entry_bundle",
    "parse_tile_path",
    "parse_verifier",
    "root",
    "sha256",
    "sm2_algorithm",
    "sm3",
    "suite_of",
    "tile_path",
    "tiles_between",
    "verify_consistency",
    "verify_inclusion",
]
