"""A question put to a unit that names no visit, day or enterprise (promise 4), and its way to an answer."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.domain.errors import Invalid, Refused

SENT, ANSWERED, CLOSED = "sent", "answered", "closed"
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "question.sent": {None: SENT},
    "question.signed_for": {SENT: SENT},
    "question.answered": {SENT: ANSWERED},
    "question.reminded": {SENT: SENT},
    "question.closed": {SENT: CLOSED, ANSWERED: CLOSED},
}
LONGEST_TEXT = 2000
# Days and times as people write them; what only looks like one (〔2024〕54号, 3点意见) is left alone.
_DAYS = (
    r"\d{1,2}\s*月\s*\d{1,2}", r"(19|20)\d\d\s*[-./年]\s*\d{1,2}",
    r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]?",
    r"(?<![\d〕\]）)第])([12]?\d|3[01])\s*[日号](?![令文])", r"(星期|礼拜|周)[一二三四五六日天]", r"昨天|前天|今天|上午|下午|当天",
    r"\d{1,2}[:：]\d{2}", r"\d{1,2}\s*点(\d{1,2}分|半|整|左右)",
)  # fmt: skip
_NUMBERS = (r"[0-9A-HJ-NPQRTUWXY]{18}", r"[A-Za-z0-9]*-?\d{6,}")  # USCC; numbers of visits, certificates, clues


def changes(state: str | None, kind: str, body: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    """The columns that a fact sets. Raises Refused("question_decided") where the table has no such step."""
    after = TRANSITIONS[kind].get(state)
    if after is None:
        raise Refused("question_decided")
    if kind == "question.sent":
        first = {"unit": body["unit"], "text": body["text"], "due_on": date.fromisoformat(body["due"])}
        unset = dict.fromkeys(("signed_at", "answered_at", "reminded"))
        return first | unset | {"state": after, "sent_at": at, "sent_by": by}
    column = {"question.signed_for": "signed_at", "question.answered": "answered_at"}.get(kind)
    if kind == "question.reminded":
        return {"state": after, "reminded": f"{body['due']} {body['light']}"}
    return {"state": after, column: at} if column else {"state": after}


def check_text(text: str, names: Iterable[str] = ()) -> str:
    """The question, trimmed. Raises Invalid("missing" | "too_long" | "question_names", what=…) at `text`.

    `names` are names of enterprises; a part of one (a brand of three characters) is for the person to see.
    """
    said = text.strip()
    if not said:
        raise Invalid("missing", "text")
    if len(said) > LONGEST_TEXT:
        raise Invalid("too_long", "text", most=LONGEST_TEXT)
    for pattern in (*_DAYS, *_NUMBERS):
        if found := re.search(pattern, said):
            raise Invalid("question_names", "text", what=found[0].strip())
    for name in names:
        if name and name in said:
            raise Invalid("question_names", "text", what=name)
    return said
