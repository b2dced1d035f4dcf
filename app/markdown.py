"""Markdown as HTML: one parser for the docs and the API's page. No HTML of its own passes: only what Markdown says."""

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def block(text: str) -> Markup:
    """Paragraphs, headings, lists and code."""
    return Markup(PARSER.render(text))  # noqa: S704 the parser escapes


@cache
def inline(text: str) -> Markup:
    """Words within a line: code, emphasis and links, no paragraph around them."""
    return Markup(PARSER.renderInline(text))  # noqa: S704 the parser escapes
