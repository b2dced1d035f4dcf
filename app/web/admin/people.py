"""Accounts: the list, one account with its dated roles, a new one; passwords are shown once."""

from typing import Any

from flask import redirect, render_template, request

from app.context import actor, perform, reading
from app.domain.errors import Declined
from app.queries import keeping as queries
from app.queries import keeping_people as people_queries
from app.services.keeping import people as keeping
from app.services.people import scope, second_factors
from app.web.admin import words
from app.web.admin.blueprint import Answer, administrators, blueprint, filters, messages, own_regions, saved, today
from app.web.admin.forms import Reading, typed


@blueprint.get("/accounts")
@administrators
def accounts() -> str:
    chosen = filters("q", "unit", "role", "open")
    with reading() as session:
        own = own_regions(session)
        rows, following = people_queries.accounts(session, own, chosen, request.args.get("cursor"), today())
    return render_template("admin/accounts.html", rows=rows, following=following, filters=chosen, units=_units())


@blueprint.get("/accounts/new")
@administrators
def new_account() -> str:
    return _new_page({})


@blueprint.post("/accounts/new")
@administrators
def add_account() -> Answer:
    """The first password stands on the answer and nowhere else."""
    try:
        form = Reading(request.form)
        username, name = form.code("username", needed=True), form.text("name", 100, needed=True)
        unit, role = form.code("unit", needed=True), form.choice("role", keeping.PERSON_ROLES)
        certificate = form.code("certificate_no", 40) or None
        form.done()
        made = perform(keeping.add_person, actor(), username, name, unit, role, certificate)
    except Declined as error:
        return _new_page(messages(error)), 422
    if made is None:
        return redirect("/admin/proposals?saved=1", 303)
    return render_template("admin/password.html", account=made[0], username=username, password=made[1])


@blueprint.get("/accounts/<actor_id>")
@administrators
def account(actor_id: str) -> str:
    return _page(actor_id, "", {})


@blueprint.post("/accounts/<actor_id>/password")
@administrators
def reset_password(actor_id: str) -> str:
    password = perform(keeping.reset_password, actor(), actor_id)
    with reading() as session:
        username = scope.account_in_scope(session, actor(), actor_id).username
    return render_template("admin/password.html", account=actor_id, username=username, password=password)


@blueprint.post("/accounts/<actor_id>/open")
@administrators
def open_or_close(actor_id: str) -> Answer:
    def act() -> str:
        perform(keeping.enable if request.form.get("go") == "enable" else keeping.disable, actor(), actor_id)
        return f"/admin/accounts/{actor_id}"

    return saved("open", act, lambda form, errors: _page(actor_id, form, errors))


@blueprint.post("/accounts/<actor_id>/roles")
@administrators
def assign_role(actor_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        unit, role = form.code("unit", needed=True), form.choice("role", keeping.PERSON_ROLES)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        form.done()
        holds = perform(keeping.assign, actor(), actor_id, unit, role, first, last)
        return f"/admin/accounts/{actor_id}" if holds else "/admin/proposals"

    return saved("role", act, lambda form, errors: _page(actor_id, form, errors))


@blueprint.post("/accounts/<actor_id>/roles/<int:period>")
@administrators
def change_role(actor_id: str, period: int) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        if request.form.get("go") == "take_back":
            perform(keeping.take_back_role, actor(), actor_id, period)
        else:
            last = form.day("last", needed=True)
            form.done()
            perform(keeping.end_role, actor(), actor_id, period, last)
        return f"/admin/accounts/{actor_id}"

    return saved("role_end", act, lambda form, errors: _page(actor_id, form, errors))


def _new_page(errors: dict[str, str]) -> str:
    values = typed(request.form) or {"role": "inspector"}
    return render_template(
        "admin/account_new.html", values=values, errors=errors, units=_units(), person_roles=_roles()
    )


def _page(actor_id: str, form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = scope.account_in_scope(session, actor(), actor_id)
        name = people_queries.account_name(session, actor_id)
        roles = queries.periods(people_queries.roles_of(session, actor_id), today(), replaced=True)
        has_factor = second_factors.has_factor(session, actor_id)
    return render_template(
        "admin/account.html",
        account=found,
        name=name,
        roles=roles,
        has_factor=has_factor,
        form=form,
        errors=errors,
        typed=typed(request.form),
        units=_units(),
        person_roles=_roles(),
        today=today(),
    )


def _roles() -> dict[str, Any]:
    return {role: words.ROLES[role] for role in keeping.PERSON_ROLES}


def _units() -> dict[str, str]:
    with reading() as session:
        return {u.code: u.name for u in queries.kept_units(session, own_regions(session))}
