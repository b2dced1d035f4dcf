"""Trees and proofs: vectors of a public project, then properties at random sizes."""

from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.transparency import (
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

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOT_1 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
ROOT_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

# github.com/transparency-dev/merkle (Apache-2.0), testdata/inclusion/N/happy-path.json: index, size, leaf node, root, proof.
INCLUSION = [
    (0, 8, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
     ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
      "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="]),
    (5, 8, "QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
     ["vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=", "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
      "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="]),
    (2, 3, "ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=", "rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=",
     ["+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU="]),
    (1, 5, "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=",
     ["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
      "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="]),
]  # fmt: skip
# The same project, testdata/consistency/N/happy-path.json: sizes, roots, proof.
CONSISTENCY = [
    (1, 1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", []),
    (1, 8, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
     ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=", "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
      "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="]),
    (6, 8, "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
     ["DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=", "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
      "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="]),
    (2, 5, "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=", "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=",
     ["Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=", "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="]),
]  # fmt: skip

sizes = st.integers(1, 200)
hashes = st.sampled_from([sha256, sm3])


def entries(size: int) -> list[bytes]:
    return [sha256(number.to_bytes(4, "big")) for number in range(size)]


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, written down as it stands there: an independent computation."""
    if len(leaves) <= 1:
        return leaf_hash(leaves[0]) if leaves else sha256(b"")
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


def test_known_roots() -> None:
    assert root(LEAVES[:1]).hex() == ROOT_1
    assert root(LEAVES).hex() == ROOT_8
    assert root([]) == sha256(b"")


def test_sm3_is_the_hash_of_the_national_standard() -> None:
    """GB/T 32905-2016, example A.1."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize(("index", "size", "node", "top", "proof"), INCLUSION)
def test_public_inclusion_vectors(index: int, size: int, node: str, top: str, proof: list[str]) -> None:
    nodes = [b64decode(text) for text in proof]
    assert leaf_hash(LEAVES[index]) == b64decode(node)
    assert inclusion_proof(index, size, LEAVES) == nodes
    assert verify_inclusion(b64decode(node), index, size, nodes, b64decode(top)) is None


@pytest.mark.parametrize(("size1", "size2", "root1", "root2", "proof"), CONSISTENCY)
def test_public_consistency_vectors(size1: int, size2: int, root1: str, root2: str, proof: list[str]) -> None:
    nodes = [b64decode(text) for text in proof]
    assert consistency_proof(size1, size2, LEAVES) == nodes
    assert verify_consistency(size1, size2, nodes, b64decode(root1), b64decode(root2)) is None


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 130))
def test_the_root_is_the_one_of_the_rfc(size: int) -> None:
    assert root(entries(size)) == plain_root(entries(size))


@settings(deadline=None, max_examples=60)
@given(st.data(), sizes, hashes)
def test_every_inclusion_proof_verifies_and_no_altered_one(data: st.DataObject, size: int, hash: object) -> None:
    leaves = entries(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, leaves, hash)
    node, top = leaf_hash(leaves[index], hash), root(leaves, hash)
    verify_inclusion(node, index, size, proof, top, hash)
    for changed in altered(data, [node, top, *proof]):
        refused(verify_inclusion, changed[0], index, size, changed[2:], changed[1], hash)
    for wrong in resized(data, proof):
        refused(verify_inclusion, node, index, size, wrong, top, hash)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        refused(verify_inclusion, node, other, size, proof, top, hash)


