"""What the doctor found: a sentence in two languages, and how urgent it is."""

from dataclasses import dataclass

from app.operating.words import FINDINGS

OK, WARNING, FAULT = "ok", "warning", "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` names it for machines; `zh` and `en` say what it is and what to do."""

    code: str
    level: str
    zh: str
    en: str


def finding(code: str, level: str, **data: object) -> Finding:
    zh, en = FINDINGS[code]
    return Finding(code, level, zh.format(**data), en.format(**data))
