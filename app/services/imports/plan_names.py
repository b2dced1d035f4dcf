"""Whom and what a plan's table names: units and items by code, by name, or as offices shorten them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprises import normalise_name, normalise_uscc
from app.services.imports.importing import batches
from app.services.imports.rows import Bad, Row
from app.store.models import Enterprise, Item, Unit

AT_ONCE = 500  # names in one statement


class ItemName(NamedTuple):
    code: str
    name: str
    unit: str


class Names:
    """The units that inspect, all items, and the key enterprises that rows name, loaded once a file."""

    def __init__(self, session: Session, keys: Mapping[str, str]) -> None:
        self.units = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.role == "inspecting"))}
        self.all_items = [ItemName(*row) for row in session.execute(select(Item.code, Item.name, Item.unit))]
        self.keys = keys  # what a row says, and the enterprise's id
        self._found: dict[tuple[str, str], str | None] = {}

    @classmethod
    def of(cls, session: Session, rows: Iterable[Row]) -> "Names":
        """With the key enterprises that the rows name."""
        texts = list(dict.fromkeys(text for row in rows for text in key_texts(row)))
        return cls(session, _enterprises(session, texts))

    def unit(self, text: str) -> str | None:
        """A unit by code, name, or the only one whose name ends like this."""
        plain = normalise_name(text)
        if not plain:
            return None
        exact = [c for c, name in self.units.items() if plain in (c.lower(), normalise_name(name))]
        ends = [c for c, name in self.units.items() if len(plain) >= 3 and normalise_name(name).endswith(plain)]
        return exact[0] if exact else ends[0] if len(ends) == 1 else None

    def unit_in(self, text: str) -> str | None:
        """The unit with the longest name that a text (a title) contains."""
        plain = normalise_name(text)
        found = [(len(name), code) for code, name in self.units.items() if normalise_name(name) in plain]
        return max(found)[1] if found else None

    def items(self, row: Row, unit: str) -> list[str]:
        """The items of a cell: one, or several separated by lines or semicolons. Raises Bad."""
        text = row.get("item")
        if not text:
            raise Bad("item", "missing")
        whole = self._item(text, unit)
        if whole:
            return [whole]
        parts = [p for p in re.split(r"[;；\n\r]+|(?<=[A-Za-z0-9])[、,，]", text) if p.strip()]
        found = [self._item(part, unit) for part in parts]
        if len(parts) < 2 or None in found:
            unknown = text if len(parts) < 2 else parts[found.index(None)]
            raise Bad("item", "unknown_item", item=unknown.strip()[:60])
        return list(dict.fromkeys(i for i in found if i))

    def _item(self, text: str, unit: str) -> str | None:
        """An item by code, by name (the unit's own first), or by both in one cell."""
        if (text, unit) not in self._found:
            self._found[text, unit] = self._item_named(text, unit)
        return self._found[text, unit]

    def _item_named(self, text: str, unit: str) -> str | None:
        plain = normalise_name(text)
        own_first = sorted(self.all_items, key=lambda i: i.unit != unit)
        for item in own_first:
            if plain in (item.code.lower(), normalise_name(item.name)):
                return item.code
        for item in own_first:
            code, name = item.code.lower(), normalise_name(item.name)
            if {plain.replace(code, "", 1).strip("()-:·、.")} & {name} and code in plain:
                return item.code
        return None


def key_texts(row: Row) -> list[str]:
    """What a row says of key enterprises: USCCs or exact names, separated by ; 、 or lines."""
    return [text for text in re.split(r"[;；、,，\s]+", row.get("keys")) if text]


def _enterprises(session: Session, texts: Sequence[str]) -> dict[str, str]:
    """The ids of enterprises by USCC, else by the only name, for the texts that name one."""
    found: dict[str, str] = {}
    for part in batches(texts, AT_ONCE):
        by_uscc = dict(_pairs(session, Enterprise.uscc, [normalise_uscc(text) for text in part]))
        named = [text for text in part if normalise_uscc(text) not in by_uscc]
        by_name: dict[str, list[str]] = {}
        for name, one in _pairs(session, Enterprise.search, [normalise_name(text) for text in named]):
            by_name.setdefault(name, []).append(one)
        found |= {text: by_uscc[uscc] for text in part if (uscc := normalise_uscc(text)) in by_uscc}
        found |= {text: ids[0] for text in named if len(ids := by_name.get(normalise_name(text), [])) == 1}
    return found


def _pairs(session: Session, column: Any, values: list[str]) -> list[tuple[str, str]]:
    """(value, enterprise's id) of each enterprise that has one of the values."""
    return [(value, one) for value, one in session.execute(select(column, Enterprise.id).where(column.in_(values)))]
