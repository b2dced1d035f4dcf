"""A lead for discipline inspection (线索移送): what opens one, and its small life. What it says is sealed.

Money, gifts and forced intermediaries (八个不得) open one at once, beside whatever else they lead to; a complaint about
the body that supervises goes there alone.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import Refused

RATING, REPORT, COMPLAINT, OBSERVATION = "rating", "report", "complaint", "observation"
WAYS = (RATING, REPORT, COMPLAINT, OBSERVATION)
RECEIVED, LOOKED_INTO, CLOSED = "received", "looked_into", "closed"
STATES = (RECEIVED, LOOKED_INTO, CLOSED)
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "lead.opened": {None: RECEIVED},
    "lead.taken_up": {RECEIVED: LOOKED_INTO},
    "lead.noted": {LOOKED_INTO: LOOKED_INTO},
    "lead.closed": {RECEIVED: CLOSED, LOOKED_INTO: CLOSED},
    "lead.erased": {CLOSED: CLOSED},  # its words are gone; that there was a lead, and its week, stay
}
# The questions of a rating, and the ticks of a report, that open a lead.
CONCERNS = ("gifts", "banquet", "costs_shifted", "forced_intermediary")
# Words of a report that speak of the same. One too many costs discipline inspection a minute; one too few, a case.
WORDS = (
    "红包", "礼金", "礼品", "礼物", "送礼", "收礼", "购物卡", "好处费", "回扣", "贿", "辛苦费", "茶水费",
    "索要", "要钱", "收钱", "现金",
    "请客", "吃请", "宴请", "报销", "赞助", "摊派",
    "指定的中介", "指定中介", "指定的机构", "指定机构", "指定的公司", "指定检测", "强制中介", "中介服务",
)  # fmt: skip
SUPERVISING_WORDS = ("司法局", "检查码平台")


def speaks_of_money(text: str) -> bool:
    """Whether a free text speaks of money, gifts or a forced intermediary."""
    return any(word in text for word in WORDS)


def about_the_bureau(unit_role: str | None, unit_text: str | None) -> bool:
    """Whether a complaint is about the body that supervises: the unit chosen, or the one named, is it."""
    named = unit_text or ""
    return unit_role == "supervisor" or (unit_role is None and any(word in named for word in SUPERVISING_WORDS))


def after(kind: str, state: str | None) -> str:
    """The state after a step. Raises Refused("lead_decided") where the table has none."""
    found = TRANSITIONS[kind].get(state)
    if found is None:
        raise Refused("lead_decided")
    return found


def columns_after(state: str | None, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a lead that a fact sets: the service stores them, `log verify` compares them."""
    set_to: dict[str, Any] = {"state": after(kind, state)}
    if kind == "lead.opened":
        set_to |= {"way": body["way"], "week": body["week"]}
    return set_to
