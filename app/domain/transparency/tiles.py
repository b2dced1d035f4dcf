"""The tree as tiles: 256 nodes in a row, every eighth level stored (c2sp.org/tlog-tiles). Proofs from tiles, appends.

Tile `index` at `level` holds the roots of 256 full subtrees of 256^level leaves each. The last tile of a level may be
partial. A log that grows writes each full tile once and keeps, as its memory, only the partial ones: the right `Edge`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.transparency.merkle import (
    HASH_BYTES,
    MAX_SIZE,
    Hash,
    ProofError,
    consistency_ranges,
    inclusion_ranges,
    node_hash,
    root_of_nodes,
    sha256,
)

TILE_WIDTH = 256
TILE_HEIGHT = 8
ENTRIES = -1  # the "level" of entry bundles, which are cut like tiles of level 0
MAX_LEVEL = 63

ReadTile = Callable[[int, int, int], bytes]  # (level, index, width) -> the nodes, one after another


class TileError(ValueError):
    """A path, tile or bundle that is not well formed, or storage that gave something else than was asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The coordinates of a tile, or of an entry bundle when `level` is ENTRIES. `width` below 256 means partial."""

    level: int
    index: int
    width: int = TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree of `size`: for each level the nodes of its partial tile, maybe none."""

    size: int = 0
    partial: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, size: int, read_tile: ReadTile) -> "Edge":
        """The edge of a stored tree. Raises TileError when storage has not what a tree of this size needs."""
        partial = []
        for level in range(_levels(size)):
            full, width = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
            partial.append(_read(read_tile, level, full, width) if width else b"")
        return cls(size, tuple(partial))

    def root(self, hash: Hash = sha256) -> bytes:
        """The root of the tree, from the edge alone: its full subtrees, largest first, folded from the right."""
        peaks: list[bytes] = []
        for nodes in reversed(self.partial):
            at = 0
            while at < len(nodes):
                width = 1 << ((len(nodes) - at) // HASH_BYTES).bit_length() - 1
                peaks.append(_full_root(nodes[at : at + width * HASH_BYTES], hash))
                at += width * HASH_BYTES
        if not peaks:
            return hash(b"")
        node = peaks.pop()
        while peaks:
            node = node_hash(peaks.pop(), node, hash)
        return node


@lru_cache(maxsize=128)
def _full_root(nodes: bytes, hash: Hash) -> bytes:
    """The root of a full subtree. From one append to the next, all but the smallest of an edge stay as they were."""
    return root_of_nodes(_nodes(nodes), hash)


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the new edge, the new root and every tile that is new or wider than before, in order."""

    edge: Edge
    root: bytes
    tiles: tuple[tuple[Tile, bytes], ...]


def append(edge: Edge, leaf_hashes: Iterable[bytes], hash: Hash = sha256) -> Appended:
    """Appends a batch of leaf nodes to the tree that ends in `edge`. Raises TileError for nodes of a wrong length."""
    rising = list(leaf_hashes)
    if any(len(node) != HASH_BYTES for node in rising):
        raise TileError("a leaf node is not 32 bytes")
    size = edge.size + len(rising)
    if size > MAX_SIZE:
        raise TileError("the tree is full")
    changed: list[tuple[Tile, bytes]] = []
    partial: list[bytes] = []
    for level in range(_levels(size)):
        before = edge.partial[level] if level < len(edge.partial) else b""
        if not rising:
            partial.append(before)
            continue
        index = edge.size >> (TILE_HEIGHT * (level + 1))
        if len(before) // HASH_BYTES + len(rising) < TILE_WIDTH:  # what a quiet day is made of
            partial.append(before + b"".join(rising))
            changed.append((Tile(level, index, len(partial[-1]) // HASH_BYTES), partial[-1]))
            rising = []
            continue
        nodes = [*_nodes(before), *rising]
        grown, rising = bool(rising), []
        while len(nodes) >= TILE_WIDTH:
            full, nodes = nodes[:TILE_WIDTH], nodes[TILE_WIDTH:]
            changed.append((Tile(level, index), b"".join(full)))
            rising.append(root_of_nodes(full, hash))
            index += 1
        partial.append(b"".join(nodes))
        if grown and nodes:
            changed.append((Tile(level, index, len(nodes)), partial[-1]))
    after = Edge(size, tuple(partial))
    return Appended(after, after.root(hash), tuple(changed))


@dataclass(frozen=True, slots=True)
class TileTree:
    """A stored tree of `size`, read tile by tile as needed: three or four tiles for a proof among millions.

    A tile wider than asked for does as well (the log may have grown, or dropped the partial tile for the full one).
    Proofs are made from what storage says: whoever must not trust it checks the root against a checkpoint.
    """

    size: int
    read_tile: ReadTile
    hash: Hash = sha256

    def root(self) -> bytes:
        """The root of the tree. Raises TileError."""
        return Edge.read(self.size, self.read_tile).root(self.hash)

    def leaf_hash(self, index: int) -> bytes:
        """The node of one leaf. Raises ProofError when the tree has none such, TileError."""
        inclusion_ranges(index, self.size)
        return self._subtree(0, index, {})

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof of leaf `index` in the tree of `size` (default: all of it). Raises ProofError, TileError."""
        size = self._within(size)
        return self._roots(inclusion_ranges(index, size))

    def consistency_proof(self, size1: int, size2: int | None = None) -> list[bytes]:
        """The proof that the tree of `size2` (default: all) begins with that of `size1`. Raises ProofError, TileError."""
        ranges, _ = consistency_ranges(size1, self._within(size2))
        return self._roots(ranges)

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if size > self.size:
            raise ProofError(f"the stored tree has {self.size} leaves, not {size}")
        return size

    def _roots(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        seen: dict[tuple[int, int], Layers] = {}
        return [self._range_root(start, end, seen) for start, end in ranges]

    def _range_root(self, start: int, end: int, seen: "dict[tuple[int, int], Layers]") -> bytes:
        """Full subtrees from left to right, folded from the right: only the end of a range is ragged."""
        pieces: list[bytes] = []
        while start < end:
            height = (end - start).bit_length() - 1
            pieces.append(self._subtree(height, start >> height, seen))
            start += 1 << height
        node = pieces.pop()
        while pieces:
            node = node_hash(pieces.pop(), node, self.hash)
        return node

    def _subtree(self, height: int, number: int, seen: "dict[tuple[int, int], Layers]") -> bytes:
        """The root of the `number`-th full subtree of 2^height leaves."""
        level, inner = divmod(height, TILE_HEIGHT)
        tile, offset = divmod(number << inner, TILE_WIDTH)
        layers = seen.get((level, tile))
        if layers is None:
            width = min(TILE_WIDTH, (self.size >> (TILE_HEIGHT * level)) - tile * TILE_WIDTH)
            data = _read(self.read_tile, level, tile, width)
            # Level 0 is as wide as the log and seldom asked twice; the few tiles above are shared by all proofs.
            layers = _upper_layers(data, self.hash) if level else _layers(data, self.hash)
            seen[level, tile] = layers
        return layers[inner][offset >> inner]


Layers = tuple[Sequence[bytes], ...]


def _layers(data: bytes, hash: Hash) -> Layers:
    """The nodes of a tile and, above them, every full pair, up to one below the tile's own root."""
    layers = [_nodes(data)]
    for _ in range(TILE_HEIGHT - 1):
        below = layers[-1]
        layers.append([hash(b"\x01" + left + right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return tuple(layers)


_upper_layers = lru_cache(maxsize=256)(_layers)  # keyed by the bytes themselves, so it can never be stale


def _nodes(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def _levels(size: int) -> int:
    """How many levels of tiles a tree of `size` has."""
    return -(-size.bit_length() // TILE_HEIGHT)


def _read(read_tile: ReadTile, level: int, index: int, width: int) -> bytes:
    data = read_tile(level, index, width)
    if len(data) % HASH_BYTES or not width * HASH_BYTES <= len(data) <= TILE_WIDTH * HASH_BYTES:
        raise TileError(f"storage gave {len(data)} bytes for {tile_path(Tile(level, index, width))}")
    return data[: width * HASH_BYTES]


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a tree of `new` leaves has beyond or wider than one of `old`; all of them from 0."""
    for level in range(_levels(new)):
        before, after = old >> (TILE_HEIGHT * level), new >> (TILE_HEIGHT * level)
        if before == after:
            return
        full, width = divmod(after, TILE_WIDTH)
        yield from (Tile(level, index) for index in range(before // TILE_WIDTH, full))
        if width:
            yield Tile(level, full, width)


def tile_path(tile: Tile) -> str:
    """The path below the log's prefix, such as `tile/0/x001/x234/067.p/5` or `tile/entries/000`."""
    groups = [f"{tile.index % 1000:03d}"]
    rest = tile.index // 1000
    while rest:
        groups.insert(0, f"x{rest % 1000:03d}")
        rest //= 1000
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    partial = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


def parse_tile_path(path: str) -> Tile:
    """The coordinates that a path names. Raises TileError for any but the one canonical path of a tile."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("not the path of a tile")
    level, index, width = match.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(index.replace("x", "").replace("/", "")),
        int(width) if width else TILE_WIDTH,
    )
    in_bounds = tile.level <= MAX_LEVEL and 1 <= tile.width <= TILE_WIDTH and tile.index <= MAX_SIZE
    if not in_bounds or tile_path(tile) != path:
        raise TileError("not the path of a tile")
    return tile


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """1 to 256 leaf data, each behind its length in two bytes. Raises TileError."""
    if not 1 <= len(entries) <= TILE_WIDTH or any(len(entry) > 0xFFFF for entry in entries):
        raise TileError("a bundle holds 1 to 256 entries of at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(data: bytes) -> list[bytes]:
    """The leaf data of a bundle. Raises TileError when it is cut short, empty or too wide."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data) or len(entries) == TILE_WIDTH:
            raise TileError("not a bundle of entries")
        entries.append(data[at + 2 : end])
        at = end
    if not entries:
        raise TileError("an empty bundle is never served")
    return entries
