"""Passkeys of the own account: added, renamed, removed."""

from flask import redirect as to
from flask import render_template, request
from flask_login import current_user

from app.context import actor, perform, take
from app.domain.errors import Declined
from app.domain.sign_in import FACTOR
from app.errors import field_sentences
from app.security import settles
from app.services.people import passkeys, passwords
from app.web.account.views import Answer, account_page, blueprint, enrolment_page, everybody
from app.web.auth.passkeys import limit, said_of

__all__ = ["blueprint"]


@blueprint.post("/passkeys/options")
@everybody
@settles(FACTOR)
def passkey_options() -> dict[str, object]:
    limit()
    return said_of(perform(passkeys.ask_new, actor()))


@blueprint.post("/passkeys")
@everybody
@settles(FACTOR)
def add_passkey() -> Answer:
    """The recovery codes stand on the answer and nowhere else."""
    take(f"own-password:{actor().id}", passwords.OWN_LIMIT)
    form = request.form
    said = (form.get("password", ""), form.get("name", ""), form.get("answer", ""), form.get("state", ""))
    try:
        codes = perform(passkeys.add, actor(), *said, current_user.get_id())
    except Declined as error:
        page = enrolment_page if current_user.owes == FACTOR else account_page
        return page(field_sentences(error)), 422
    if codes:
        return render_template("account/recovery.html", codes=codes)
    return to("/account/?done=passkey#passkeys", 303)


@blueprint.post("/passkeys/<passkey_id>")
@everybody
def rename_passkey(passkey_id: str) -> Answer:
    try:
        perform(passkeys.rename, actor(), passkey_id, request.form.get("name", ""))
    except Declined as error:
        return account_page(field_sentences(error)), 422
    return to("/account/?done=passkey#passkeys", 303)


@blueprint.post("/passkeys/<passkey_id>/remove")
@everybody
def remove_passkey(passkey_id: str) -> Answer:
    take(f"own-password:{actor().id}", passwords.OWN_LIMIT)
    try:
        perform(passkeys.remove, actor(), passkey_id, request.form.get("password", ""))
    except Declined as error:
        return account_page(field_sentences(error)), 422
    return to("/account/?done=passkey_gone#passkeys", 303)
