"""The pages: inspector, enterprise, supervisor, and what they share. A package is views and forms."""

from importlib import import_module

from flask import Flask

BLUEPRINTS = (
    "app.web.home.views",
    "app.web.auth.views",
    "app.web.published.views",
    "app.api.v1.views",
)


def register_web(app: Flask) -> None:
    """Registers every blueprint; each module names its own `blueprint`."""
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
