"""What is published for machines: the signed lists, and the scanner page that reads them."""

import json
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, render_template, send_from_directory
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.config import ROOT
from app.context import browsing, installation, now, reading
from app.delivery import rarely_changes
from app.domain.codes.draw import code_matrix, svg
from app.domain.codes.keys import grouped
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.settings import fields, value
from app.domain.times import shanghai_day
from app.queries import enterprise, policies
from app.security import public
from app.services.trust import roots, unit_keys
from app.store.documents import published
from app.store.other_issuers import recognised
from app.web.words import POLICY_STATES, SETTINGS

blueprint = Blueprint("published", __name__)
SCANNER = ROOT / "scanner_static" / "dist"


@blueprint.get("/.well-known/inspection-keys.json")
@public
@rarely_changes
def keys() -> Response:
    """The signed key list (docs/token.md)."""
    return _signed(unit_keys.KEYS)


@blueprint.get("/.well-known/inspection-status.json")
@public
@rarely_changes
def status() -> Response:
    """The signed list of codes inside their window that are no longer good."""
    return _signed(unit_keys.STATUS)


@blueprint.get("/.well-known/inspection-log.json")
@public
@rarely_changes
def log() -> Response:
    """The verifier keys of the log and of its witnesses, signed by the root (docs/log.md)."""
    return _signed(unit_keys.LOG)


@blueprint.get("/.well-known/inspection-root.json")
@public
@rarely_changes
def root() -> Response:
    """The root's public key and its successions (docs/token.md). Trust it by its fingerprint on the posted notice."""
    return _signed(unit_keys.ROOT)


@blueprint.get("/policy")
@public
@rarely_changes
def policy() -> str:
    """The rules as they are set here: what is flagged, from which number on, on which ground; and every version."""
    today, region = shanghai_day(now()), installation().config.jurisdiction
    with browsing() as session:
        found = [v for v in policies.versions(session, region, today) if v.row.confirmed_by]
        in_force = policies.in_force(session, region, today)
    return render_template(
        "published/policy.html",
        versions=found,
        in_force=in_force,
        catalogue=CATALOGUE,
        fields=fields,
        value=value,
        setting_words=SETTINGS,
        policy_states=POLICY_STATES,
    )


@blueprint.get("/notice")
@public
@rarely_changes
def notice() -> str:
    """The sheet that an enterprise posts in its reception: why to check, how, and what to trust."""
    config = installation().config
    with reading() as session:
        mark = roots.fingerprint(session)
        settings = enterprise.settings(session, config.jurisdiction, shanghai_day(now()))
        issuers = recognised(session, config.jurisdiction, shanghai_day(now()))
    address = f"{config.public_url}/scan/"
    return render_template(
        "published/notice.html",
        address=address,
        home=config.public_url,
        qr=svg(code_matrix(address), _("扫码核验页")),
        fingerprint=grouped(mark) if mark else None,
        settings=settings,
        issuers=issuers,
        printed_on=now(),
    )


@blueprint.get("/scan/")
@blueprint.get("/scan/<path:name>")
@public
def scanner(name: str = "index.html") -> Response:
    """The scanner page as built from scanner_static/; 404 with a sentence where Node was missing."""
    if not (SCANNER / "index.html").exists():
        abort(404, "The scanner page was not built: install Node 20 and run make setup.")
    response = send_from_directory(SCANNER, name)
    response.headers["Cache-Control"] = "no-cache"  # the service worker decides; a new version is seen at once
    if name == "sw.js":
        response.headers["Service-Worker-Allowed"] = "/scan/"
    return response


@blueprint.get("/scan")
@public
def scanner_door() -> BaseResponse:
    return redirect("/scan/", 308)


def _signed(name: str) -> Response:
    with reading() as session:
        document = published(session, name)
    if document is None:
        abort(503)
    response = Response(json.dumps(document, ensure_ascii=False), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"  # public and signed: any verifier may read it
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def scanner_files() -> list[Path]:
    """What the scanner page is made of, for tests of its size."""
    return sorted(p for p in SCANNER.rglob("*") if p.is_file())
