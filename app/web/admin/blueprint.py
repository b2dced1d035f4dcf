"""What the administrator's pages share: the blueprint, who may come in, whose registers they keep, saving a form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from app.context import actor, now
from app.domain.actors import ADMIN, HEAD
from app.domain.errors import Declined, DomainError, Invalid
from app.domain.times import shanghai_day
from app.errors import sentence
from app.queries.paging import USUAL
from app.security import roles
from app.services.people import scope
from app.web.admin import words

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
administrators = roles(ADMIN)
keepers = roles(ADMIN, HEAD)
Answer = str | Response | tuple[str, int]
PAGE = USUAL


@blueprint.context_processor
def _own_words() -> dict[str, Any]:
    return {"own": words}


blueprint.add_app_template_filter(words.scope, "own_scope")


def today() -> date:
    return shanghai_day(now())


def own_regions(session: Any) -> frozenset[str] | None:
    return scope.regions_of(session, actor())


def own_unit() -> str | None:
    """A head sees the own unit only; an administrator the whole district."""
    return actor().unit if actor().role == HEAD else None


def filters(*names: str) -> dict[str, str]:
    """Filters live in the address."""
    return {name: request.args.get(name, "").strip()[:100] for name in names}


def messages(error: DomainError) -> dict[str, str]:
    """{field: sentence} of a refusal, for the form it belongs to."""
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "form", error.code, error.data)]
    return {name or "form": sentence(code, data) for name, code, data in problems}


def saved(form: str, act: Callable[[], str], page: Callable[[str, dict[str, str]], str]) -> Answer:
    """Does what a form asks and goes to the address that `act` gives; or shows the page with the problems of `form`."""
    try:
        target = act()
    except Declined as error:
        return page(form, messages(error)), 422
    return redirect(f"{target}?saved=1" if "?" not in target else target, 303)
