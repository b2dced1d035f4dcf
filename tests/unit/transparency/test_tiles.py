"""Tiles: paths and widths of the specification, appends in batches, proofs from tiles alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.transparency import (
    Edge,
    ProofError,
    Tile,
    TileError,
    TileTree,
    append,
    consistency_proof,
    entry_bundle,
    inclusion_proof,
    leaf_hash,
    parse_entry_bundle,
    parse_tile_path,
    root,
    sha256,
    sm3,
    tile_path,
    tiles_between,
    verify_consistency,
    verify_inclusion,
)
from app.domain.transparency.tiles import ENTRIES

LEAVES = [sha256(number.to_bytes(4, "big")) for number in range(70_000)]
NODES = [leaf_hash(data) for data in LEAVES]


class Shelf:
    """Storage as a dictionary of paths, that keeps every tile ever written and counts what is read."""

    def __init__(self) -> None:
        self.tiles: dict[str, bytes] = {}
        self.reads = 0

    def write(self, tiles: tuple[tuple[Tile, bytes], ...]) -> None:
        self.tiles.update((tile_path(tile), data) for tile, data in tiles)

    def __call__(self, level: int, index: int, width: int) -> bytes:
        self.reads += 1
        return self.tiles[tile_path(Tile(level, index, width))]


def stored(size: int) -> Shelf:
    shelf = Shelf()
    shelf.write(append(Edge(), NODES[:size]).tiles)
    return shelf


WHOLE = stored(70_000)
WHOLE_TREE = TileTree(70_000, WHOLE)


def test_the_example_of_the_specification() -> None:
    """c2sp.org/tlog-tiles, "Partial Tiles": a tree of 70,000."""
    tiles = list(tiles_between(0, 70_000))
    assert [len([tile for tile in tiles if tile.level == level and tile.width == 256]) for level in (0, 1, 2)] == [
        273,
        1,
        0,
    ]
    assert sorted((tile.level, tile.width) for tile in tiles if tile.width < 256) == [(0, 112), (1, 17), (2, 1)]
    assert [tile_path(tile) for tile in tiles_between(0, 256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert {tile_path(tile) for tile in tiles} == set(WHOLE.tiles)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0, 1), "tile/0/000.p/1"),
        (Tile(3, 1000, 255), "tile/3/x001/000.p/255"),
        (Tile(ENTRIES, 999), "tile/entries/999"),
        (Tile(63, 0), "tile/63/000"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile/0", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/x000/000",
        "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "/tile/0/000", "tile/0/000\n", "tile/data/000", "tile/0/../000", "tile/0/٠٠٠", "tile/0/000?x",
    ],
)  # fmt: skip
def test_anything_else_is_no_path(path: str) -> None:
    with pytest.raises(TileError):
        parse_tile_path(path)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 300), st.integers(0, 10**12), st.integers(1, 256))
def test_paths_read_back(level: int, index: int, width: int) -> None:
    tile = Tile(level % 64, index, width)
    assert parse_tile_path(tile_path(tile)) == tile


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 700), max_size=8))
def test_appends_in_any_batches_give_the_root_from_scratch(batches: list[int]) -> None:
    edge, shelf = Edge(), Shelf()
    for batch in batches:
        before = edge.size
        done = append(edge, NODES[before : before + batch])
        edge = done.edge
        shelf.write(done.tiles)
        assert [tile for tile, _ in done.tiles] == list(tiles_between(before, edge.size))
        assert done.root == edge.root() == root(LEAVES[: edge.size])
    assert edge == Edge.read(edge.size, shelf)
    assert all(shelf.tiles[path] == data for path, data in stored(edge.size).tiles.items())


@settings(deadline=None, max_examples=25)
@given(st.integers(65_000, 69_990), st.integers(0, 10))
def test_an_append_after_a_restart_continues_the_same_tree(size: int, batch: int) -> None:
    shelf = Shelf()
    shelf.write(append(Edge.read(65_000, prefix(65_000)), NODES[65_000:size]).tiles)
    shelf.tiles.update({path: data for path, data in prefix(65_000).tiles.items() if path not in shelf.tiles})
    assert append(Edge.read(size, shelf), NODES[size : size + batch]).root == append(Edge(), NODES[: size + batch]).root


_prefixes: dict[int, Shelf] = {}


def prefix(size: int) -> Shelf:
    return _prefixes.setdefault(size, stored(size))


@settings(deadline=None, max_examples=25)
@given(st.data(), st.integers(1, 1500))
def test_proofs_from_tiles_are_those_from_leaves(data: st.DataObject, size: int) -> None:
    tree = TileTree(size, stored(size))
    index, smaller = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.root() == root(LEAVES[:size])
    assert tree.leaf_hash(index) == NODES[index]
    assert tree.inclusion_proof(index) == inclusion_proof(index, size, LEAVES)
    assert tree.consistency_proof(smaller) == consistency_proof(smaller, size, LEAVES)


@settings(deadline=None, max_examples=25)
@given(st.data(), st.integers(1, 70_000))
def test_proofs_for_any_earlier_size_come_from_todays_tiles(data: st.DataObject, size: int) -> None:
    index, smaller = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    top, small = append(Edge(), NODES[:size]).root, append(Edge(), NODES[:smaller]).root
    verify_inclusion(NODES[index], index, size, WHOLE_TREE.inclusion_proof(index, size), top)
    verify_consistency(smaller, size, WHOLE_TREE.consistency_proof(smaller, size), small, top)


def test_a_proof_reads_few_tiles() -> None:
    before = WHOLE.reads
    WHOLE_TREE.inclusion_proof(12_345)
    assert WHOLE.reads - before <= 6


def test_sm3_trees_are_the_same_code() -> None:
    nodes = [leaf_hash(data, sm3) for data in LEAVES[:300]]
    done = append(Edge(), nodes, sm3)
    shelf = Shelf()
    shelf.write(done.tiles)
    tree = TileTree(300, shelf, sm3)
    assert done.root == root(LEAVES[:300], sm3) == tree.root()
    verify_inclusion(nodes[7], 7, 300, tree.inclusion_proof(7), done.root, sm3)


def test_a_wider_tile_will_do_and_a_shorter_or_ragged_one_will_not() -> None:
    grown = stored(200)
    assert TileTree(100, lambda level, index, width: grown.tiles["tile/0/000.p/200"]).root() == root(LEAVES[:100])
    for wrong in (b"", b"\0" * 31 * 32, b"\0" * 257 * 32, grown.tiles["tile/0/000.p/200"][:-1]):
        with pytest.raises(TileError):
            TileTree(200, lambda level, index, width, wrong=wrong: wrong).inclusion_proof(3)


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    tree = TileTree(10, stored(10))
    for impossible in (
        lambda: tree.inclusion_proof(10),
        lambda: tree.inclusion_proof(0, 11),
        lambda: tree.leaf_hash(-1),
    ):
        with pytest.raises(ProofError):
            impossible()
    with pytest.raises(TileError):
        append(Edge(), [b"short"])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_entry_bundles_read_back(entries: list[bytes]) -> None:
    assert parse_entry_bundle(entry_bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\1", b"\0\1ab", b"\0\0" * 257])
def test_a_damaged_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(TileError):
        parse_entry_bundle(data)


def test_a_bundle_of_none_or_too_many_is_not_made() -> None:
    for entries in ([], [b""] * 257, [b"\0" * 65_536]):
        with pytest.raises(TileError):
            entry_bundle(entries)
