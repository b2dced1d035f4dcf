"""Help: the guide of each role on one page, as a page and as PDF, and the whole docs without any outside host."""

import base64
from functools import lru_cache
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, send_file, send_from_directory, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import now
from app.delivery import rarely_changes
from app.i18n import language
from app.security import public
from app.services.paperwork import paper_rendering
from app.typesetting.engine import GUIDE, Rendering, can_set
from app.web.help import docs

blueprint = Blueprint("help", __name__, url_prefix="/help")
WHO = {
    "inspector": _l("执法人员和负责人"),
    "enterprise": _l("企业"),
    "supervisor": _l("监督人员"),
    "administrator": _l("管理员"),
}
MORE = (  # the docs in full, most read first
    "for-inspectors", "for-enterprises", "for-supervisors", "for-discipline", "for-administrators", "rules", "papers",
    "lots", "log", "token", "security", "integrators", "operations", "architecture",
)  # fmt: skip


@blueprint.get("/")
@public
@rarely_changes
def index() -> str:
    """Who reads what."""
    titles = {name: docs.html(name)[0] for name in MORE if name in docs.pages()}
    guides = {role: docs.guide(role, language()) for role in docs.GUIDES}
    return render_template("help/index.html", guides=guides, who=WHO, titles=titles, can_set=can_set())


@blueprint.get("/<any(inspector, enterprise, supervisor, administrator):name>")
@public
@rarely_changes
def guide(name: str) -> str:
    """The one-page guide as a page."""
    found = docs.guide(name, language())
    more = f"help/{name}-more.zh" if language() == "zh" else ""  # in English the docs themselves say it
    return render_template("help/guide.html", role=name, guide=found, can_set=can_set(), full=f"for-{name}s", more=more)


@blueprint.get("/<any(inspector, enterprise, supervisor, administrator):name>.pdf")
@public
def guide_pdf(name: str) -> Response:
    """The one-page guide as PDF, in the reader's language; made once a process."""
    if not can_set():
        abort(404)
    return send_file(BytesIO(_pdf(name, language())), "application/pdf", download_name=f"{name}.{language()}.pdf")


@blueprint.get("/pictures/<name>")
@public
def picture(name: str) -> Response:
    return send_from_directory(docs.PICTURES, name, max_age=3600)


@blueprint.get("/<path:name>")
@public
@rarely_changes
def page(name: str) -> Response | str:
    """A page of the docs."""
    if name.endswith(".md"):
        return redirect(url_for("help.page", name=name.removesuffix(".md")))
    if name not in docs.pages():
        abort(404)
    title, body = docs.html(name)
    return render_template("help/page.html", title=title, body=body)


@lru_cache
def _pdf(role: str, chosen: str) -> bytes:
    found = docs.guide(role, chosen)
    content = {
        "layout": 1,
        "form": GUIDE,
        "unit": "",
        "lang": chosen,
        "title": found.title,
        "intro": found.intro,
        "steps": [{"head": head, "text": text} for head, text in found.steps],
        "pictures": [{"name": name, "caption": caption} for name, caption in found.pictures],
        "wide": _size(found.pictures[0][0])[0] > 720,
        "last": list(found.last),
        "foot": "检查码 · /help/",
    }
    drawings = {name: _as_svg(name) for name, _ in found.pictures}
    return paper_rendering.pdf(Rendering(content, now(), drawings))


def _as_svg(name: str) -> str:
    """A picture wrapped as the drawing that layouts place."""
    data, (width, height) = (docs.PICTURES / name).read_bytes(), _size(name)
    href = "data:image/png;base64," + base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="{href}" width="{width}" height="{height}"/></svg>'
    )


def _size(name: str) -> tuple[int, int]:
    """Width and height of a picture, from the header of the PNG."""
    head = (docs.PICTURES / name).read_bytes()[16:24]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
