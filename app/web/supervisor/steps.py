"""The steps of a flag as forms: which comes first, what each asks for, and where belongs what was typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.deadlines import Terms
from app.domain.supervision import JUDGING, UNIT_READS, WITH_PAPERS
from app.web.words import FLAG_ACTIONS

# What the words of a step are asked as; a step that is missing asks for none.
ASKS: dict[str, Any] = {
    "split": _l("为什么拆出"),
    "set_aside": _l("为什么暂缓"),
    "send": _l("请单位说明什么"),
    "check": _l("核实了什么，结果怎样"),
    "uphold": _l("认定的理由"),
    "order_correction": _l("要求改正什么"),
    "interview": _l("约谈了谁，谈了什么"),
    "escalate": _l("移送或通报给谁，为什么"),
    "extend": _l("为什么延长"),
    "corrected": _l("怎样确认已经改正"),
    "close": _l("办结说明"),
}
WITH_DAYS = ("investigate", "assign", "set_aside", "send", "order_correction", "extend")
WITH_WHO = ("investigate", "assign")


@dataclass(frozen=True, slots=True)
class StepForm:
    """One form: its buttons (`actions`), its head, and its fields. `usual`: the working days where none are given;
    `unit_reads`: whether the unit will read the words."""

    actions: tuple[str, ...]
    title: Any
    asks: Any | None
    days: bool
    usual: int | None
    who: bool
    files: bool
    unit_reads: bool

    @property
    def name(self) -> str:
        return self.actions[0]


def forms(
    actions: Sequence[str], first: Sequence[str], terms: Terms, protected: bool
) -> tuple[list[StepForm], list[StepForm]]:
    """(what the state suggests, the other choices in the order of the table). `protected`: no unit reads of the flag."""
    together = [JUDGING if a in JUDGING else (a,) for a in actions]
    made = [_form(group, terms, protected) for group in dict.fromkeys(together)]
    return [s for s in made if s.name in first], [s for s in made if s.name not in first]


def _form(actions: tuple[str, ...], terms: Terms, protected: bool) -> StepForm:
    name = actions[0]
    titles = {"uphold": _l("认定成立或不成立"), "assign": _l("指定办理人")}
    return StepForm(
        actions,
        titles.get(name, FLAG_ACTIONS[name]),
        ASKS.get(name),
        days=name in WITH_DAYS,
        usual=terms.usual(name),
        who=name in WITH_WHO,
        files=name in WITH_PAPERS,
        unit_reads=name in UNIT_READS and not protected,
    )


def returned_to(action: str, offered: Collection[StepForm]) -> str:
    """The form that gets back what was typed: its own, or where that is offered no longer the first that takes words."""
    for step in offered:
        if action in step.actions:
            return step.name
    return next((step.name for step in offered if step.asks), "")
