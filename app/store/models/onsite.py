"""On site and afterwards: check points, drafts of results, photographs, the place of a shown code, rectifications."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class ItemPoint(Base):
    """A check point (检查要点) of an item, with the standard it is held against, during a time."""

    __tablename__ = "item_points"
    __table_args__ = (Index("ix_item_points_item", "item", "valid_from"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"))
    no: Mapped[int]
    point: Mapped[str] = mapped_column(String(300))
    standard: Mapped[str | None] = mapped_column(String(500))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class RegionPlace(Base):
    """Where a region's middle lies, in hundredths of a degree (about a kilometre), WGS 84."""

    __tablename__ = "region_places"
    region: Mapped[str] = mapped_column(Code, ForeignKey("regions.code"), primary_key=True)
    lat: Mapped[int]
    lon: Mapped[int]


class VisitDraft(Base):
    """What was filled in on site and not recorded yet: JSON, one row an item (item "" is the rest of the form)."""

    __tablename__ = "visit_drafts"
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    item: Mapped[str] = mapped_column(Code, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(Id)


class VisitPhoto(Base):
    """A photograph taken on site, and the item it belongs to ("": the visit). Removed with its file until recorded."""

    __tablename__ = "visit_photos"
    file: Mapped[str] = mapped_column(Id, ForeignKey("files.id"), primary_key=True)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), index=True)
    item: Mapped[str] = mapped_column(Code)
    recorded: Mapped[bool] = mapped_column(default=False, server_default=false())


class CodePlace(Base):
    """Where a code was shown, once a visit, coarse: hundredths of a degree. The fact has only its salted hash.

    Deleted after a year; the fact `place.erased` says so.
    """

    __tablename__ = "code_places"
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    lat: Mapped[int]
    lon: Mapped[int]
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    recorded_at: Mapped[datetime] = mapped_column(index=True)


class RectificationRow(Base):
    """A rectification (责令改正) that an inspection ordered, folded from the facts about it."""

    __tablename__ = "rectifications"
    __table_args__ = (Index("ix_rectifications_unit", "unit", "state", "due_on"),)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    enterprise_id: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rounds: Mapped[int]
