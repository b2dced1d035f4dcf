"""Reports: the page that asks for one and lists those that were made."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.errors import DomainError
from app.domain.telling import FORMS, KINDS, PDF, in_words, last_few, last_whole
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.queries import telling as queries
from app.queries.paging import USUAL
from app.telling import making
from app.typesetting import engine
from app.web.files import as_download
from app.web.supervisor.blueprint import blueprint, readers, supervisors
from app.web.words import TELLING_KINDS

OFFERED = {"weekly": 14, "monthly": 25, "yearly": 6}


@blueprint.get("/telling")
@readers
def telling() -> str:
    return _page({})


@blueprint.post("/telling")
@supervisors
def make_report() -> Response | tuple[str, int]:
    """Asks for a report as a job in the background."""
    kind, _, period = request.form.get("period", "").partition(" ")
    try:
        job = perform(making.ask, actor(), kind, period[:20], request.form.get("format", ""))
    except DomainError as error:
        said = {"period" if name == "kind" else name: text for name, text in field_sentences(error).items()}
        return _page(said), 422
    return redirect(f"/jobs/{job}", 303)


@blueprint.get("/telling/<file_id>")
@readers
def report_file(file_id: str) -> Response:
    with reading() as session:
        kept = making.opened(session, installation().vault, actor(), file_id)
    return as_download(kept)


def _page(errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    with reading() as session:
        made, following = queries.made(session, actor(), request.args.get("cursor"), USUAL)
    offered: dict[str, Any] = {
        kind: [(f"{kind} {period}", in_words(kind, period)) for period in last_few(kind, today, OFFERED[kind])]
        for kind in KINDS
    }
    typed = request.form if errors else {}
    chosen = typed.get("period", f"monthly {last_whole('monthly', today)}")
    return render_template(
        "supervisor/telling.html",
        made=[(m, in_words(m.kind, m.period)) for m in made],
        following=following,
        offered=offered,
        chosen=chosen,
        form=typed.get("format", PDF if engine.can_set() else FORMS[1]),
        can_set=engine.can_set(),
        kinds=TELLING_KINDS,
        errors=errors,
    )
