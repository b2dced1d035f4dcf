"""The kinds of papers: title, the word in the number, who signs, whether it goes to the enterprise, what is typed in.

A new kind is an entry here and a function that makes its content (docs/papers.md).
"""

from dataclasses import dataclass, field

from app.domain.actors import HEAD, INSPECTOR
from app.domain.inspections import APPROVED, COMPLETED, IN_PROGRESS, LAPSED

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
    may read it; what was found is for the enterprise's space. `states`: of the inspection, in which it may be drafted."""

    code: str
    title: str
    word: str | None
    signers: tuple[str, ...] = (HEAD,)
    to_enterprise: bool = False
    reviewed: bool = False
    automatic: bool = False
    behind_code: bool = False
    states: tuple[str, ...] = ()
    fields: tuple[Field, ...] = field(default=())


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
    )
}
NOTICE_STATES = (APPROVED, IN_PROGRESS, COMPLETED, LAPSED)
