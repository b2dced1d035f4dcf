"""The register's log: leaves in order, the tree above them, signed heads, and what witnesses put under them."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base
from app.store.models.facts import Sequence


class Log(Base):
    """The one log of this installation: its name and key. `batched_on` is the last day whose speech has entered."""

    __tablename__ = "logs"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(200))
    suite: Mapped[str] = mapped_column(String(16))
    verifier: Mapped[str] = mapped_column(String(400))
    private: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    batched_on: Mapped[date]


class LogQueued(Base):
    """A leaf that waits for its place, stored with its fact. `held`: until the daily batch of what enterprises say."""

    __tablename__ = "log_queue"
    __table_args__ = (Index("ix_log_queue_held_seq", "held", "seq"),)
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    held: Mapped[bool] = mapped_column(Boolean)
    queued_at: Mapped[datetime | None]  # None for what is held: it would tell when somebody spoke


class LogEntry(Base):
    """The leaf at a position. Insert-only."""

    __tablename__ = "log_entries"
    position: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


class LogTile(Base):
    """The nodes of a tile (c2sp.org/tlog-tiles); the last of a level grows until it has 256."""

    __tablename__ = "log_tiles"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    nodes: Mapped[bytes] = mapped_column(LargeBinary)


class LogHead(Base):
    """The tree at a size. `note` is the signed checkpoint, made in a later transaction than the leaves."""

    __tablename__ = "log_heads"
    size: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)


class LogWitness(Base):
    """A witness that this installation knows, by its verifier key."""

    __tablename__ = "log_witnesses"
    verifier: Mapped[str] = mapped_column(String(400), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    trusted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class LogCosignature(Base):
    """A witness's first signature line under a head, and when it last saw that head (by its own clock)."""

    __tablename__ = "log_cosignatures"
    size: Mapped[int] = mapped_column(Sequence, ForeignKey("log_heads.size"), primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(400), ForeignKey("log_witnesses.verifier"), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class LogDummy(Base):
    """A leaf that means nothing and fills up a batch. Its salt proves that it never meant anything."""

    __tablename__ = "log_dummies"
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
