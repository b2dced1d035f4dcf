"""The log in the database: the queue of leaves, entries, tiles, heads. What they mean is app.domain.transparency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.transparency import (
    TILE_WIDTH,
    Edge,
    Hash,
    ReadTile,
    Tile,
    TileError,
    TileTree,
    append,
    entry_bundle,
    leaf_hash,
)
from app.store.models import LogCosignature, LogEntry, LogHead, LogQueued, LogTile

HASH_BYTES = 32
HEADS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Head:
    """A stored tree: its size and root. The empty one has the root b""."""

    size: int = 0
    root: bytes = b""


def take(session: Session, held: bool, limit: int) -> list[bytes]:
    """Takes up to `limit` waiting leaves out of the queue, in the order in which they came."""
    query = select(LogQueued.seq, LogQueued.leaf).where(LogQueued.held == held).order_by(LogQueued.seq).limit(limit)
    rows = session.execute(query).all()
    if rows:
        seqs = [row.seq for row in rows]
        if len(seqs) == 1:
            session.execute(delete(LogQueued).where(LogQueued.seq == seqs[0]))
        else:
            # What an open transaction adds in between later has a seq of its own and was not taken: name them all.
            for at in range(0, len(seqs), 1000):
                session.execute(delete(LogQueued).where(LogQueued.seq.in_(seqs[at : at + 1000])))
    return [row.leaf for row in rows]


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many leaves wait to enter within seconds, and since when the oldest does."""
    query = select(func.count(), func.min(LogQueued.queued_at)).where(LogQueued.held.is_(False))
    count, since = session.execute(query).one()
    return count, since


def newest_head(session: Session) -> LogHead | None:
    return session.scalar(select(LogHead).order_by(LogHead.size.desc()).limit(1))


def newest_signed_head(session: Session) -> LogHead | None:
    query = select(LogHead).where(LogHead.note.is_not(None)).order_by(LogHead.size.desc()).limit(1)
    return session.scalar(query)


def prune_heads(session: Session, newest: int, now: datetime) -> None:
    """Deletes signed heads before `newest` that are a day old and bear no cosignature."""
    witnessed = select(LogCosignature.size).where(LogCosignature.size == LogHead.size).exists()
    old = (LogHead.size < newest, LogHead.made_at < now - HEADS_KEPT, ~witnessed)
    session.execute(delete(LogHead).where(*old).execution_options(synchronize_session=False))


def add(session: Session, before: Head, leaves: Sequence[bytes], hash: Hash, now: datetime) -> Head:
    """Appends leaf data to the stored tree `before`: entries, tiles and the unsigned head; the new head.

    Three statements, prepared once: single appends are what a quiet day is made of.
    """
    connection = session.connection()
    edge = _edges.get(before.root) or Edge.read(before.size, tile_reader(session))
    grown = append(edge, [leaf_hash(leaf, hash) for leaf in leaves], hash)
    connection.execute(_ADD_ENTRIES, [{"position": edge.size + n, "leaf": leaf} for n, leaf in enumerate(leaves)])
    rows = [{"level": tile.level, "number": tile.index, "nodes": nodes} for tile, nodes in grown.tiles]
    connection.execute(_WRITE_TILES[connection.dialect.name], rows)
    after = Head(grown.edge.size, grown.root)
    connection.execute(_ADD_HEAD, {"size": after.size, "root": after.root, "made_at": now, "note": None})
    _edges.clear()
    _edges[after.root] = grown.edge
    return after


def _write_tiles(make: Any) -> Any:
    statement = make(LogTile)
    return statement.on_conflict_do_update(index_elements=["level", "number"], set_={"nodes": statement.excluded.nodes})


# The edge that this process wrote last. A root binds its edge, so what somebody else wrote is simply not found here.
_edges: dict[bytes, Edge] = {}
_tables: Any = (LogEntry.__table__, LogHead.__table__)
_ADD_ENTRIES, _ADD_HEAD = (insert(table) for table in _tables)
_WRITE_TILES = {"sqlite": _write_tiles(sqlite.insert), "postgresql": _write_tiles(postgresql.insert)}


def tile_reader(session: Session) -> ReadTile:
    """How the pure part reads stored tiles. A tile that has grown since serves for its earlier, narrower self."""

    def read(level: int, number: int, width: int) -> bytes:
        nodes = session.scalar(select(LogTile.nodes).where(LogTile.level == level, LogTile.number == number))
        if nodes is None:
            raise TileError(f"there is no tile {level}/{number}")
        return bytes(nodes)

    return read


def tree(session: Session, size: int, hash: Hash) -> TileTree:
    """The stored tree, up to `size`."""
    return TileTree(size, tile_reader(session), hash)


def tile(session: Session, wanted: Tile) -> bytes | None:
    """The nodes of a tile, cut to its width; None where the tree is not that large."""
    where = (LogTile.level == wanted.level, LogTile.number == wanted.index)
    nodes = session.scalar(select(LogTile.nodes).where(*where))
    width = wanted.width * HASH_BYTES
    return bytes(nodes[:width]) if nodes is not None and len(nodes) >= width else None


def bundle(session: Session, wanted: Tile) -> bytes | None:
    """The leaf data below a tile of level 0; None where the tree is not that large."""
    found = entries(session, wanted.index * TILE_WIDTH, wanted.width)
    return entry_bundle(found) if len(found) == wanted.width else None


def entries(session: Session, first: int, count: int) -> list[bytes]:
    """Leaf data from position `first`."""
    where = (LogEntry.position >= first, LogEntry.position < first + count)
    return list(session.scalars(select(LogEntry.leaf).where(*where).order_by(LogEntry.position)))


def position_of(session: Session, leaf: bytes) -> int | None:
    """Where a leaf stands; None while it waits."""
    return session.scalar(select(LogEntry.position).where(LogEntry.leaf == leaf))
