"""A list on its way out of a page: its columns and rows, what people call its codes, in the form that was asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.context import browsing
from app.web import export_words
from app.web.sending import JSONL, table

Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: its columns, its rows, how many there are (None: they are few and counted), and what narrows it.

    `said` are the words of codes, by column, for people; programs (JSON lines) get the codes. `of_speech`: it holds what
    enterprises or observers said, so that even the number of its rows tells when somebody spoke.
    """

    columns: tuple[str, ...]
    rows: Callable[[Any], Rows]
    filters: Mapping[str, str]
    count: Callable[[Any], int] | None = None
    said: Mapping[str, Mapping[str, Any]] | None = None
    of_speech: bool = False


def count(listed: Listed) -> int:
    with browsing() as session:
        return listed.count(session) if listed.count else sum(1 for _ in listed.rows(session))


def sent(listed: Listed, form: str, name: str) -> Response:
    """The list as a file, streamed; words for people, codes for programs."""

    def rows() -> Rows:
        with browsing() as session:
            yield from listed.rows(session)

    if form == JSONL:
        return table(listed.columns, rows(), form, name)
    titles = [export_words.title(column) for column in listed.columns]
    return table(titles, _in_words(listed, rows()), form, name)


def _in_words(listed: Listed, rows: Rows) -> Rows:
    said = [(listed.said or {}).get(name, {}) for name in listed.columns]
    for row in rows:
        yield tuple(
            str(known[cell]) if isinstance(cell, str) and cell in known else cell
            for known, cell in zip(said, row, strict=True)
        )
