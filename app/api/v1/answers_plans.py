"""What answers about plans look like, for OpenAPI and for the tests that hold real answers to it."""

# mypy: disable-error-code="valid-type"

from datetime import date
from typing import Literal

from app.api.v1.answers import Page
from app.api.v1.pieces import Told, UnitShort
from app.domain.plans import JOINT_ROLES, KINDS, STATES


class Progress(Told):
    """Enterprises `wanted` (null: the plan names no number) and `visited`, `visits` made, and visits `under_way`."""

    wanted: int | None
    visited: int
    visits: int
    under_way: int


class ItemName(Told):
    code: str
    name: str


class PlanRow(Told):
    """One row; `share_percent` is a decimal number as text."""

    item: ItemName
    basis: str
    objects: str | None
    objects_wanted: int | None
    share_percent: str | None
    content: str | None
    way: str | None
    frequency: str | None
    cap: int | None
    timing: str | None
    starts_on: date
    ends_on: date
    office: str | None
    joint_role: Literal[JOINT_ROLES] | None
    partners: str | None
    note: str | None
    progress: Progress


class Plan(Told):
    """`imported_dates`: at least one date was brought along from elsewhere instead of being a step taken here."""

    code: str
    unit: UnitShort
    kind: Literal[KINDS]
    title: str
    state: Literal[STATES]
    note: str | None
    starts_on: date
    ends_on: date
    approved_on: date | None
    filed_on: date | None
    published_on: date | None
    withdrawn_on: date | None
    imported_dates: bool
    progress: Progress
    rows: list[PlanRow]


class PlanList(Page):
    items: list[Plan]
