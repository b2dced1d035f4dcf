"""The pages: inspector, enterprise, supervisor, and what they share. A package is views and forms."""

from importlib import import_module

from flask import Flask

from app.web import words

BLUEPRINTS = (
    "app.web.home.views",
    "app.web.auth.views",
    "app.web.auth.passkeys",
    "app.web.auth.office",
    "app.web.account.passkeys",
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
    "app.web.plans.taking",
    "app.web.plans.supervised",
    "app.web.plans.public",
    "app.web.practice.outside",
    "app.web.help.views",
    "app.web.help.tours",
    "app.api.v1.views",
)
IN_A_ROOM = "app.web.practice.inside"


def register_web(app: Flask) -> None:
    """Registers every blueprint; each module names its own `blueprint`."""
    words.init_app(app)
    practice = app.extensions["jcm_config"].practice
    for name in (*BLUEPRINTS, IN_A_ROOM) if practice else BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
