"""The steps of a call-back by lot that a supervisor and an observer take alike, from their forms."""

from datetime import date
from typing import Any

from app.context import actor, perform
from app.domain.callbacks import Answer
from app.domain.errors import Invalid
from app.services.supervising import callbacks


def take(step: str, callback_id: str, form: Any) -> str | None:
    """Does one of attempt, answer, release, phone; the number where it was asked for. Raises like the use cases."""
    if step == "phone":
        opened: str | None = perform(callbacks.open_phone, actor(), callback_id, form.get("reason", ""))
        return opened or "—"
    if step == "release":
        perform(callbacks.release, actor(), callback_id)
    elif step == "attempt":
        perform(callbacks.attempt, actor(), callback_id, form.get("way", ""), form.get("why", ""))
    else:
        perform(callbacks.answer, actor(), callback_id, answer_of(form))
    return None


def answer_of(form: Any) -> Answer:
    """What was typed. Raises Invalid("callback_day_wrong", "visited_on") for a day that is none."""
    typed = form.get("visited_on", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid("callback_day_wrong", "visited_on") from None
    return Answer(
        way=form.get("way", ""),
        came=form.get("came", ""),
        code=form.get("code") or None,
        went=form.get("went") or None,
        visited_on=day,
        unit=form.get("unit") or None,
        note=form.get("note", ""),
    )
