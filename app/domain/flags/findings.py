"""A finding: what a rule says of a subject, with the evidence it rests on; and how two sets of them differ."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

RED, YELLOW, BLUE = "red", "yellow", "blue"
Key = tuple[str, str, str, str, str, str]


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
        """rules.md: (rule, subject kind and id, unit, officer, period)."""
        return self.rule, self.subject_kind, self.subject_id, self.unit, self.officer, self.period


def differences(standing: Iterable[Key], computed: Iterable[Finding]) -> tuple[list[Finding], set[Key]]:
    """(findings to raise, keys to withdraw): what makes `standing` equal to `computed`."""
    now = {finding.key: finding for finding in computed}
    before = set(standing)
    return [finding for key, finding in now.items() if key not in before], before - now.keys()
