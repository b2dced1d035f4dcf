"""The papers of an inspection before and at the visit: 行政检查审批表 and 行政检查通知书 (forms of the Ministry of Justice;
elements as 国办发〔2024〕54号 asks for them)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.papers import document as d
from app.domain.papers import words


@dataclass(frozen=True, slots=True)
class ItemOnPaper:
    name: str
    basis: str
    outcome: str | None = None
    note: str | None = None
    points: tuple[tuple[str, str, str | None], ...] = ()  # check point, outcome, note


@dataclass(frozen=True, slots=True)
class PhotoOnPaper:
    """A photograph taken on site, the item it belongs to (None: the visit) with the points found there, and when it came."""

    file: str
    sha256: str
    item: str | None
    points: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class OfficerOnPaper:
    name: str
    certificate_no: str
    unit: str


@dataclass(frozen=True, slots=True)
class CodeOnPaper:
    cti: str
    short_code: str
    address: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who asked, who decided, and what was overridden with which reason."""

    applicant: str
    applied_at: datetime
    head: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """All that the papers of an inspection say of it, with names instead of codes. `settings` are the jurisdiction's
    own texts (duty_phone, hotline, review_body, court)."""

    number: str
    enterprise: str
    uscc: str | None
    address: str | None
    units: tuple[str, ...]
    items: tuple[ItemOnPaper, ...]
    officers: tuple[OfficerOnPaper, ...]
    window: tuple[datetime, datetime]
    source: str
    reason: str | None
    place: str
    way: str
    frequency: str
    decision: Decision
    assisting: int = 0
    companions: tuple[str, ...] = ()
    headcount: int | None = None
    code: CodeOnPaper | None = None
    photos: tuple[PhotoOnPaper, ...] = ()
    began_at: datetime | None = None
    ended_at: datetime | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return self.units[0]

    @property
    def who(self) -> str:
        """The enterprise with its USCC, as papers name it."""
        return f"{self.enterprise}（统一社会信用代码：{self.uscc}）" if self.uscc else self.enterprise

    @property
    def assistants(self) -> str:
        """协助人员: how many were fixed beforehand, and that they do not inspect."""
        return f"{self.assisting}人，只协助、不单独检查" if self.assisting else "不安排协助人员（0人）"

    @property
    def foot(self) -> str:
        return f"检查编号：{self.number}"


def source_of(kind: str, plan_code: str | None, cause: str | None, clue_no: str | None) -> str:
    """任务来源: planned with its plan, or triggered with its cause and clue."""
    details = [f"计划编码：{plan_code}"] if plan_code else []
    details += [words.CAUSES[cause]] if cause else []
    details += [f"线索编号：{clue_no}"] if clue_no else []
    return words.KINDS[kind] + (f"（{'，'.join(details)}）" if details else "")


def bases(v: Visit) -> list[str]:
    """The legal bases of the items, each once."""
    return list(dict.fromkeys(i.basis for i in v.items if i.basis))


def officer_lines(v: Visit) -> list[str]:
    joint = len(v.units) > 1
    return [f"{o.name}（{o.unit + '，' if joint else ''}执法证号：{o.certificate_no}）" for o in v.officers]


def approval_sheet(v: Visit) -> dict[str, Any]:
    """行政检查审批表: what was asked for, what the rules said, what the head decided."""
    decision = v.decision
    decided = decision.head is not None and decision.decided_at is not None
    blocks = [
        d.rows(
            [
                ("检查对象", v.who),
                ("地址", v.address or ""),
                ("检查事项及依据", [f"{n}．{i.name}　依据：{i.basis or '未登记'}" for n, i in enumerate(v.items, 1)]),
                ("任务来源", v.source),
                ("检查理由", v.reason or ""),
                ("检查时间", d.period_in_words(*v.window)),
                ("地点和方式", f"{v.place}；{v.way}"),
                ("检查频次", v.frequency),
                ("承办单位", list(v.units)),
                ("执法人员", officer_lines(v)),
                ("协助人员", v.assistants),
                ("平台提示", list(decision.advice) or "无"),
                ("承办人意见", f"申请实施检查。申请人：{decision.applicant}　{d.moment_in_words(decision.applied_at)}"),
                ("负责人意见", _decided(decision) if decided else "　"),
            ]
        )
    ]
    heading = d.Heading("行政检查审批表", v.unit)
    return d.document(heading, blocks, d.Closing(v.unit, seal=False, foot=v.foot))


def _decided(decision: Decision) -> list[str]:
    assert decision.decided_at is not None
    given = f"同意实施检查。{'理由：' + decision.reason if decision.reason else ''}"
    return [given, f"批准人：{decision.head}　{d.moment_in_words(decision.decided_at)}"]


def notice(v: Visit) -> dict[str, Any]:
    """行政检查通知书, with every element that domain.md section 4 names, and the code to check it by."""
    on = "、".join(bases(v)) or "有关法律法规"
    contact = v.settings.get("duty_phone")
    hotline = v.settings.get("hotline", "12345")
    blocks = [
        d.text(f"根据{on}的规定，本机关定于{d.period_in_words(*v.window)}对你单位实施行政检查。现将有关事项通知如下："),
        d.rows(
            [
                ("执法主体", list(v.units)),
                ("任务来源", v.source),
                ("检查事项及依据", [f"{n}．{i.name}　依据：{i.basis or '未登记'}" for n, i in enumerate(v.items, 1)]),
                ("检查频次", v.frequency),
                ("执法人员", officer_lines(v)),
                ("协助人员", v.assistants),
                ("检查地点", v.place),
                ("检查方式", v.way),
            ]
        ),
        d.heading("你单位的权利"),
        d.numbered(
            [
                "执法人员应当主动出示行政执法证和检查码，且不得少于两人。你单位可以扫描下方检查码核对上述内容；"
                "人员、事项与本通知不一致的，可以当场提出。",
                "你单位认为执法人员与检查事项有直接利害关系或者有其他关系可能影响公正的，有权申请回避。",
                "你单位对检查情况和结果有权陈述、申辩，执法人员应当如实记录。",
                f"你单位对本次检查有异议的，可以向行政执法监督机构{f'（电话：{contact}）' if contact else ''}反映，"
                f"或者拨打{hotline}；对依据检查结果作出的行政决定不服的，可以依法申请行政复议或者提起行政诉讼。",
            ]
        ),
        d.heading("检查纪律"),
        d.text(f"行政检查必须遵守“五个严禁”：{'；'.join(words.FIVE_PROHIBITIONS)}。"),
    ]
    if v.code:
        blocks.append(d.code(v.code.cti, v.code.short_code, v.code.address))
    heading = d.Heading("行政检查通知书", v.unit, addressee=v.who)
    return d.document(heading, blocks, d.Closing(v.unit, foot=v.foot))
