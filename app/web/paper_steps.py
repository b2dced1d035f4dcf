"""What the pages of a visit's papers and of the bureau's letters share: what was typed, the steps, the numbering."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, DomainError, NotFound
from app.domain.papers.kinds import PaperKind
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.services.paperwork import papers
from app.store import papers as store

STEPS_WITH_REASON = {"return": papers.send_back, "withdraw": papers.withdraw}


def typed(kind: PaperKind) -> dict[str, str]:
    """What the form of this kind of paper sent; nothing that the kind does not ask for."""
    return {field.name: request.form.get(field.name, "") for field in kind.fields}


def take_step(paper_id: str, step: str, sign_off: Callable[..., Any]) -> dict[str, str]:
    """Review, sign off, return, withdraw: which address was posted to says which. The sentences of a refusal, by field;
    empty where the step was taken. Raises NotFound."""
    without_reason = {"review": papers.review, "sign": sign_off}
    if step not in without_reason and step not in STEPS_WITH_REASON:
        raise NotFound("no_such_paper")
    try:
        if step in without_reason:
            perform(without_reason[step], actor(), paper_id)
        else:
            perform(STEPS_WITH_REASON[step], actor(), paper_id, request.form.get("reason", ""))
    except Declined as error:
        return field_sentences(error)
    return {}


def numbering_page(template: str, back: str, kinds: Sequence[PaperKind]) -> Response | str | tuple[str, int]:
    """The unit's 机关代字 and whether its papers are reviewed by another person: shown, or kept and on to `back`."""
    unit = str(actor().unit)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reviewed = request.form.get("reviewed") == "1"
            perform(papers.set_numbering, actor(), request.form.get("prefix", ""), reviewed=reviewed)
            return redirect(back, 303)
        except DomainError as error:
            errors = field_sentences(error)
    with reading() as session:
        name, row = store.unit_name(session, unit), store.setting(session, unit)
    kept = {"prefix": row.prefix, "reviewed": "1" if row.reviewed else ""} if row else {}
    page = render_template(
        template,
        values=request.form if errors else kept,
        errors=errors,
        unit=name,
        year=shanghai_day(now()).year,
        kinds=kinds,
    )
    return (page, 422) if errors else page
