"""The city's sign-in of enterprises (app/web/oidc.py): whom it names, for which enterprises."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.context import installation, perform, take
from app.domain.applications import EnterpriseRef
from app.domain.enterprises import LONGEST_NAME, is_early_pilot, normalise_uscc, uscc_problem
from app.outside import Outside
from app.security import public
from app.services.space import entry
from app.store.limits import Limit
from app.web import oidc
from app.web.space.blueprint import blueprint, browser, refuse_staff_device, with_cookie

FROM = Limit(burst=60, per_minute=20)
MOST_ENTERPRISES = 50


@blueprint.get("/city")
@public
def to_city() -> Response:
    refuse_staff_device()
    take(f"space-city:{request.remote_addr}", FROM)
    return oidc.away(_provider(), installation().config.public_url + url_for("space.from_city"))


@blueprint.get("/city/back")
@public
def from_city() -> Response:
    refuse_staff_device()
    take(f"space-city:{request.remote_addr}", FROM)
    outside = installation().config.outside
    claims = oidc.claims(_provider())
    name = str(claims.get("name") or claims.get("preferred_username") or "")[:40]
    named = enterprises_named(claims, outside)
    entered = perform(entry.enter_by_city, outside.space_issuer, str(claims["sub"]), name, named, browser())
    return with_cookie(redirect(url_for("space.home"), 303), entered.secret)


def enterprises_named(claims: Any, outside: Outside) -> list[EnterpriseRef]:
    """The enterprises of the claim: one USCC, several, or objects with `uscc` and `name`. What is no USCC is left out."""
    said = claims.get(outside.space_uscc_claim)
    found = []
    for one in (said if isinstance(said, list) else [said])[:MOST_ENTERPRISES]:
        text, name = (one.get("uscc"), one.get("name")) if isinstance(one, dict) else (one, None)
        uscc = normalise_uscc(text) if isinstance(text, str) else ""
        if uscc_problem(uscc) is None or is_early_pilot(uscc):
            found.append(EnterpriseRef(uscc, name[:LONGEST_NAME] if isinstance(name, str) and name else None))
    return found


def _provider() -> oidc.Provider:
    outside = installation().config.outside
    return oidc.Provider("city", outside.space_issuer, outside.space_client_id, outside.space_client_secret)
