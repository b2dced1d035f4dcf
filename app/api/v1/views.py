"""Brings the operations together, so that the blueprint has them all."""

from app.api.v1 import (
    batch,
    case_records,
    changes,
    flags,
    inspections,
    joint,
    onsite,
    openapi,
    papers,
    plans,
    public,
    reference,
)
from app.api.v1.operations import blueprint

__all__ = [
    "batch",
    "blueprint",
    "case_records",
    "changes",
    "flags",
    "inspections",
    "joint",
    "onsite",
    "openapi",
    "papers",
    "plans",
    "public",
    "reference",
]
