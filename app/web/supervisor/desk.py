"""The own desk: saved filters, what is watched, where the daily digest goes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading, take
from app.domain.errors import DomainError, NotFound
from app.errors import field_sentences
from app.queries import desk as queries
from app.services import addresses
from app.services.sending import outbox, webhook_keys
from app.services.supervising import desk
from app.store.limits import Limit
from app.web.supervisor.blueprint import blueprint, supervisors
from app.web.supervisor.flags import FILTERS

TRIES = Limit(burst=5, per_minute=1)
TAKEN_BACK = {"forget": "save", "unwatch": "watch"}


@blueprint.get("/desk")
@supervisors
def own_desk() -> str:
    return _page({})


@blueprint.post("/desk")
@supervisors
def change_desk() -> Response | str | tuple[str, int]:
    """One change, and back to the desk. What was put away can be taken back there: the page holds it, and nothing else."""
    form = request.form
    changes: dict[str, Callable[[], Any]] = {
        "save": lambda: perform(desk.save_view, actor(), form.get("name", ""), _query(form.get("query", ""))),
        "forget": lambda: perform(desk.forget_view, actor(), form.get("id", "")),
        "watch": lambda: perform(desk.watch, actor(), form.get("kind", ""), form.get("subject", "")),
        "unwatch": lambda: perform(desk.unwatch, actor(), form.get("id", "")),
        "subscribe": lambda: _subscribe(form.get("channel", ""), form.get("to", "").strip()),
        "exchange": lambda: perform(webhook_keys.exchange, actor()),
        "try": lambda: _try_out(form.get("channel", "")),
        "urgent": lambda: perform(desk.set_urgent, actor(), form.get("channel", ""), form.get("urgent") == "1"),
    }
    go = form.get("go", "")
    change = changes.get(go)
    if change is None:
        raise NotFound("no_such_flag")
    try:
        gone = change()
    except DomainError as error:
        at = {"to": f"to-{form.get('channel', '')}"}  # two addresses stand on the page
        return _page({at.get(name, name): text for name, text in field_sentences(error).items()}), 422
    if go in TAKEN_BACK and gone:
        return _page({}, gone | {"go": TAKEN_BACK[go]})
    return redirect(url_for("supervisor.own_desk"), 303)


def _subscribe(channel: str, to: str) -> None:
    """Where a webhook leads is asked before the transaction; the worker asks again whenever it calls it."""
    if channel == outbox.WEBHOOK and installation().config.is_production:
        addresses.check_webhook(to)
    perform(desk.subscribe, actor(), channel, to)


def _try_out(channel: str) -> None:
    take(f"try-out:{actor().id}", TRIES)
    perform(desk.try_out, actor(), channel)


def _query(text: str) -> str:
    """Only filters of the list, whatever else stands in the text."""
    return urlencode([(name, value) for name, value in parse_qsl(text.lstrip("?")[:1000]) if name in FILTERS])


def _page(errors: dict[str, str], gone: dict[str, str] | None = None) -> str:
    with reading() as session:
        found = queries.desk(session, actor())
    vault = installation().vault
    webhook = found.channels[outbox.WEBHOOK].row if outbox.WEBHOOK in found.channels else None
    until = webhook.key_since + webhook_keys.OVERLAP if webhook and webhook.key_since else None
    return render_template(
        "supervisor/desk.html",
        desk=found,
        errors=errors,
        gone=gone,
        typed=request.form,
        addresses={channel: desk.address_of(vault, known.row) for channel, known in found.channels.items()},
        no_gateway=outbox.NO_GATEWAY,
        secret=webhook_keys.secret_of(vault, webhook) if webhook else None,
        overlap=until if until and until > now() else None,
    )
