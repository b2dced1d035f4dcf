"""The city's sign-in of enterprises: OpenID Connect with PKCE, nonce and state (Authlib), its answer checked by us too."""

from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import current_app, redirect, request, url_for
from joserfc.errors import JoseError
from requests.exceptions import RequestException
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.config import Outside
from app.context import installation, perform, take
from app.domain.applications import EnterpriseRef
from app.domain.enterprises import LONGEST_NAME, is_early_pilot, normalise_uscc, uscc_problem
from app.domain.errors import Refused
from app.security import public
from app.services.space import entry
from app.store.limits import Limit
from app.web.space.blueprint import blueprint, browser, refuse_staff_device, with_cookie

FROM = Limit(burst=60, per_minute=20)
TIMEOUT = 10  # seconds for each call to the city
MOST_ENTERPRISES = 50


@blueprint.get("/city")
@public
def to_city() -> Response:
    """A link, not a form: the page's form-action allows this site only."""
    refuse_staff_device()
    take(f"space-city:{request.remote_addr}", FROM)
    back = installation().config.public_url + url_for("space.from_city")
    try:
        answer: Response = _client().authorize_redirect(back)
    except (RequestException, OAuthError, ValueError, RuntimeError) as error:
        raise Refused("city_sign_in_away") from error
    return answer


@blueprint.get("/city/back")
@public
def from_city() -> Response:
    """State, code, PKCE and the signed answer with its nonce, issuer and audience are checked before anything is used."""
    refuse_staff_device()
    take(f"space-city:{request.remote_addr}", FROM)
    outside = installation().config.outside
    issued_by = {"iss": {"essential": True, "value": outside.space_issuer}, "sub": {"essential": True}}
    try:
        token = _client().authorize_access_token(claims_options=issued_by)
    except (OAuthError, JoseError, RequestException, ValueError, KeyError, RuntimeError) as error:
        current_app.logger.warning("the city's sign-in was refused: %s", type(error).__name__)
        raise Refused("city_sign_in_failed") from error
    claims = token.get("userinfo")
    if not claims:
        raise Refused("city_sign_in_failed")
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


def _client() -> Any:
    """The client of this installation, made at first use: it keeps the city's metadata and keys."""
    known = current_app.extensions.get("jcm_city")
    if known is not None:
        return known
    outside = installation().config.outside
    if not outside.space_issuer:
        raise NotFound()
    client = OAuth(current_app).register(
        "city",
        client_id=outside.space_client_id,
        client_secret=outside.space_client_secret,
        server_metadata_url=outside.space_issuer + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )
    current_app.extensions["jcm_city"] = client
    return client