@settings(deadline=None, max_examples=60)
@given(st.data(), sizes, sizes, hashes)
def test_every_consistency_proof_verifies_and_no_altered_one(
    data: st.DataObject, one: int, other: int, hash: object
) -> None:
    size1, size2 = sorted((one, other))
    leaves = entries(size2)
    proof = consistency_proof(size1, size2, leaves, hash)
    root1, root2 = root(leaves[:size1], hash), root(leaves, hash)
    verify_consistency(size1, size2, proof, root1, root2, hash)
    for changed in altered(data, [root1, root2, *proof]):
        refused(verify_consistency, size1, size2, changed[2:], changed[0], changed[1], hash)
    for wrong in resized(data, proof):
        refused(verify_consistency, size1, size2, wrong, root1, root2, hash)
    if size1 != size2:
        refused(verify_consistency, size2, size1, proof, root2, root1, hash)
        refused(verify_consistency, size1, size2, proof, root2, root1, hash)


@settings(deadline=None, max_examples=60)
@given(sizes)
def test_a_proof_of_one_hash_is_none_of_the_other(size: int) -> None:
    leaves = entries(size)
    refused(verify_inclusion, leaf_hash(leaves[0], sm3), 0, size, inclusion_proof(0, size, leaves, sm3), root(leaves))


@pytest.mark.parametrize(
    ("size1", "size2", "proof"),
    [
        (0, 0, []), (0, 1, []), (0, 1, [sha256(b"")]), (0, 8, []), (0, 8, [sha256(b"")] * 3), (1, 0, []), (-1, 1, []),
        (2, 1, []), (1, 1, [sha256(b"")]), (1, 2, []), (2**63, 2**63, []), (True, 1, []), (1.0, 1, []),
    ],
)  # fmt: skip
def test_tricks_with_sizes_are_refused(size1: int, size2: int, proof: list[bytes]) -> None:
    """From an empty tree nothing follows: also equal roots and an empty proof show nothing."""
    refused(verify_consistency, size1, size2, proof, sha256(b""), sha256(b""))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (0, -1), (0, 2**63), (False, 1), ("0", 1)])
def test_tricks_with_an_index_are_refused(index: int, size: int) -> None:
    refused(verify_inclusion, sha256(b""), index, size, [], sha256(b""))


def test_an_inner_node_is_no_leaf() -> None:
    """The classic second preimage: two nodes side by side are not the data of a leaf."""
    inner = leaf_hash(LEAVES[0]) + leaf_hash(LEAVES[1])
    refused(verify_inclusion, leaf_hash(inner), 0, 1, [], root(LEAVES[:2]))


@pytest.mark.parametrize("wrong", [b"", b"\0" * 31, b"\0" * 33, "0" * 32])
def test_nodes_of_a_wrong_length_or_kind_are_refused(wrong: object) -> None:
    refused(verify_inclusion, wrong, 0, 1, [], wrong)
    refused(verify_consistency, 3, 3, [], wrong, wrong)
    refused(verify_inclusion, leaf_hash(b""), 0, 2, [wrong], root(LEAVES[:2]))


def test_leaves_that_are_missing_are_named() -> None:
    refused(inclusion_proof, 0, 9, LEAVES)
    refused(consistency_proof, 1, 9, LEAVES)


def altered(data: st.DataObject, parts: list[bytes]) -> list[list[bytes]]:
    """For each part, the parts with one bit of it flipped."""
    bit = data.draw(st.integers(0, 255))
    flip = lambda part: bytes(byte ^ (1 << bit % 8) * (at == bit // 8) for at, byte in enumerate(part))  # noqa: E731
    return [[*parts[:at], flip(part), *parts[at + 1 :]] for at, part in enumerate(parts)]


def resized(data: st.DataObject, proof: list[bytes]) -> list[list[bytes]]:
    """The proof with a node dropped, added or doubled, anywhere."""
    at = data.draw(st.integers(0, len(proof)))
    extra = data.draw(st.sampled_from([sha256(b""), b"\0" * 32, *proof]))
    dropped = [[*proof[:gone], *proof[gone + 1 :]] for gone in range(len(proof))]
    return [*dropped, [*proof[:at], extra, *proof[at:]], [*proof, b""]]


def refused(function: object, *arguments: object) -> None:
    with pytest.raises(ProofError):
        function(*arguments)  # type: ignore[operator]
