"""What a room adds to the pages: the guide from step to step, the change of roles, the clock, and the mark on every page.

Only the application of rooms has these routes. Addresses that templates write out from the root are led into the room.
"""

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from app.context import installation, now, perform, reading
from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR
from app.practice import stage
from app.practice.door import room
from app.practice.rooms import PATH
from app.queries import practice as queries
from app.queries.practice import APPLY, APPROVE, FOLLOW, RATE, RECORD, SCAN, STEPS
from app.security import SignedIn, public
from app.services.retention import housekeeping
from app.services.transparency import log
from app.web.auth.views import whence
from app.web.home.views import safe_path

blueprint = Blueprint("practising", __name__)
ENTERPRISES_OWN = "enterprise"  # who scans and rates has no account
FROM_ROOT = re.compile(rb'((?:href|action|formaction|src|data-[a-z]+)=")/(?!/|practice/|practice")')
NOT_HERE = "/scan"  # the scanner page keeps the real lists for use without a network
WHO: dict[str, Any] = {
    INSPECTOR: _l("执法人员"), HEAD: _l("负责人"), ENTERPRISES_OWN: _l("企业"), SUPERVISOR: _l("监督人员"),
}  # fmt: skip
PLAYED_BY = {
    APPLY: INSPECTOR, APPROVE: HEAD, SCAN: ENTERPRISES_OWN, RECORD: INSPECTOR, RATE: ENTERPRISES_OWN, FOLLOW: SUPERVISOR,
}  # fmt: skip
TITLES: dict[str, Any] = {
    APPLY: _l("申请检查码"),
    APPROVE: _l("批准"),
    SCAN: _l("亮码和扫码"),
    RECORD: _l("记录结果"),
    RATE: _l("评价"),
    FOLLOW: _l("办理预警"),
}
TASKS: dict[str, Any] = {
    APPLY: _l("给“%(enterprise)s”申请一次检查。这家企业 7 天内已经被查过两次：看看规则会说什么。"),
    APPROVE: _l("看申请和规则的提醒，写明理由，批准。批准以后检查码才会签发。"),
    SCAN: _l("打开的是企业扫码后看到的页面。核对内容，按“他们已到场”。"),
    RECORD: _l("逐项记录检查结果，提交。"),
    RATE: _l("检查结束后，企业评价这次检查。检查单位看不到是谁评的。"),
    FOLLOW: _l("7 天内第三次检查，已经产生预警。打开它，看为什么，选择下一步。"),
}


@blueprint.get("/guide")
@public
def guide() -> str:
    """All steps, which are done, and the one that comes next."""
    return render_template("practice/guide.html", **_words(), all_steps=STEPS, leave=PATH)


@blueprint.post("/become/<who>")
@public
def become(who: str) -> BaseResponse:
    """Goes on as somebody else: signed in without a password, or nobody, as enterprises are; and there to a page."""
    if who not in WHO:
        abort(404)
    target = safe_path(request.form.get("next", "/"))
    if current_user.is_authenticated:
        logout_user()
    if who != ENTERPRISES_OWN:
        actor, secret = perform(stage.become, who, whence(None), installation().config.sign_in)
        login_user(SignedIn(secret, actor))
    return redirect(target, 303)


@blueprint.post("/later")
@public
def later() -> BaseResponse:
    """Lets time pass: to the visit's beginning where it lies ahead, else by a day; and does what time brings about."""
    here = _standing()
    soon = here.begins is not None and here.begins > now() and SCAN not in here.done
    room().skip(here.begins - now() + timedelta(minutes=1) if here.begins and soon else timedelta(days=1))
    for job in housekeeping.JOBS:
        perform(job)
    log.advance(perform)
    return redirect(url_for("practising.guide"), 303)


@blueprint.before_app_request
def _no_scanner() -> BaseResponse | None:
    return redirect(url_for("practising.guide")) if request.path.startswith(NOT_HERE) else None


@blueprint.after_app_request
def _lead_inside(response: Response) -> Response:
    """Addresses that templates write out from the root. Registered last, so this comes before compression."""
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(FROM_ROOT.sub(rb"\1" + PATH.encode() + rb"/", response.get_data()))
    return response


@blueprint.app_context_processor
def _marks() -> dict[str, Any]:
    """For the bar on every page."""
    return {"practising": _words()}


def _standing() -> queries.Standing:
    if "practice_standing" not in g:
        with reading() as session:
            g.practice_standing = queries.standing(session, room().begun_at)
    found: queries.Standing = g.practice_standing
    return found


def _words() -> dict[str, Any]:
    here = _standing()
    return {
        "here": here,
        "enterprise": stage.ENTERPRISE,
        "who": WHO,
        "played_by": PLAYED_BY,
        "titles": TITLES,
        "tasks": TASKS,
        "target": _target(here),
        "ahead": here.begins is not None and here.begins > now() and here.step == SCAN,
    }


def _target(here: queries.Standing) -> str:
    """The page on which the next step is done."""
    return {
        APPLY: "/inspect/apply",
        APPROVE: "/inspect/approvals",
        SCAN: f"/q/{here.code}",
        RECORD: f"/inspect/{here.visit}",
        RATE: f"/q/{here.code}",
        FOLLOW: f"/supervise/flags/{here.flag}" if here.flag else "/supervise/flags",
    }.get(here.step or "", "/guide")
