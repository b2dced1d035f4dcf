"""Figures summed by day, so that a page over a year adds days instead of counting visits. No facts: all follows from rows."""

from datetime import date

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code
from app.store.models.facts import Sequence


class DayFigures(Base):
    """What a day of a jurisdiction counts under one key of a grain (store/day_figures.py). `shape` names what is counted.

    `counts` is JSON; `enterprises` the visited enterprises as sorted marks of eight bytes, so that sets of days can be joined;
    `digest` their hash, so that a process that has joined them once need not read them again.
    """

    __tablename__ = "day_figures"
    jurisdiction: Mapped[str] = mapped_column(Code, primary_key=True)
    grain: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    shape: Mapped[str] = mapped_column(String(16))
    counts: Mapped[str] = mapped_column(Text)
    enterprises: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), server_default=text("''"))


class FigureMark(Base):
    """A day whose sums no longer hold. Written by triggers in the transaction of the change, whoever makes it; append-only,
    so that nobody waits for anybody, and deleted when the day was summed again."""

    __tablename__ = "figure_marks"
    __table_args__ = (Index("ix_figure_marks_day", "jurisdiction", "day"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    day: Mapped[date]
