"""The forms of the enterprise's pages: what was typed in, commands out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.enterprises import is_early_pilot, normalise_uscc, uscc_problem
from app.domain.errors import Invalid
from app.domain.leads import CONCERNS
from app.domain.uploads import Upload
from app.errors import sentence
from app.services.speaking.speech import QUESTIONS, Rating, Report

# value, the mouth of the drawn face (an SVG path: no font has to have it), word
FACES = (
    (1, "M8 23q8-11 16 0", _l("很不满意")),
    (2, "M9 22q7-5 14 0", _l("不满意")),
    (3, "M9 21h14", _l("一般")),
    (4, "M9 20q7 5 14 0", _l("满意")),
    (5, "M8 18q8 11 16 0", _l("很满意")),
)
STEPS = (
    "enterprise",
    "when",
    "who",
    "contact",
    "what",
)  # the recording is on the last: no browser carries a file along
STEP_OF = {
    "enterprise_name": "enterprise", "uscc": "enterprise", "visited_at": "when", "unit_code": "who", "unit_text": "who",
    "people": "who", "what": "what", "voice": "what", "concerns": "what",
    "concern_note": "what", "contact": "contact",
}  # fmt: skip
REPORT_FIELDS = (
    "search", "enterprise_name", "uscc", "visited_on", "unit_code", "unit_text", "people",
    "what", "contact", "concern_note", *CONCERNS,
)  # fmt: skip


def rating(presented: str, form: Mapping[str, str]) -> Rating:
    """A rating as tapped. Raises Invalid."""
    text = form.get("rating", "")
    if text not in ("1", "2", "3", "4", "5"):
        raise Invalid("missing", "rating")
    none_at_all = form.get("none") == "1"
    answers = {}
    for question in QUESTIONS:
        said = form.get(question)
        if said in ("yes", "no"):
            answers[question] = said == "yes"
        elif none_at_all:
            answers[question] = False
    return Rating(presented, int(text), answers, form.get("comment", "").strip()[:2000] or None)


def step_of(text: str) -> str:
    return text if text in (*STEPS, "send") else "enterprise"


def step_with(errors: Mapping[str, str]) -> str:
    """The first step that has an error."""
    found = {STEP_OF.get(name, "enterprise") for name in errors}
    return next(step for step in STEPS if step in found)


def report_problems(values: Mapping[str, str], before: str, has_voice: bool = False) -> dict[str, str]:
    """What is missing or wrong on the steps before the one asked for: all of it, so that the last step fails for nothing
    but its own."""
    done = STEPS[: STEPS.index(before)] if before in STEPS else STEPS
    errors: dict[str, str] = {}
    if "enterprise" in done:
        if not values["enterprise_name"]:
            errors["enterprise_name"] = _("请填写企业名称。")
        if values["uscc"]:
            errors |= _uscc_problem(normalise_uscc(values["uscc"]))
    if "when" in done and _day(values) is None:
        errors["visited_at"] = _("请选择他们来的日期。")
    if "what" in done and not values["what"] and not has_voice:
        errors["what"] = _("请写几句发生了什么，或者录一段话。")
    return errors


def _uscc_problem(uscc: str) -> dict[str, str]:
    problem = uscc_problem(uscc)
    if problem in ("uscc_length", "uscc_character"):
        return {"uscc": _("统一社会信用代码应为 18 位，也可以不填。")}
    if problem and not is_early_pilot(uscc):
        return {"uscc": sentence(problem, {"uscc": uscc, "length": len(uscc)})}
    return {}


def report(values: Mapping[str, str], voice: Upload | None = None) -> Report:
    """The report as typed on all steps. Raises Invalid."""
    day = _day(values)
    if day is None:
        raise Invalid("missing", "visited_at")
    return Report(
        enterprise_name=values["enterprise_name"],
        visited_on=day,
        what=values["what"],
        uscc=normalise_uscc(values["uscc"]) if values["uscc"] else None,
        unit_code=values["unit_code"] or None,
        unit_text=values["unit_text"] or None,
        people=values["people"] or None,
        contact=values["contact"] or None,
        concerns=tuple(name for name in CONCERNS if values[name] == "1"),
        concern_note=values["concern_note"] or None,
        voice=voice,
    )


def _day(values: Mapping[str, Any]) -> date | None:
    try:
        return datetime.fromisoformat(values["visited_on"]).date()
    except ValueError:
        return None
