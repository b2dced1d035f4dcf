"""The docs of this version, as they lie in docs/: read as HTML, their links led to each other, their pictures sent along."""

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it.token import Token

from app.config import ROOT
from app.markdown import PARSER

DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
GUIDES = ("inspector", "enterprise", "supervisor", "administrator")


@dataclass(frozen=True, slots=True)
class Guide:
    """One page: `steps` are (head, text), `pictures` (file name, caption), `last` what stands below."""

    title: str
    intro: str
    steps: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, str], ...]
    last: tuple[str, ...]


@cache
def pages() -> dict[str, Path]:
    """Every page by its address under /help/: docs/rules.md is `rules`. What is not here is not sent."""
    return {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in sorted(DOCS.rglob("*.md"))}


@cache
def html(name: str) -> tuple[str, str]:
    """The title of a page and its body, HTML that holds nothing but what Markdown says. Raises KeyError."""
    tokens = PARSER.parse(pages()[name].read_text(encoding="utf-8"))
    for token in _all(tokens):
        if token.type == "link_open":
            token.attrs["href"] = _link(name, str(token.attrs["href"]))
        elif token.type == "image":
            token.attrs |= {"src": _link(name, str(token.attrs["src"])), "loading": "lazy"}
        elif token.type == "table_open":
            token.attrs |= {"class": "list", "tabindex": "0"}  # a wide one is moved sideways, by keyboard too
    _number_headings(tokens)
    _free_corners(tokens)
    title = next((t.content for before, t in pairwise(tokens) if before.tag == "h1"), name)
    return title, str(PARSER.renderer.render(tokens, PARSER.options, {}))


@cache
def guide(role: str, language: str) -> Guide:
    """The one-page guide of `role` (GUIDES) in a language (zh, en)."""
    text = (DOCS / "help" / f"{role}.{language}.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d+\. \*\*(.+?)\*\* (.+)$", text, re.MULTILINE)
    pictures = re.findall(r"^!\[(.+?)\]\(\.\./pictures/(.+?)\)$", text, re.MULTILINE)
    paragraphs = [p for p in text.split("\n\n") if not re.match(r"#|\d+\.|!\[", p)]
    intro, *last = (p.strip().replace("\n", " ") for p in paragraphs)
    title = text.partition("\n")[0].removeprefix("# ")
    return Guide(title, intro, tuple(steps), tuple((file, said) for said, file in pictures), tuple(last))


def _all(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _link(name: str, target: str) -> str:
    """A link of the page `name`: to another page or picture under /help/; abroad it stays; a file of the source leads to
    nothing here, so it names itself."""
    if re.match(r"[a-z]+:|#|/", target):
        return target
    path, _, fragment = target.partition("#")
    found = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    if found.startswith("pictures/"):
        return f"/help/{found}"
    known = found.removesuffix(".md")
    if known in pages():
        return f"/help/{known}" + (f"#{fragment}" if fragment else "")
    return "#"


def _number_headings(tokens: list[Token]) -> None:
    """Each heading can be led to, by the words of its text as on other sites of Markdown."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            words = re.sub(r"[^\w\s-]", "", inline.content.lower()).strip()
            token.attrs["id"] = re.sub(r"\s+", "-", words) or "part"


def _free_corners(tokens: list[Token]) -> None:
    """The empty corner of a table heads nothing: to a screen reader it is a cell."""
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.type == "th_open" and not inline.content:
            before.tag = after.tag = "td"
