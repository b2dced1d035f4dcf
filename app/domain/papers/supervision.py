"""The papers of supervision to a unit: 督办函, 行政执法监督意见书, 行政执法监督决定书, 约谈通知书, 情况通报.

They are drawn from one flag and what was done about it. Each names the matter, the rule and its source, what is asked, until
when, and how the unit answers or objects; none can be made of a flag that rests on a rating or report (promise 4).
Source: 行政执法监督条例 (State Council order 825, in force 2026-02-01); the names are settings of the jurisdiction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.papers import document as d
from app.domain.papers.kinds import KINDS

NAME_SETTING = "paper_"  # + the kind's code: what the jurisdiction calls the paper
LONGEST_NAME = 40
LAW = "《行政执法监督条例》"
PROPOSED_DAYS = 10


@dataclass(frozen=True, slots=True)
class Matter:
    """A flag as a paper tells it. `said` is its sentence; `law` what of the rule's source binds, a practice of some city is
    never it; `asked`, `answered`, `found`, `ordered` are the last words of each
    step of the follow-up, with their days; `object_until` is when the unit's objection ends."""

    bureau: str
    unit: str
    rule: str
    said: str
    source: str
    law: str
    raised_for: date
    enterprise: str | None = None
    inspection: str | None = None
    officer: str | None = None
    period: str | None = None
    asked: str = ""
    answered: str = ""
    found: str = ""
    ordered: str = ""
    due: date | None = None
    object_until: date | None = None
    foot: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def content(kind: str, m: Matter, typed: Mapping[str, str]) -> dict[str, Any]:
    """The document of a kind of SUPERVISION, of the flag and what was typed."""
    return d.document(
        d.Heading(title(kind, m.settings), m.bureau, addressee=m.unit),
        _BLOCKS[kind](m, typed),
        d.Closing(m.bureau, foot=m.foot),
    )


def title(kind: str, settings: Mapping[str, str]) -> str:
    """What the jurisdiction calls a paper; the usual name where it says nothing."""
    return settings.get(NAME_SETTING + kind) or KINDS[kind].title


def proposed(kind: str, m: Matter, due: date) -> dict[str, str]:
    """What a draft begins with, of the words that were written at the steps, so that little has to be typed again."""
    conclusion = m.found or m.said
    usual = {
        "matter": m.asked or "请你单位核实上述情况，说明原因，并报送有关材料。"
        if kind == "followup_letter"
        else conclusion,
        "conclusion": conclusion,
        "advice": "请你单位对照上述情况自查，规范涉企行政检查，并书面反馈落实情况。",
        "law": "；".join(filter(None, (LAW, m.law))),
        "orders": m.ordered or "请你单位立即停止上述做法，限期改正，并书面报告改正情况。",
        "demands": "请引以为戒，严格按照检查码登记、批准、亮码的要求实施涉企行政检查。",
        "persons": f"{m.unit}负责人",
        "hour": "上午9时30分",
        "place": f"{m.bureau}会议室",
    }
    days = dict.fromkeys(("reply_by", "deadline", "meeting_on"), (m.due or due).isoformat())
    return {f.name: (usual | days)[f.name] for f in KINDS[kind].fields}


def _letter(m: Matter, typed: Mapping[str, str]) -> list[d.Block]:
    until = _day(typed, "reply_by")
    return [
        d.text("在行政执法监督中，发现你单位有下列情况需要核实："),
        _facts(m),
        d.heading("督办事项"),
        d.text(typed["matter"]),
        d.text(
            f"请于{until}前将核实情况、原因和有关材料书面答复本机关，也可以在检查码平台“督办”中签收和答复。{_phone(m)}"
        ),
    ]


def _opinion(m: Matter, typed: Mapping[str, str]) -> list[d.Block]:
    until = _day(typed, "reply_by")
    return [
        d.text(f"根据{LAW}，本机关对下列行政检查进行了监督："),
        _facts(m),
        *_unit_said(m),
        d.heading("监督认定"),
        d.text(typed["conclusion"]),
        d.heading("监督意见"),
        d.text(typed["advice"]),
        d.text(f"请于{until}前将采纳和落实情况书面反馈本机关。{_objection(m)}{_phone(m)}"),
    ]


def _decision(m: Matter, typed: Mapping[str, str]) -> list[d.Block]:
    until = _day(typed, "deadline")
    return [
        d.text("本机关对你单位下列行政检查进行了监督，现已查明："),
        _facts(m, with_law=False),
        *_unit_said(m),
        d.heading("查明的事实和认定"),
        d.text(typed["conclusion"]),
        d.heading("监督决定"),
        d.text(f"根据{typed['law']}，决定如下："),
        d.text(typed["orders"]),
        d.text(f"请于{until}前改正，并书面报送改正情况和材料。{_objection(m)}异议期间不停止执行。{_phone(m)}"),
    ]


def _interview(m: Matter, typed: Mapping[str, str]) -> list[d.Block]:
    return [
        d.text("因下列情况，本机关决定约谈你单位有关负责人："),
        _facts(m),
        d.rows(
            [
                ("约谈对象", typed["persons"]),
                ("约谈时间", _day(typed, "meeting_on") + typed["hour"]),
                ("约谈地点", typed["place"]),
            ]
        ),
        d.heading("约谈事项"),
        d.text(typed["matter"]),
        d.text(f"请按时参加，并准备情况说明和整改措施。确有特殊情况不能参加的，请提前告知本机关。{_phone(m)}"),
    ]


def _report(m: Matter, typed: Mapping[str, str]) -> list[d.Block]:
    return [
        d.text("现将行政执法监督中发现的有关情况通报如下："),
        _facts(m),
        *_unit_said(m),
        d.heading("基本情况和认定"),
        d.text(typed["conclusion"]),
        d.heading("工作要求"),
        d.text(typed["demands"]),
    ]


_BLOCKS: dict[str, Callable[[Matter, Mapping[str, str]], list[d.Block]]] = {
    "followup_letter": _letter,
    "supervision_opinion": _opinion,
    "supervision_decision": _decision,
    "interview_notice": _interview,
    "situation_report": _report,
}


def _facts(m: Matter, *, with_law: bool = True) -> d.Block:
    """What it is about, in as few rows as say it: a paper of one page is read."""
    number = f"检查编号 {m.inspection}" if m.inspection else ""
    concerned = f"{m.enterprise}（{number}）" if m.enterprise and number else m.enterprise or number
    return d.rows(
        [
            ("事由", f"{m.rule}：{m.said}"),
            ("涉及企业" if m.enterprise else "涉及检查", concerned),
            ("执法证号", m.officer or ""),
            ("期间", m.period or ""),
            ("日期", d.day_in_words(m.raised_for)),
            ("规定" if m.law else "规则来源", (m.law or m.source) if with_law else ""),
        ]
    )


def _unit_said(m: Matter) -> list[d.Block]:
    return [d.heading("你单位的说明"), d.text(m.answered)] if m.answered else []


def _objection(m: Matter) -> str:
    if m.object_until is None:
        return ""
    return f"你单位对认定有异议的，可以在{d.day_in_words(m.object_until)}前书面提出，或者在检查码平台提出。"


def _phone(m: Matter) -> str:
    phone = m.settings.get("duty_phone")
    return f"联系电话：{phone}。" if phone else ""


def _day(typed: Mapping[str, str], name: str) -> str:
    return d.day_in_words(date.fromisoformat(typed[name]))
