"""The application for a re-check, filled in from the visit that found the problem."""

from datetime import datetime
from typing import Any

from app.domain.inspections import Inspection
from app.web.inspector import forms


def again(i: Inspection, unit: str | None, uscc: str | None, name: str, number: str, now: datetime) -> dict[str, Any]:
    """A triggered visit with the cause `recheck` of only the items that had a problem."""
    found = [r.item for r in i.results if r.outcome == "problem_found"]
    return forms.again(i, unit, uscc, name, now) | {
        "kind": "triggered",
        "cause": "recheck",
        "plan_code": "",
        "recheck_of": i.id,
        "items": found or list(i.items),
        "reason": f"整改复核：{number}",
    }
