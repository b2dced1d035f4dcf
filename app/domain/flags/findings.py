"""A finding: what a rule says of a subject, with the evidence it rests on, and what tells two of them apart."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

RED, YELLOW, BLUE = "red", "yellow", "blue"
Key = tuple[str, str, str, str, str, str, str]


class Finding(NamedTuple):
    """`evidence` holds only what JSON knows, no floats: thresholds, counts, ids and numbers of other visits."""

    rule: str
    severity: str
    subject_kind: str
    subject_id: str
    jurisdiction: str
    raised_for: date
    unit: str = ""
    officer: str = ""
    period: str = ""
    inspection_id: str | None = None
    enterprise_id: str | None = None
    evidence: Mapping[str, Any] = MappingProxyType({})

    @property
    def key(self) -> Key:
        """rules.md: (rule, subject kind and id, unit, officer, period), in a jurisdiction: a unit may visit in two."""
        return (
            self.rule, self.subject_kind, self.subject_id, self.unit, self.officer, self.period, self.jurisdiction,
        )  # fmt: skip
