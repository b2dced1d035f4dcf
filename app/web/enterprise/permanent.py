"""What stands behind the permanent code of an enterprise (企业码) for everybody: its name, what the code is for; no visit."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.context import reading
from app.domain.enterprise_codes import normalise_enterprise_code
from app.security import is_staff_device, public
from app.services.visiting import enterprise_codes

blueprint = Blueprint("permanent", __name__)


@blueprint.get("/e/<code>")
@public
def permanent(code: str) -> Response | str | tuple[str, int]:
    """A phone on which an officer signed in goes on to the officer's page, which asks who it is; all others read this."""
    normal = normalise_enterprise_code(code)
    with reading() as session:
        found = enterprise_codes.find(session, normal) if normal else None
    if found is None:
        return render_template("enterprise_code/unknown.html"), 404
    if is_staff_device():
        return redirect(url_for("inspector.opened", code=found.code.code), 302)
    if found.code.replaced_at is not None:
        return render_template("enterprise_code/replaced.html", replaced_at=found.code.replaced_at)
    return render_template("enterprise_code/holder.html", enterprise=found.enterprise, code=found.code.code)
