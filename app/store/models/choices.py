"""What somebody chose for the own pages. No facts: it changes nothing for anybody else and proves nothing."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Id


class OwnChoice(Base):
    """`owner` is an actor or a person of an enterprise's space, `name` what was chosen (tour.…, columns.…)."""

    __tablename__ = "own_choices"
    owner: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
