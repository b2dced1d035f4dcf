"""Signing in through the office's own sign-in (统一身份认证), and linking an account to it."""

import logging

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.context import actor, installation, perform, take
from app.domain.actors import ROLES
from app.domain.errors import DomainError
from app.domain.sign_in import CODE
from app.errors import field_sentences
from app.security import SignedIn, public, roles
from app.services.people import office
from app.store.limits import Limit
from app.web import oidc
from app.web.auth.views import signed_in, whence

blueprint = Blueprint("office", __name__)
FROM = Limit(burst=60, per_minute=20)
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
def link() -> Response:
    """A link, as above. Who follows it unwittingly links the own account to the own identity, and nothing else."""
    take(f"office:{request.remote_addr}", FROM)
    return oidc.away(_provider(), _back("office.linked"))


@blueprint.get("/account/office/back")
@roles(*ROLES)
def linked() -> Response:
    said = oidc.claims(_provider())
    perform(office.link, actor(), installation().config.outside.staff_issuer, str(said["sub"]))
    told.info("linked: %s", current_user.actor.id)
    return redirect("/account/?done=office#office", 303)


@blueprint.post("/account/office/unlink")
@roles(*ROLES)
def unlink() -> Response:
    perform(office.unlink, actor())
    return redirect("/account/?done=office_gone#office", 303)


def _back(endpoint: str) -> str:
    return installation().config.public_url + url_for(endpoint)


def _provider() -> oidc.Provider:
    outside = installation().config.outside
    return oidc.Provider("office", outside.staff_issuer, outside.staff_client_id, outside.staff_client_secret)
