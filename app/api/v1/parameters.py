"""What query parameters look like in the document: their types, choices, and which must be given."""

from typing import Any

from app.domain import inspections, plans
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.findings import BLUE, RED, YELLOW
from app.domain.supervision import STATES as FLAG_STATES
from app.queries.paging import MOST, USUAL
from app.queries.stats import BY

TEXT: dict[str, Any] = {"type": "string"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
USUALLY: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    "severity": {"type": "string", "enum": [RED, YELLOW, BLUE]},
    "rule": {"type": "string", "enum": sorted(CATALOGUE)},
    "year": {"type": "string", "pattern": "^20[0-9]{2}$"},
    "by": {"type": "string", "enum": list(BY), "default": "unit"},
}
OWN: dict[str, dict[str, dict[str, Any]]] = {
    "list_inspections": {
        "state": {"type": "string", "enum": list(inspections.STATES)},
        "kind": {"type": "string", "enum": list(inspections.KINDS)},
        "from": MOMENT,
        "to": MOMENT,
    },
    "list_flags": {"state": {"type": "string", "enum": list(FLAG_STATES)}, "from": DAY, "to": DAY},
    "list_plans": {
        "state": {"type": "string", "enum": list(plans.STATES)},
        "kind": {"type": "string", "enum": list(plans.KINDS)},
    },
    "list_officers": {"limit": {"type": "integer", "minimum": 1, "maximum": MOST}},
    "get_stats": {"from": DAY, "to": DAY},
}
REQUIRED = {"get_stats": ("from", "to")}


def described(operation: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """The query parameters of an operation, as OpenAPI wants them."""
    shapes, needed = USUALLY | OWN.get(operation, {}), REQUIRED.get(operation, ())
    return [
        {
            "name": name, "in": "query", "description": text, "required": name in needed,
            "allowEmptyValue": name not in needed, "schema": shapes.get(name, TEXT),
        }
        for name, text in query.items()
    ]  # fmt: skip
