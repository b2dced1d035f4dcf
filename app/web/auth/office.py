"""Signing in through the office's own sign-in (统一身份认证), and linking an account to it."""

import hmac
import logging

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, take
from app.domain.actors import ROLES
from app.domain.errors import DomainError, Refused
from app.domain.sign_in import CODE
from app.errors import field_sentences
from app.security import SignedIn, public, roles
from app.services.people import office, passwords
from app.store.limits import Limit
from app.web import oidc
from app.web.auth.views import signed_in, whence

blueprint = Blueprint("office", __name__)
FROM = Limit(burst=60, per_minute=20)
PROVED, PROVED_SECONDS = "office_link", 300  # in the browser's session: who gave the password, and until when
told = logging.getLogger("jcm.sign_in")


@blueprint.app_template_global("office_sign_in")
def is_there() -> bool:
    """Whether this installation has such a sign-in."""
    return bool(installation().config.outside.staff_issuer)


@blueprint.get("/login/office")
@public
def to_office() -> Response:
    take(f"office:{request.remote_addr}", FROM)
    return oidc.away(_provider(), _back("office.from_office"))


@blueprint.get("/login/office/back")
@public
def from_office() -> Response | tuple[str, int]:
    take(f"office:{request.remote_addr}", FROM)
    config = installation().config
    try:
        said = oidc.claims(_provider())
        trusted = office.is_trusted(said, config.outside.staff_trusted)
        who = (config.outside.staff_issuer, str(said["sub"]))
        found, secret, needs_code = perform(
            office.sign_in, *who, trusted=trusted, whence=whence(None), rules=config.sign_in
        )
    except DomainError as error:
        told.warning("refused: office sign-in")
        problem = field_sentences(error).popitem()[1]
        return render_template("auth/login.html", next="/", problem=problem), 409
    if needs_code:
        login_user(SignedIn(secret, found, CODE))
        return redirect(url_for("auth.code"), 303)
    return signed_in(found, secret, "/")


@blueprint.get("/account/office")
@roles(*ROLES)
def link() -> str:
    """The password first: who finds an open session must not make a way in of their own."""
    _provider_or_404()
    return render_template("account/office.html", errors={}, proved=False)


@blueprint.post("/account/office")
@roles(*ROLES)
def prove() -> str | tuple[str, int]:
    """Answers with a link: a page's form-action allows this site only, also where a form is answered elsewhere."""
    _provider_or_404()
    take(f"own-password:{actor().id}", passwords.OWN_LIMIT)
    try:
        perform(passwords.require_own, actor(), request.form.get("password", ""))
    except DomainError as error:
        return render_template("account/office.html", errors=field_sentences(error), proved=False), 422
    until = int(now().timestamp()) + PROVED_SECONDS
    session[PROVED] = [until, _mark(until)]
    return render_template("account/office.html", errors={}, proved=True)


@blueprint.get("/account/office/away")
@roles(*ROLES)
def away() -> Response:
    take(f"office:{request.remote_addr}", FROM)
    if not _proved():
        return redirect(url_for("office.link"))
    return oidc.away(_provider(), _back("office.linked"))


@blueprint.get("/account/office/back")
@roles(*ROLES)
def linked() -> Response:
    if not _proved():
        raise Refused("city_sign_in_failed")
    session.pop(PROVED, None)
    said = oidc.claims(_provider())
    perform(office.link, actor(), installation().config.outside.staff_issuer, str(said["sub"]))
    told.info("linked: %s", current_user.actor.id)
    return redirect("/account/?done=office#office", 303)


@blueprint.post("/account/office/unlink")
@roles(*ROLES)
def unlink() -> Response:
    perform(office.unlink, actor())
    return redirect("/account/?done=office_gone#office", 303)


def _mark(until: int) -> str:
    """Holds for this sign-in alone."""
    return installation().vault.mark("office-link", f"{current_user.get_id()}:{until}").hex()


def _proved() -> bool:
    """Whether the password of this account was given in this sign-in, a moment ago."""
    kept = session.get(PROVED)
    if not (isinstance(kept, list) and len(kept) == 2 and isinstance(kept[0], int) and isinstance(kept[1], str)):
        return False
    return kept[0] > now().timestamp() and hmac.compare_digest(kept[1], _mark(kept[0]))


def _provider_or_404() -> None:
    if not is_there():
        raise NotFound()


def _back(endpoint: str) -> str:
    return installation().config.public_url + url_for(endpoint)


def _provider() -> oidc.Provider:
    outside = installation().config.outside
    return oidc.Provider("office", outside.staff_issuer, outside.staff_client_id, outside.staff_client_secret)
