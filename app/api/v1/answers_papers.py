"""What answers about papers look like (as app/api/v1/answers.py, for papers)."""

# mypy: disable-error-code="valid-type"

from datetime import datetime
from typing import Literal

from app.api.v1.answers import Page
from app.api.v1.pieces import Told
from app.domain.papers.kinds import KINDS
from app.domain.papers.lifecycle import STATES


class Paper(Told):
    """A paper 文书; `number` is its 文号, null before signing and for kinds without one."""

    id: str
    kind: Literal[tuple(KINDS)]
    title: str
    number: str | None
    state: Literal[STATES]
    unit: str
    drafted_at: datetime
    signed_at: datetime | None
    served_at: datetime | None
    pdf_url: str


class PaperList(Page):
    items: list[Paper]
