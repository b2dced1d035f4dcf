"""A real OpenID Connect provider on this machine: discovery, authorization with PKCE, token, signed JWTs."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

CLIENT, SECRET = "jcm", "a client secret"


@dataclass
class Provider:
    """`claims` replace what the token says; `key` signs it; `calls` is what our client sent."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1", "use": "sig", "alg": "ES256"}))
    signs_with: ECKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def metadata() -> Any:
            return jsonify(
                issuer=self.issuer,
                authorization_endpoint=self.issuer + "/authorize",
                token_endpoint=self.issuer + "/token",
                jwks_uri=self.issuer + "/keys",
                id_token_signing_alg_values_supported=["ES256"],
            )

        @app.get("/keys")
        def keys() -> Any:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @app.get("/authorize")
        def authorize() -> Any:
            """Signs the person in at once."""
            asked = request.args.to_dict()
            assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and asked["nonce"]
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            return redirect(asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]}))

        @app.post("/token")
        def token() -> Any:
            self.calls.append("token")
            asked = self.codes.pop(request.form["code"], None)
            user = request.authorization
            verifier = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
            if asked is None or user is None or (user.username, user.password) != (CLIENT, SECRET):
                return jsonify(error="invalid_client"), 401
            if challenge != asked["code_challenge"] or request.form["redirect_uri"] != asked["redirect_uri"]:
                return jsonify(error="invalid_grant"), 400
            now = int(time.time())
            claims = {
                "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300,
                "nonce": asked["nonce"], "name": "王安", **self.claims,
            }  # fmt: skip
            signed = jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.signs_with or self.key)
            return jsonify(access_token="opaque", token_type="Bearer", expires_in=300, id_token=signed)

        return app


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
