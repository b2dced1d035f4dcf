"""The permanent code of an enterprise on paper: one A4 sheet to hang up. Officers and supervisors print it."""

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.context import actor, installation, perform, reading
from app.domain.actors import ADMIN, SUPERVISOR
from app.domain.codes.draw import code_matrix, svg
from app.domain.enterprise_codes import PATH, display_enterprise_code
from app.domain.errors import Invalid, NotFound
from app.errors import sentence
from app.services.visiting import enterprise_codes
from app.store import registry


def sheet(enterprise_id: str, action: str, errors: dict[str, str] | None = None) -> str:
    """The sheet, or a button that makes the code first; `action` is where that is posted. Raises NotFound."""
    with reading() as session:
        enterprise = registry.enterprise(session, enterprise_id)
        if enterprise is None:
            raise NotFound("no_such_enterprise")
        row = enterprise_codes.current(session, enterprise_id)
    url = f"{installation().config.public_url}{PATH}{row.code}" if row else ""
    return render_template(
        "enterprise_code/sheet.html",
        enterprise=enterprise,
        code=display_enterprise_code(row.code) if row else "",
        issued_at=row.issued_at if row else None,
        url=url,
        drawing=svg(code_matrix(url), _("企业码")) if row else "",
        action=action,
        may_replace=actor().may(SUPERVISOR, ADMIN),
        errors=errors or {},
    )


def change(enterprise_id: str, leads_to: str, action: str) -> Response | tuple[str, int]:
    """The buttons under the sheet: make the code, or replace it for a reason."""
    try:
        if request.form.get("go") == "replace":
            perform(enterprise_codes.replace, actor(), enterprise_id, request.form.get("reason", ""))
        else:
            perform(enterprise_codes.issue, actor(), enterprise_id)
    except Invalid as error:
        return sheet(enterprise_id, action, {"reason": sentence(error.code, error.data)}), 422
    return redirect(leads_to, 303)
