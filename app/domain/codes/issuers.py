"""Other systems whose codes a jurisdiction recognises: named with the place to check them, never followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Issuer:
    """Another system whose codes the jurisdiction recognises. `prefixes` are URL or text beginnings, `entry` is where
    to check them. A URL prefix holds for exactly its host and for paths that begin with its path."""

    name: str
    prefixes: tuple[str, ...]
    entry: str

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "prefixes": list(self.prefixes), "entry": self.entry}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Issuer":
        """Raises KeyError or TypeError for anything else than `to_json` gives."""
        return cls(str(row["name"]), tuple(str(prefix) for prefix in row["prefixes"]), str(row["entry"]))
