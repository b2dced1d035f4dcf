"""Log lines: one JSON object each, with the id of the request, and without anything that names a person or opens a door.

A line never holds an address, a user agent, a query or a path: a request is named by its route. What others put into a
message (exceptions quote what they were given) goes through `masked`.
"""

import json
import logging
import re
import sys
import traceback
from typing import Any

from flask import g, has_request_context

from app.clock import system_clock
from app.config import Config
from app.domain.times import rfc3339

MASKS = (
    (re.compile(r"(/q/|/receipts/)[^\s/?#\"'<>]+"), r"\1…"),  # a code, a receipt: secrets of the enterprise
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"(?i)((?:password|passphrase|token|secret)[\"']?\s*[=:]\s*[\"']?)[^\s\"',)]+"), r"\1…"),
    (re.compile(r"://[^\s/@:]+:[^\s/@]+@"), "://…@"),  # a password inside an address
    (re.compile(r"(?m)^\s*DETAIL:.*$"), "DETAIL: …"),  # PostgreSQL quotes the row
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+"), "…@…"),  # begun once a word, else the square
    (re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)"), "1…"),  # a mobile number
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "…"),  # an identity card
    (re.compile(r"\d{40,}"), "…"),  # a token without its path
)


def masked(text: str) -> str:
    """`text` without codes, receipts, passwords, addresses, telephone numbers. In a plain word there are none."""
    if text.isalpha():
        return text
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, logger, message; request where there is one; `data` of the caller."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": rfc3339(system_clock()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        request_id = g.get("request_id") if has_request_context() else None
        if request_id:
            line["request"] = request_id
        line |= getattr(record, "data", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = masked("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """The same for somebody who reads along; masked, too."""

    def format(self, record: logging.LogRecord) -> str:
        data = " ".join(f"{name}={value}" for name, value in getattr(record, "data", {}).items())
        return masked(f"{super().format(record)} {data}".rstrip())


def set_up(config: Config) -> None:
    """Sends what the process says to standard error in the format of the configuration; once a process. Tests listen
    for themselves."""
    root = logging.getLogger()
    if config.environment == "test" or any(getattr(h, "is_ours", False) for h in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    plain = PlainLines("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if config.log_format == "json" else plain)
    handler.is_ours = True  # type: ignore[attr-defined]
    logging._srcfile = None  # no line says which code spoke: nobody looks for it (HOWTO, Optimization)
    root.addHandler(handler)
    logging.getLogger("jcm").setLevel(logging.INFO if config.is_production else logging.WARNING)
