"""Files that people send (photographs, papers, recorded voice), sealed at rest; and long work in the background."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class FileRow(Base):
    """A kept file. `sealed` is what the vault made of its bytes; an erased file keeps its row and its `sha256`.

    The fact about its subject names the file by id and `sha256`, so that it cannot be exchanged unnoticed.
    """

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_subject", "subject_kind", "subject_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Id)
    erased_at: Mapped[datetime | None]


class Job(Base):
    """Long work that an actor asked for. `params` and `result` are JSON; `problem` is a sentence's code and data."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state", "created_at"), Index("ix_jobs_actor", "actor", "created_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    params: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))  # queued | running | done | failed
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
