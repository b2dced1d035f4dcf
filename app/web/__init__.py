"""The pages: inspector, enterprise, supervisor, and what they share. A package is views and forms."""

from importlib import import_module

from flask import Flask

from app.web import words

BLUEPRINTS = (
    "app.web.home.views",
    "app.web.auth.views",
    "app.web.account.views",
    "app.web.enterprise.views",
    "app.web.enterprise.permanent",
    "app.web.enterprise.papers",
    "app.web.space.correcting",
    "app.web.inspector.views",
    "app.web.supervisor.views",
    "app.web.supervisor.policy",
    "app.web.supervisor.reconcile",
    "app.web.discipline.views",
    "app.web.observe.views",
    "app.web.admin.views",
    "app.web.jobs.views",
    "app.web.papers.views",
    "app.web.papers.sheets",
    "app.web.published.views",
    "app.web.published.log",
    "app.web.published.figures",
    "app.web.plans.staff",
    "app.web.plans.drawing",
    "app.web.plans.supervised",
    "app.web.plans.public",
    "app.api.v1.views",
)


def register_web(app: Flask) -> None:
    """Registers every blueprint; each module names its own `blueprint`."""
    words.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
