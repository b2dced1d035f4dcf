"""Beside another system: who issues codes, how far the other system was read, what could not be taken or given back."""

import json
from typing import Any

from flask import render_template, request

from app.context import actor, installation, now, perform, reading
from app.domain.mirroring import LONGEST_ENTRY, LONGEST_SYSTEM, MODES, Issuing
from app.errors import sentence
from app.queries import connectors as queries
from app.services.connector import received_figures
from app.services.people import two_persons
from app.store import registry
from app.web.admin.blueprint import Answer, administrators, blueprint, saved, today
from app.web.admin.forms import Reading, typed
from app.web.admin.words import CONNECTOR_KINDS, ISSUING

LATE = 15 * 60  # seconds of lag that deserve a colour


@blueprint.get("/connector")
@administrators
def connector() -> str:
    return _page("", {})


@blueprint.post("/issuing")
@administrators
def propose_issuing() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        mode, first = form.choice("mode", MODES), form.day("valid_from", needed=True)
        system, entry = form.text("system", LONGEST_SYSTEM), form.text("entry", LONGEST_ENTRY)
        form.done()
        perform(two_persons.propose_issuing, actor(), Issuing(mode, system, entry), first)
        return "/admin/proposals"

    return saved("issuing", act, _page)


def shown(session: Any) -> dict[str, Any]:
    """What the page of an administrator and that of a supervisor show."""
    config = installation().config
    district = registry.district_of(session, actor().region) or config.jurisdiction
    found = queries.status(session, config.connector.system, district, now())
    return {
        "settings": config.connector,
        "status": found,
        "late": found.lag_seconds is None or found.lag_seconds > LATE,
        "refusals": [(r, sentence(r.code, json.loads(r.data))) for r in found.refusals],
        "received": received_figures.received(session)[:50],
        "unit_names": queries.unit_names(session),
        "issuing_words": ISSUING,
        "kind_words": CONNECTOR_KINDS,
    }


def _page(form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        said = shown(session)
    issuing = said["status"].issuing
    usual = {"mode": issuing.mode, "system": issuing.system, "entry": issuing.entry, "valid_from": today().isoformat()}
    values = typed(request.form) if form else usual
    return render_template("admin/connector.html", form=form, errors=errors, values=values, **said)
