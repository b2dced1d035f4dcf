"""What gives powers: acts that wait for a second administrator, signing keys, API tokens."""

from flask import redirect, render_template, request

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, DomainError
from app.domain.tokens import AREAS, READ, may_issue
from app.queries import access as queries
from app.queries import keeping
from app.services.people import tokens, two_persons
from app.web.admin import words
from app.web.admin.blueprint import Answer, administrators, blueprint, keepers, messages, own_regions, own_unit, saved
from app.web.admin.forms import Reading, typed

USUAL_DAYS = 180


@blueprint.get("/proposals")
@administrators
def proposals() -> str:
    return _proposals({})


@blueprint.post("/proposals/<proposal_id>")
@administrators
def decide_proposal(proposal_id: str) -> Answer:
    """Confirms or turns down; the first password of a new account stands on the answer and nowhere else."""
    try:
        if request.form.get("go") != "confirm":
            perform(two_persons.withdraw, actor(), proposal_id)
            return redirect("/admin/proposals?saved=1", 303)
        done = perform(two_persons.confirm, actor(), proposal_id)
    except Declined as error:
        return _proposals(messages(error)), 422
    if done.password:
        return render_template(
            "admin/password.html", account=done.subject, username=done.username, password=done.password
        )
    return redirect("/admin/proposals?saved=1", 303)


@blueprint.post("/accounts/<actor_id>/factor")
@administrators
def propose_factor(actor_id: str) -> Answer:
    def act() -> str:
        perform(two_persons.propose_factor, actor(), actor_id)
        return "/admin/proposals"

    return saved("factor", act, lambda form, errors: _proposals(errors))


@blueprint.get("/keys")
@administrators
def keys() -> str:
    return _keys("", {})


@blueprint.post("/keys/<kid>")
@administrators
def propose_key(kid: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        reason = form.text("reason", 200, needed=True)
        form.done()
        perform(two_persons.propose_key, actor(), kid, reason)
        return "/admin/proposals"

    return saved(kid, act, _keys)


@blueprint.get("/tokens")
@keepers
def api_tokens() -> str:
    return _tokens({}, "")


@blueprint.post("/tokens")
@keepers
def issue_token() -> Answer:
    """The token stands on the answer and nowhere else."""
    try:
        form = Reading(request.form)
        name, unit = form.text("name", 100, needed=True), form.code("unit", needed=True)
        role, days = form.choice("role", may_issue(actor())), form.number("days")
        form.done()
        scopes = request.form.getlist("scopes")
        token = perform(tokens.issue_for, actor(), unit, role, name, scopes, days or 0)
    except DomainError as error:
        return _tokens(messages(error), ""), 422
    return _tokens({}, token)


@blueprint.post("/tokens/<token_id>")
@keepers
def revoke_token(token_id: str) -> Answer:
    perform(tokens.revoke, actor(), token_id)
    return redirect("/admin/tokens?saved=1", 303)


def _proposals(errors: dict[str, str]) -> str:
    here = installation().config.jurisdiction
    with reading() as session:
        waiting = queries.proposals(session, actor(), here, is_open=True)
        decided = queries.proposals(session, actor(), here, is_open=False)
    return render_template("admin/proposals.html", waiting=waiting, decided=decided, errors=errors)


def _keys(form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        rows = queries.keys(session, actor())
    return render_template("admin/keys.html", rows=rows, form=form, errors=errors, typed=typed(request.form), now=now())


def _tokens(errors: dict[str, str], token: str) -> str:
    with reading() as session:
        rows = queries.tokens(session, actor(), own_unit(), now())
        units = {u.code: u.name for u in keeping.kept_units(session, own_regions(session))}
    if own_unit():
        units = {code: name for code, name in units.items() if code == own_unit()}
    values = {"days": str(USUAL_DAYS), "unit": own_unit() or ""} if token else typed(request.form)
    return render_template(
        "admin/tokens.html",
        rows=rows,
        token=token,
        errors=errors,
        values={"days": str(USUAL_DAYS), "unit": own_unit() or "", **values},
        chosen=[] if token else request.form.getlist("scopes"),
        units=units,
        token_roles={role: words.ROLES[role] for role in may_issue(actor())},
        scopes=[READ, *AREAS],
    )
