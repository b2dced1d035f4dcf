"""The sheets to hang up, as PDF: the platform's posted notice (public) and an enterprise's permanent code (staff)."""

from io import BytesIO

from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from app.context import installation, now, reading, take
from app.domain.actors import ADMIN, HEAD, INSPECTOR, SUPERVISOR
from app.domain.codes.draw import code_matrix, svg
from app.domain.codes.keys import grouped
from app.domain.enterprise_codes import PATH, display_enterprise_code
from app.domain.errors import NotFound
from app.domain.papers import sheets
from app.domain.papers.document import day_in_words
from app.domain.times import shanghai_day
from app.i18n import moment
from app.queries import enterprise as queries
from app.security import public, roles
from app.services.paperwork import paper_rendering
from app.services.trust import roots
from app.services.visiting import enterprise_codes
from app.store import registry
from app.store.limits import Limit
from app.store.other_issuers import recognised
from app.typesetting.engine import Rendering

blueprint = Blueprint("sheets", __name__)
LIMIT = Limit(burst=20, per_minute=10)


@blueprint.get("/notice.pdf")
@public
def posted_notice() -> Response:
    """The posted notice of /notice."""
    take(f"sheet:{request.remote_addr}", LIMIT)
    config = installation().config
    with reading() as session:
        mark = roots.fingerprint(session)
        settings = queries.settings(session, config.jurisdiction, shanghai_day(now()))
        issuers = recognised(session, config.jurisdiction, shanghai_day(now()))
    value = {name: s.value for name, s in settings.items()}
    refusal = settings.get("refusal_text")
    scan = f"{config.public_url}/scan/"
    posted = sheets.Posted(
        district=value.get("district_name", ""),
        scan=scan,
        home=config.public_url,
        fingerprint=grouped(mark) if mark else None,
        duty_phone=value.get("duty_phone"),
        hotline=value.get("hotline", "12345"),
        refusal=tuple(part for part in (refusal.value, refusal.source) if part) if refusal else (),
        issuers=tuple(f"{i.name}签发的码：{i.entry}" for i in issuers),
    )
    return _pdf(sheets.posted_notice(posted, moment(now())), scan, "检查码告示.pdf")


@blueprint.get("/papers/enterprises/<enterprise_id>.pdf")
@roles(INSPECTOR, HEAD, SUPERVISOR, ADMIN)
def enterprise_sheet(enterprise_id: str) -> Response:
    """The sheet of an enterprise's permanent code. Raises NotFound where there is none."""
    config = installation().config
    with reading() as session:
        enterprise = registry.enterprise(session, enterprise_id)
        row = enterprise_codes.current(session, enterprise_id) if enterprise else None
        hotline = queries.settings(session, config.jurisdiction, shanghai_day(now())).get("hotline")
    if enterprise is None or row is None:
        raise NotFound("no_such_enterprise")
    url = f"{config.public_url}{PATH}{row.code}"
    code, issued = display_enterprise_code(row.code), day_in_words(row.issued_at)
    made = sheets.enterprise_sheet(enterprise.name, code, url, hotline.value if hotline else "12345", issued)
    return _pdf(made, url, f"企业码-{enterprise.name}.pdf")


def _pdf(content: dict[str, object], address: str, name: str) -> Response:
    made = Rendering(content, now(), {sheets.QR: svg(code_matrix(address))})
    return send_file(BytesIO(paper_rendering.pdf(made)), "application/pdf", download_name=name)
