"""Following up in the demonstration: flags of invented units at every light, papers to units, and case records to reconcile."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.demo.play import Cast
from app.domain.actors import Actor
from app.domain.enterprises import normalise_name
from app.domain.reconciliation import Content
from app.domain.supervision import FlagAction
from app.domain.times import shanghai_day
from app.services.paperwork import papers, supervision_papers
from app.services.supervising import case_records, flag_actions, reminders
from app.store.models import Enterprise, FindingRow, InspectionRow, InspectionUnit
from app.store.unit_of_work import UnitOfWork

LETTERS = "云司"
# What units of the demonstration say of a flag, and what they are ordered to correct then.
SAID = {
    "code.not_shown": (
        "当天现场网络不好，执法人员没有坚持亮码，事后也没有补记。",
        "请组织全体执法人员学习亮码规定，逐件核对本季度没有扫码记录的检查，并书面报告结果。",
    ),
    "not_approved": (
        "当天任务急，经办人先到现场、后补批准。",
        "请停止先检查后批准的做法，逐件核对本季度的批准时间，并书面报告结果。",
    ),
    "clue.missing": (
        "线索是电话转来的，经办人登记时漏填了编号。",
        "请补齐线索编号，逐件核对本季度因线索触发的登记，并书面报告结果。",
    ),
    "clue.reused": (
        "经办人登记时照抄了上一件的线索编号。",
        "请更正线索编号，逐件核对本季度因线索触发的登记，并书面报告结果。",
    ),
    "repeat.day": (
        "两个科室各自安排，登记前没有相互核对。",
        "请指定专人统筹安排检查，能合并的合并为一次，并书面报告结果。",
    ),
    "unfit.unit": (
        "当天人手不够，临时请其他单位的同志一起去，没有按联合检查登记。",
        "请只派本单位持证人员检查，需要其他单位参加的按联合检查登记，并书面报告结果。",
    ),
    "unfit.too_few": (
        "当天人手不够，只去了一个人。",
        "请保证每次检查至少有两名持证人员，逐件核对本季度的登记，并书面报告结果。",
    ),
}
SOURCE = "云汀区办案系统（演示）"


def play(work: UnitOfWork, cast: Cast, supervisor: Actor) -> None:
    """Four flags in four states, each step at its own time, and three case records."""
    papers.set_numbering(work, supervisor, LETTERS, reviewed=False)
    flags = _flags(work)
    for tell, flag in zip((_overdue, _near, _answered, _ordered), flags, strict=False):
        tell(work, _Acts(work, cast, supervisor, flag))
    _records(work, supervisor)
    reminders.remind(work)


class _Acts:
    """Steps of one flag by the bureau or the unit, at a number of days before now; the present is put back after each."""

    def __init__(self, work: UnitOfWork, cast: Cast, supervisor: Actor, flag: FindingRow) -> None:
        self.work, self.supervisor, self.flag = work, supervisor, flag.id
        self.unit = cast.inspectors[flag.unit]
        self.said, self.order = SAID[flag.rule]

    def bureau(self, days: int, action: str, note: str = "", working_days: int | None = None) -> None:
        self._at(days, lambda: self._act(self.supervisor, FlagAction(action, note, working_days=working_days)))

    def answered(self, days: int, action: str, note: str = "") -> None:
        self._at(days, lambda: self._act(self.unit, FlagAction(action, note)))

    def paper(self, days: int, kind: str, *, signed_for: bool) -> None:
        """Drafted from the steps, signed, and signed for where the unit already has."""
        self._at(days, lambda: self._paper(kind, signed_for))

    def _paper(self, kind: str, signed_for: bool) -> None:
        row = self.work.session.get_one(FindingRow, self.flag)
        today = shanghai_day(self.work.now)
        typed = supervision_papers.proposed(self.work.session, row, self.supervisor, kind, today)
        drafted = supervision_papers.start(self.work, self.supervisor, self.flag, kind, typed)
        supervision_papers.sign_off(self.work, self.supervisor, drafted.id)
        if signed_for:
            supervision_papers.sign_for(self.work, self.unit, drafted.id)

    def _act(self, who: Actor, action: FlagAction) -> None:
        flag_actions.act(self.work, who, self.flag, action)

    def _at(self, days: int, do: Callable[[], None]) -> None:
        present = self.work.now
        self.work.now = present - timedelta(days=days)
        do()
        self.work.now = present


def _overdue(work: UnitOfWork, acts: _Acts) -> None:
    """Red: asked three weeks ago, signed for, never answered."""
    acts.bureau(21, "investigate")
    acts.bureau(21, "send", "请说明这次检查的情况和原因，并附有关材料。", working_days=5)
    acts.paper(21, "followup_letter", signed_for=True)
    acts.answered(20, "sign_for")


def _near(work: UnitOfWork, acts: _Acts) -> None:
    """Yellow: asked lately, the deadline is the next working day."""
    acts.bureau(0, "send", "请核实这次检查为什么出现上述情况。", working_days=1)
    acts.paper(0, "followup_letter", signed_for=False)


def _answered(work: UnitOfWork, acts: _Acts) -> None:
    """Green: answered yesterday, the bureau checks."""
    acts.bureau(6, "send", "请说明原因，并报送当天的检查记录。", working_days=5)
    acts.answered(5, "sign_for")
    acts.answered(1, "answer", f"{acts.said}我单位已经批评教育。")


def _ordered(work: UnitOfWork, acts: _Acts) -> None:
    """Green: upheld, ordered to correct with a decision that waits to be signed for."""
    acts.bureau(12, "send", "请说明原因。", working_days=5)
    acts.answered(10, "answer", acts.said)
    acts.bureau(3, "uphold", "情况属实，理由不成立。")
    acts.bureau(2, "order_correction", acts.order, 15)
    acts.paper(2, "supervision_decision", signed_for=False)


def _flags(work: UnitOfWork) -> list[FindingRow]:
    """Raised flags of units of the demonstration that a unit may read: one a rule, the oldest first."""
    before = work.now - timedelta(days=13)  # raised before the first step that _ordered takes
    query = select(FindingRow).where(FindingRow.rule.in_(SAID), FindingRow.state == "raised", FindingRow.standing)
    found: dict[str, FindingRow] = {}
    for row in work.session.scalars(query.order_by(FindingRow.raised_at, FindingRow.id)):
        if row.unit and row.raised_at <= before:
            found.setdefault(row.rule, row)
    return list(found.values())


def _records(work: UnitOfWork, supervisor: Actor) -> None:
    """One record that an inspection explains, one of which only the name says whose it is, one that nothing explains."""
    query = (
        select(InspectionRow.id, InspectionRow.visit_start, InspectionUnit.unit, Enterprise)
        .join(InspectionUnit, InspectionUnit.inspection == InspectionRow.id)
        .join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .where(InspectionRow.state == "completed", InspectionRow.visit_start.is_not(None))
        .order_by(InspectionRow.visit_start.desc(), InspectionRow.id)
        .limit(3)
    )
    contents = []
    for number, (_, start, unit, enterprise) in enumerate(work.session.execute(query).all()):
        assert start is not None
        day = shanghai_day(start) - timedelta(days=(0, 1, 45)[number])
        short = number == 1  # no USCC and a shortened name: a doubt remains
        name = enterprise.name.removesuffix("有限公司") if short else enterprise.name
        contents.append(
            Content(
                jurisdiction=str(supervisor.region),
                kind=("case", "visit", "penalty")[number],
                source=SOURCE,
                number=f"YS-{number + 1:04d}",
                uscc=None if short else enterprise.uscc,
                name=name,
                name_key=normalise_name(name),
                address=None,
                address_key=None,
                unit=unit,
                unit_text=None,
                day=day,
                note="演示用的记录",
            )
        )
    case_records.receive(work, supervisor, contents)
