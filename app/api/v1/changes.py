"""For systems that keep in step with this one: what has changed since, and closed ratings that another system gives back."""

# mypy: disable-error-code="valid-type"

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.v1 import answers
from app.api.v1.inspections import READERS, inspection_json
from app.api.v1.operations import Answer, Declared
from app.api.v1.pieces import Told
from app.api.v1.schemas import QUARTER, Schema, text
from app.context import installation
from app.domain.actors import INTEGRATION, SUPERVISOR, Actor
from app.queries import changes, inspections
from app.queries.paging import limit_of
from app.services.connector import received_figures
from app.store.database import Session
from app.store.unit_of_work import UnitOfWork

MOST = 2000
FROM = {
    "cursor": "Where the last call ended; nothing: from the beginning.",
    "limit": "1–200, 50 where nothing is said.",
}


class ChangesOut(Told):
    """`cursor` is where to go on from, also at the end; `more`: there is more already."""

    items: list[answers.Inspection]
    cursor: str
    more: bool


@Declared(
    "GET", "/changes", "Inspections that changed since a cursor, in the order of the log: poll it with the cursor it gave",
    READERS, query=FROM, answer=ChangesOut,
)  # fmt: skip
def list_changes(session: Session, who: Actor, query: dict[str, str]) -> Answer:
    found = changes.since(session, who, query.get("cursor", changes.BEGINNING), limit_of(query.get("limit")))
    shown = inspections.shown(session, who, found.inspections, installation().config.public_url)
    return Answer({"items": [inspection_json(s) for s in shown], "cursor": found.cursor, "more": found.more})


class FigureIn(Schema):
    """`points`: 1 to 5 in halves, of at least ten enterprises, as a closed quarter gives it."""

    unit: text(64)
    quarter: Annotated[str, Field(pattern=QUARTER)]
    points: Annotated[float, Field(ge=1, le=5, multiple_of=0.5)]


class FiguresIn(Schema):
    system: text(100)
    figures: list[FigureIn] = Field(min_length=1, max_length=MOST)


class FigureOut(Told):
    """`result`: added, corrected or unchanged."""

    unit: str
    quarter: str
    result: Literal["added", "corrected", "unchanged"]


class FiguresOut(Told):
    items: list[FigureOut]


EXAMPLE: dict[str, Any] = {
    "system": "云汀区检查码平台",
    "figures": [{"unit": "YT-YJJ", "quarter": "2026-Q1", "points": 4.5}],
}


@Declared(
    "POST", "/figures", "Closed ratings of units that another system gives back: one figure a unit and quarter, nothing else",
    (INTEGRATION, SUPERVISOR), FiguresIn, creates=True, example=EXAMPLE, answer=FiguresOut,
)  # fmt: skip
def receive_figures(work: UnitOfWork, who: Actor, body: FiguresIn) -> Answer:
    told = [received_figures.Figure(f.unit, f.quarter, round(f.points * 2)) for f in body.figures]
    came = received_figures.receive(work, who, body.system, told)
    items = [{"unit": f.unit, "quarter": f.quarter, "result": r} for f, r in zip(told, came, strict=True)]
    return Answer({"items": items})
