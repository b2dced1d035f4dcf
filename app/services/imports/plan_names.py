"""Whom and what a plan's table names: units and items by code, by name, or as offices shorten them."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprises import normalise_name
from app.services.imports.rows import Bad, Row
from app.store.models import Item, Unit


class Names:
    """The units that inspect and all items, loaded once a file."""

    def __init__(self, session: Session) -> None:
        self.units = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.role == "inspecting"))}
        self.all_items = list(session.scalars(select(Item)))

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
