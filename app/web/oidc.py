"""OpenID Connect with PKCE, nonce and state (Authlib), for the city's sign-in of enterprises and the office's of staff.

What a provider answers is checked here before anybody uses it: state, code, PKCE, signature, nonce, issuer, audience.
"""

from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app
from joserfc.errors import JoseError
from requests.exceptions import RequestException
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.domain.errors import Refused

TIMEOUT = 10  # seconds for each call to the provider
CLIENTS = "jcm_oidc"


@dataclass(frozen=True, slots=True)
class Provider:
    """`name` tells one from the other; an empty `issuer` is none."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


def away(provider: Provider, back: str) -> Response:
    """The answer that sends a browser to the provider, which sends it to `back`. A link leads here, not a form: a page's
    form-action allows this site only. Raises NotFound, Refused("city_sign_in_away")."""
    try:
        answer: Response = _client(provider).authorize_redirect(back)
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as error:
        raise Refused("city_sign_in_away") from error
    return answer


def claims(provider: Provider) -> Any:
    """What the provider says of who came back, checked. Raises NotFound, Refused("city_sign_in_failed")."""
    issued_by = {"iss": {"essential": True, "value": provider.issuer}, "sub": {"essential": True}}
    try:
        token = _client(provider).authorize_access_token(claims_options=issued_by)
    except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, RuntimeError) as error:
        current_app.logger.warning("the sign-in by %s was refused: %s", provider.name, type(error).__name__)
        raise Refused("city_sign_in_failed") from error
    if not token.get("userinfo"):
        raise Refused("city_sign_in_failed")
    return token["userinfo"]


def _client(provider: Provider) -> Any:
    """The client of this installation, made at first use: it keeps the provider's metadata and keys."""
    if not provider.issuer:
        raise NotFound()
    clients = current_app.extensions.setdefault(CLIENTS, {})
    if provider not in clients:
        clients[provider] = OAuth(current_app).register(
            provider.name,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=provider.issuer + "/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
        )
    return clients[provider]
