"""Which columns a supervisor's main lists show: chosen on the list itself, kept in the account, done by the style sheet."""

from typing import Any

from flask import abort, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.services.people import choices
from app.web.home.views import safe_path
from app.web.supervisor.blueprint import blueprint, supervisors

# list → (the column's place in the table, its word); what is not here is always shown
COLUMNS: dict[str, tuple[tuple[int, Any], ...]] = {
    "flags": (
        (4, _l("企业")), (5, _l("单位")), (6, _l("日期")), (7, _l("状态")), (8, _l("办理人")), (9, _l("期限")),
    ),
    "inspections": ((2, _l("企业")), (3, _l("单位")), (4, _l("时间")), (5, _l("类别")), (6, _l("状态")), (7, _l("预警"))),
}  # fmt: skip


@blueprint.post("/columns/<name>")
@supervisors
def choose_columns(name: str) -> Response:
    """Keeps which columns of a list are shown, and returns to it."""
    if name not in COLUMNS:
        abort(404)
    shown = set(request.form.getlist("shown"))
    hidden = [str(place) for place, _ in COLUMNS[name] if str(place) not in shown]
    perform(choices.choose, actor().id, f"columns.{name}", " ".join(hidden))
    return redirect(safe_path(request.form.get("back", "/supervise/")), 303)


@blueprint.context_processor
def _columns() -> dict[str, Any]:
    def columns_of(name: str) -> dict[str, Any]:
        """All columns that can be hidden, those that are, and the classes that hide them."""
        with reading() as session:
            kept = choices.chosen(session, actor().id, f"columns.{name}").split()
        hidden = {place for place, _ in COLUMNS[name] if str(place) in kept}
        return {"all": COLUMNS[name], "hidden": hidden, "classes": " ".join(f"without-{n}" for n in sorted(hidden))}

    return {"columns_of": columns_of}
