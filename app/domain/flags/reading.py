"""What a unit may read of the evidence of its own flags: of other units' visits the day, nothing else."""

from collections.abc import Collection, Mapping
from typing import Any

OTHERS = {"zh": "其他单位在{day}的检查", "en": "another unit's visit on {day}"}


def visit_ids(evidence: Mapping[str, Any]) -> list[str]:
    """The ids of the visits that the evidence names."""
    visits = evidence.get("visits")
    return [v["id"] for v in visits if isinstance(v, Mapping) and "id" in v] if isinstance(visits, list) else []


def for_unit(evidence: Mapping[str, Any], own: Collection[str], language: str) -> dict[str, Any]:
    """The evidence with every visit that is not in `own` as its day and a sentence, and without the list of units."""
    told = {name: value for name, value in evidence.items() if name != "units"}
    if visit_ids(evidence):
        told["visits"] = [v if v.get("id") in own else _others(v, language) for v in evidence["visits"]]
    return told


def _others(visit: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"day": visit["day"], "text": OTHERS[language].format(day=visit["day"])}
