"""Rows of services/kept.py: dismissed flags reviewed by another person, file review (案卷评查), observers (社会监督员).

Each follows from its facts column by column. JSON columns are canonical text.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.words import digest


class Kept:
    """What every such row has."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Id)
    changed_at: Mapped[datetime]


class FlagReview(Kept, Base):
    """A dismissed flag that the lot chose, and who reviews it: never who dismissed it."""

    __tablename__ = "flag_reviews"
    __table_args__ = (Index("ix_flag_reviews_jurisdiction", "jurisdiction", "state"),)
    finding: Mapped[str] = mapped_column(Id, ForeignKey("findings.id"))
    lot: Mapped[str] = mapped_column(Id, ForeignKey("lots.id"))
    dismisser: Mapped[str] = mapped_column(Id)
    reviewer: Mapped[str] = mapped_column(Id)
    note: Mapped[str | None] = mapped_column(Text)


class Campaign(Kept, Base):
    """A file review: closed visits of a period, by lot or by risk. `sheet` is the score sheet as it was then."""

    __tablename__ = "campaigns"
    __table_args__ = (Index("ix_campaigns_jurisdiction", "jurisdiction"),)
    title: Mapped[str] = mapped_column(String(100))
    way: Mapped[str] = mapped_column(String(5))  # lot | risk
    first: Mapped[str] = mapped_column(String(10))
    last: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[int]
    sheet: Mapped[str] = mapped_column(Text)
    lot: Mapped[str | None] = mapped_column(Id, ForeignKey("lots.id"))


class CaseFile(Kept, Base):
    """One visit's file in a campaign: two reviewers, what each found (JSON {item: points}), and the settled score."""

    __tablename__ = "case_files"
    __table_args__ = (Index("uq_case_files_campaign_inspection", "campaign", "inspection", unique=True),)
    campaign: Mapped[str] = mapped_column(Id, ForeignKey("campaigns.id"))
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), index=True)
    reviewer_a: Mapped[str] = mapped_column(Id)
    reviewer_b: Mapped[str] = mapped_column(Id)
    scores_a: Mapped[str | None] = mapped_column(Text)
    scores_b: Mapped[str | None] = mapped_column(Text)
    settled: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None]
    faults: Mapped[str | None] = mapped_column(Text)


class Observation(Kept, Base):
    """What an observer saw, or an enterprise told an observer. No unit reads it.

    Its facts know what was said only as hashes with `salt`, so that it can be erased: text, name, answer and salt go together.
    """

    __tablename__ = "observations"
    __table_args__ = (Index("ix_observations_jurisdiction", "jurisdiction", "state"),)
    kind: Mapped[str] = mapped_column(String(12))  # observation | opinion
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    item: Mapped[str | None] = mapped_column(Code)
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    enterprise_name: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(12))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))

    @property
    def text_digest(self) -> str | None:
        return digest(self.salt, "text", self.text)

    @property
    def enterprise_name_digest(self) -> str | None:
        return digest(self.salt, "enterprise_name", self.enterprise_name)

    @property
    def answer_digest(self) -> str | None:
        return digest(self.salt, "answer", self.answer)


class Recusal(Kept, Base):
    """An enterprise where an observer does business (回避): no visit to it is observed by this one."""

    __tablename__ = "recusals"
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"))
    reason: Mapped[str] = mapped_column(String(200))


class Accompanying(Kept, Base):
    """An invitation to accompany a visit, and what the observer tells of it."""

    __tablename__ = "accompanyings"
    __table_args__ = (Index("uq_accompanyings_inspection_observer", "inspection", "observer", unique=True),)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"))
    observer: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    note: Mapped[str | None] = mapped_column(Text)
