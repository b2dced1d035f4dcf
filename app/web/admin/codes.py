"""The permanent codes of enterprises (企业码): how many have one, making the missing ones, the sheet of one."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.queries import registry
from app.queries import supervision as queries
from app.services import jobs
from app.services.visiting import enterprise_codes as codes
from app.web.admin.blueprint import administrators, blueprint
from app.web.enterprise.sheet import change, sheet


@blueprint.get("/enterprise-codes")
@administrators
def enterprise_codes() -> str:
    """How many enterprises have their permanent code (企业码), and making the missing ones."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as session:
        have, total = queries.enterprise_codes(session)
        found = registry.enterprises(session, text, limit=20) if text else []
    return render_template("admin/enterprise_codes.html", have=have, total=total, text=text, found=found)


@blueprint.post("/enterprise-codes")
@administrators
def make_enterprise_codes() -> Response:
    """Asks for the job that makes a code for every enterprise without one."""
    job = perform(jobs.enqueue, actor(), codes.JOB, {})
    return redirect(url_for("jobs.page", job_id=job), 303)


@blueprint.get("/enterprise-codes/<enterprise_id>")
@administrators
def enterprise_sheet(enterprise_id: str) -> str:
    return sheet(enterprise_id, url_for("admin.change_enterprise_code", enterprise_id=enterprise_id))


@blueprint.post("/enterprise-codes/<enterprise_id>")
@administrators
def change_enterprise_code(enterprise_id: str) -> Response | tuple[str, int]:
    return change(enterprise_id, url_for("admin.enterprise_sheet", enterprise_id=enterprise_id), request.path)
