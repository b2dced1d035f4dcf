"""Merkle trees and their proofs (RFC 6962 section 2.1, RFC 9162 section 2.1).

A proof is the list of roots of certain ranges of leaves. Which ranges follows from the numbers alone, so that the same
two functions (`inclusion_ranges`, `consistency_ranges`) serve whoever makes a proof, from leaves or from tiles, and
whoever verifies one: a proof with a node too few or too many has the wrong length before anything is hashed.
"""

import hashlib
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives import hashes

HASH_BYTES = 32  # SHA-256 and SM3 alike
MAX_SIZE = 2**63 - 1  # what the public tools (signed 64 bits) can count

Hash = Callable[[bytes], bytes]
Range = tuple[int, int]  # leaves from the first up to, not including, the second


class ProofError(ValueError):
    """A proof that does not show what it claims, or numbers for which there is no proof."""


def sha256(data: bytes) -> bytes:
    """The hash of a log whose key is Ed25519, and the default."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """The hash of a log under state cryptography (GB/T 32905), whose key is SM2."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def leaf_hash(data: bytes, hash: Hash = sha256) -> bytes:
    """The node of a leaf with these data. The prefix keeps a leaf from being passed off as an inner node."""
    return hash(b"\x00" + data)


def node_hash(left: bytes, right: bytes, hash: Hash = sha256) -> bytes:
    """The node above two others."""
    return hash(b"\x01" + left + right)


def root(leaves: Sequence[bytes], hash: Hash = sha256) -> bytes:
    """The root of a tree with these leaf data, in order; of no leaves, the hash of nothing."""
    return root_of_nodes([leaf_hash(data, hash) for data in leaves], hash)


def root_of_nodes(nodes: Sequence[bytes], hash: Hash = sha256) -> bytes:
    """The root over nodes that stand side by side at one height; the last one may stand for less than the others.

    Pairing level by level and lifting an odd last node gives the split at the largest power of two of RFC 6962.
    """
    if not nodes:
        return hash(b"")
    while len(nodes) > 1:
        paired = [hash(b"\x01" + left + right) for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = [*paired, nodes[-1]] if len(nodes) % 2 else paired
    return nodes[0]


def split(width: int) -> int:
    """The largest power of two below `width` (at least 2): where RFC 6962 parts a tree."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose roots prove leaf `index` in a tree of `size`, from its sibling up. Raises ProofError."""
    _check_number(index, "index")
    _check_number(size, "size")
    if index >= size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    low, high = 0, size
    ranges: list[Range] = []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(size1: int, size2: int) -> tuple[list[Range], bool]:
    """The ranges whose roots prove that a tree of `size2` begins with one of `size1`; and whether the smaller tree is
    itself the first node, so that its root is left out. Raises ProofError.

    From a tree of size 0 nothing can be proved (RFC 9162, 2.1.4: 0 < first), so that is refused instead of accepted.
    """
    _check_number(size1, "size1")
    _check_number(size2, "size2")
    if not 0 < size1 <= size2:
        raise ProofError(f"no consistency proof leads from {size1} leaves to {size2}")
    low, high = 0, size2
    ranges: list[Range] = []
    while high != size1:
        middle = low + split(high - low)
        if size1 <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:
        ranges.append((low, high))
    return ranges[::-1], not low


def inclusion_proof(index: int, size: int, leaves: Sequence[bytes], hash: Hash = sha256) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` of these leaf data. Raises ProofError."""
    ranges = inclusion_ranges(index, size)
    return _roots_of(ranges, size, leaves, hash)


def consistency_proof(size1: int, size2: int, leaves: Sequence[bytes], hash: Hash = sha256) -> list[bytes]:
    """The proof that the tree of the first `size2` leaf data begins with that of the first `size1`. Raises ProofError."""
    ranges, _ = consistency_ranges(size1, size2)
    return _roots_of(ranges, size2, leaves, hash)


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, hash: Hash = sha256
) -> None:
    """Returns None when `proof` shows the node `leaf_hash` at `index` of the tree of `size` with `root`.

    Raises ProofError otherwise (RFC 9162, 2.1.3.2).
    """
    ranges = inclusion_ranges(index, size)
    _check_lengths(proof, len(ranges), leaf_hash, root)
    node = leaf_hash
    for (start, _), sibling in zip(ranges, proof, strict=True):
        node = node_hash(node, sibling, hash) if start > index else node_hash(sibling, node, hash)
    _check_equal(node, root, "the proof leads to another root")


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes, hash: Hash = sha256
) -> None:
    """Returns None when `proof` shows that the tree of `size2` with `root2` begins with the one of `size1`, `root1`.

    Raises ProofError otherwise (RFC 9162, 2.1.4.2).
    """
    ranges, starts_at_root1 = consistency_ranges(size1, size2)
    _check_lengths(proof, len(ranges), root1, root2)
    steps = list(zip(ranges, proof, strict=True))
    smaller = larger = root1 if starts_at_root1 else steps.pop(0)[1]
    for (start, _), node in steps:
        if start >= size1:  # right of the smaller tree: only the larger one has it
            larger = node_hash(larger, node, hash)
        else:
            smaller, larger = node_hash(node, smaller, hash), node_hash(node, larger, hash)
    _check_equal(smaller, root1, "the proof does not lead to the smaller root")
    _check_equal(larger, root2, "the proof does not lead to the larger root")


def _roots_of(ranges: Sequence[Range], size: int, leaves: Sequence[bytes], hash: Hash) -> list[bytes]:
    if size > len(leaves):
        raise ProofError(f"{len(leaves)} leaves are no tree of {size}")
    return [root(leaves[start:end], hash) for start, end in ranges]


def _check_number(value: int, name: str) -> None:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise ProofError(f"{name} is not a number from 0 to 2^63 - 1")


def _check_lengths(proof: Sequence[bytes], nodes: int, *others: bytes) -> None:
    if len(proof) != nodes:
        raise ProofError(f"the proof has {len(proof)} nodes instead of {nodes}")
    if any(not isinstance(node, bytes) or len(node) != HASH_BYTES for node in (*proof, *others)):
        raise ProofError("a node is not 32 bytes")


def _check_equal(left: bytes, right: bytes, reason: str) -> None:
    if left != right:  # all of it is public, so no constant time
        raise ProofError(reason)
