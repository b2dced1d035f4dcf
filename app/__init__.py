"""检查码: signed inspection codes. `create_app` wires the house together and does nothing else."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import delivery, errors, i18n, security, zones
from app.cli import register_cli
from app.clock import Clock
from app.config import Config, load_config
from app.domain.ids import RandomBytes
from app.installation import open_installation
from app.operating import logs, requests
from app.practice import door as practice
from app.web import register_web
from app.web_app import WebApp

MAX_BODY = 1 * 1024 * 1024  # forms and JSON; uploads raise it for their own route


def create_app(config: Config | None = None, clock: Clock | None = None, random: RandomBytes | None = None) -> Flask:
    """The application for a configuration (default: from JCM_* variables).

    An installation without keys starts only far enough for `flask init`; every request then gets 503.
    """
    config = config or load_config()
    app = WebApp(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key or None,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_NAME="__Host-jcm_session" if config.is_https else "jcm_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_https,
        PREFERRED_URL_SCHEME="https" if config.is_https else "http",
    )
    app.extensions["jcm_config"] = config
    if config.practice:
        app.extensions["jcm"] = practice.entered()
    elif config.secret_key and config.key_encryption_key:
        app.extensions["jcm"] = open_installation(config, clock, random)
    if not config.practice and config.zone != zones.PUBLIC:
        app.extensions["jcm_practice"] = app.wsgi_app = practice.Door(app, create_app)  # type: ignore[method-assign,assignment]
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    logs.set_up(config)
    requests.init_app(app)
    delivery.init_app(app)
    i18n.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    register_web(app)
    register_cli(app)
    return app
