"""Reading the administrator's forms: every wrong field is told at once, nothing typed is lost."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain.errors import Invalid, Problem
from app.services.imports.rows import folded

HIDDEN = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b"


class Reading:
    """Fields of a form, one after another; `done` raises Invalid with every problem at its field."""

    def __init__(self, form: MultiDict[str, str]) -> None:
        self.form = form
        self.problems: list[Problem] = []

    def text(self, name: str, most: int = 200, *, needed: bool = False, lines: bool = False) -> str:
        text = self.form.get(name, "").strip()
        if not text and needed:
            self.wrong(name, "missing")
        if len(text) > most:
            self.wrong(name, "too_long", most=most)
        if any((ord(c) < 32 and not (lines and c in "\r\n")) or ord(c) == 127 or c in HIDDEN for c in text):
            self.wrong(name, "control_character")
        return text.replace("\r\n", "\n")

    def code(self, name: str, most: int = 64, *, needed: bool = False) -> str:
        """A code or number: full-width characters made plain, without spaces."""
        return folded(self.text(name, most, needed=needed))

    def day(self, name: str, *, needed: bool = False) -> date | None:
        text = self.text(name, 40, needed=needed)
        try:
            return date.fromisoformat(text.replace("/", "-")) if text else None
        except ValueError:
            self.wrong(name, "wrong_type", expected="2026-11-24")
            return None

    def number(self, name: str) -> int | None:
        text = self.code(name, 20)
        if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
            self.wrong(name, "out_of_range", range="0–9999")
            return None
        return int(text) if text else None

    def choice(self, name: str, choices: Iterable[str]) -> str:
        text = self.form.get(name, "")
        if text not in choices:
            self.wrong(name, "missing" if not text else "unknown_choice", value=text[:40], choices="、".join(choices))
        return text

    def wrong(self, name: str, code: str, **data: Any) -> None:
        self.problems.append((name, code, data))

    def done(self) -> None:
        if self.problems:
            name, code, data = self.problems[0]
            raise Invalid(code, name, problems=self.problems, **data)


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Everything that was typed, to show it again."""
    return {name: value.strip()[:2000] for name, value in form.items()}
