"""The kinds of papers: title, the word in the number, who signs, whether it goes to the enterprise, what is typed in.

A new kind is an entry here and a function that makes its content (docs/papers.md).
"""

from dataclasses import dataclass, field

from app.domain import supervision as flag
from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR
from app.domain.inspections import COMPLETED, IN_PROGRESS

TEXT, LONG, DAY = "text", "long", "day"


@dataclass(frozen=True, slots=True)
class Field:
    """What the drafter types: its name in forms and facts, how it is typed, how long it may be."""

    name: str
    kind: str = LONG
    required: bool = False
    most: int = 4000


@dataclass(frozen=True, slots=True)
class PaperKind:
    """`word` stands in the 文号 (None: no number). `signers` are the roles that sign off. `automatic`: made and signed by
    the approval of an inspection, never drafted by hand. `behind_code`: once served, whoever holds the inspection's code
    may read it; what was found is for the enterprise's space. `states`: of the inspection, in which it may be drafted.

    `to_unit`: a paper of supervision about a flag, drafted and signed by the bureau for the unit that is answerable;
    `states` are then the flag's, and `beside` is the act of the follow-up that it stands beside.

    `upward`: the bureau's paper to the level above, about an enterprise (报请上级)."""

    code: str
    title: str
    word: str | None
    signers: tuple[str, ...] = (HEAD,)
    to_enterprise: bool = False
    to_unit: bool = False
    upward: bool = False
    beside: str = ""
    reviewed: bool = False
    automatic: bool = False
    behind_code: bool = False
    states: tuple[str, ...] = ()
    fields: tuple[Field, ...] = field(default=())

    @property
    def drafters(self) -> tuple[str, ...]:
        """The roles that draft, review, return and withdraw it."""
        return (SUPERVISOR,) if self.to_unit or self.upward else (INSPECTOR, HEAD)


def _of_supervision(
    code: str, title: str, word: str, beside: str, states: tuple[str, ...], *fields: Field
) -> PaperKind:
    return PaperKind(
        code, title, word, signers=(SUPERVISOR,), to_unit=True, beside=beside, reviewed=True, states=states,
        fields=fields,
    )  # fmt: skip


_ASKED = (flag.RAISED, flag.INVESTIGATING, flag.SENT, flag.ANSWERED)
_FOUND = (flag.UPHELD, flag.CORRECTING)

KINDS = {
    kind.code: kind
    for kind in (
        PaperKind("approval_sheet", "行政检查审批表", "检批", automatic=True),
        PaperKind("notice", "行政检查通知书", "检通", automatic=True, to_enterprise=True, behind_code=True),
        PaperKind(
            "record",
            "现场检查笔录",
            None,
            signers=(INSPECTOR, HEAD),
            to_enterprise=True,
            states=(IN_PROGRESS, COMPLETED),
            fields=(
                Field("present", TEXT, required=True, most=200),
                Field("findings", required=True),
                Field("statement"),
            ),
        ),
        PaperKind(
            "result",
            "检查结果告知书",
            "检告",
            to_enterprise=True,
            reviewed=True,
            states=(COMPLETED,),
            fields=(Field("opinion", required=True),),
        ),
        PaperKind(
            "correction",
            "责令改正通知书",
            "责改",
            to_enterprise=True,
            reviewed=True,
            states=(COMPLETED,),
            fields=(
                Field("problems", required=True),
                Field("basis", TEXT, required=True, most=1000),
                Field("requirement", required=True),
                Field("deadline", DAY, required=True),
            ),
        ),
        _of_supervision(
            "followup_letter", "督办函", "督", "send", _ASKED,
            Field("matter", required=True), Field("reply_by", DAY, required=True),
        ),
        _of_supervision(
            "supervision_opinion", "行政执法监督意见书", "监意", "uphold", _FOUND,
            Field("conclusion", required=True), Field("advice", required=True), Field("reply_by", DAY, required=True),
        ),
        _of_supervision(
            "supervision_decision", "行政执法监督决定书", "监决", "order_correction", _FOUND,
            Field("conclusion", required=True), Field("law", TEXT, required=True, most=1000),
            Field("orders", required=True), Field("deadline", DAY, required=True),
        ),
        _of_supervision(
            "interview_notice", "约谈通知书", "约谈", "interview", _FOUND,
            Field("matter", required=True), Field("persons", TEXT, required=True, most=200),
            Field("meeting_on", DAY, required=True), Field("hour", TEXT, required=True, most=60),
            Field("place", TEXT, required=True, most=200),
        ),
        _of_supervision(
            "situation_report", "情况通报", "通报", "escalate", (*_FOUND, flag.CLOSED),
            Field("conclusion", required=True), Field("demands", required=True),
        ),
        PaperKind(
            "upward_report", "关于涉企行政检查情况的报请函", "报", signers=(SUPERVISOR,), upward=True, reviewed=True,
            fields=(
                Field("addressee", TEXT, required=True, most=100), Field("situation", required=True),
                Field("request", required=True),
            ),
        ),
    )
}  # fmt: skip
SUPERVISION = tuple(kind for kind in KINDS.values() if kind.to_unit)
OF_BUREAU = tuple(kind for kind in KINDS.values() if kind.to_unit or kind.upward)
