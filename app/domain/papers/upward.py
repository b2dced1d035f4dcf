"""报请上级: what a district's bureau writes to the level above about visits of bodies that it does not supervise.

Such visits count for the enterprise and raise no finding (rules.md), so this paper is about an enterprise and a period, never
about a flag, and names what the register holds: which body came when, how often, for how long. 行政执法监督条例 art. 2 leaves the
supervision of those bodies to their own level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.papers import document as d
from app.domain.papers.supervision import title

KIND = "upward_report"
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Came:
    """One visit of a body above the district."""

    day: date
    body: str
    number: str
    planned: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """`visits` and `hours` are all visits of the period, whoever came; `above` those of bodies above, oldest first."""

    bureau: str
    enterprise: str
    first: date
    last: date
    visits: int
    hours: float
    bodies: int
    above: Sequence[Came]
    foot: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def content(m: Matter, typed: Mapping[str, str]) -> dict[str, Any]:
    """The document, of what the register holds and what was typed."""
    shown = m.above[-MOST_LINES:]
    more = len(m.above) - len(shown)
    blocks = [
        d.text("本机关在行政执法监督中发现，下列企业的行政检查涉及本区监督范围以外的单位，现将有关情况报请贵机关："),
        d.rows(
            [
                ("企业", m.enterprise),
                ("期间", f"{d.day_in_words(m.first)}至{d.day_in_words(m.last)}"),
                ("登记的检查", f"{m.bodies}个单位共{m.visits}次，其中区级以上单位{len(m.above)}次"),
                ("占用时间", f"约{m.hours:.1f}小时（有结束时间的检查）" if m.hours else ""),
            ]
        ),
        d.heading("区级以上单位的检查"),
        d.table(
            ("日期", "检查单位", "检查编号", "类别"),
            [(d.day_in_words(c.day), c.body, c.number, "计划" if c.planned else "触发式") for c in shown],
            (4, 6, 5, 3),
        ),
        *([d.text(f"另有较早的{more}次，登记簿中可查。")] if more else []),
        d.heading("情况说明"),
        d.text(typed["situation"]),
        d.heading("报请事项"),
        d.text(typed["request"] + _phone(m)),
    ]
    return d.document(
        d.Heading(title(KIND, m.settings), m.bureau, addressee=typed["addressee"]),
        blocks,
        d.Closing(m.bureau, foot=m.foot),
    )


def proposed(m: Matter, addressee: str) -> dict[str, str]:
    """What a draft begins with."""
    return {
        "addressee": addressee,
        "situation": f"近一年{m.enterprise}被检查{m.visits}次，其中区级以上单位{len(m.above)}次。"
        "本区对上级单位的检查没有监督权限，已将这些检查计入企业的负担。",
        "request": "请贵机关了解上述检查的安排，协调有关单位统筹检查计划，能合并的合并进行，并将处理情况告知本机关。",
    }


def _phone(m: Matter) -> str:
    phone = m.settings.get("duty_phone")
    return f"联系电话：{phone}。" if phone else ""
