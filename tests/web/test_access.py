"""Who may open what: the page docs/access.md is that of the routes, and the routes do what it says."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain.actors import ROLES
from app.security import access_of
from app.store.models import FactRow
from tests.house import House
from tools import access_table

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # access is decided before the database
WHO = {"inspector": "inspector", "head": "head", "supervisor": "supervisor", "admin": "admin"}
TRIED = 2  # roles of those that are not marked, another pair for each route


def filled(rule: str, value: str) -> str:
    """An address of a route, `value` for everything it names."""
    rule = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule)
    return re.sub(r"<(?:int[^:]*):\w+>", "1", re.sub(r"<(?!int)(?:[^:<>]+:)?\w+>", value, rule))


def method_of(rule: Any) -> str:
    return "GET" if "GET" in (rule.methods or ()) else next(iter(sorted(rule.methods - {"OPTIONS", "HEAD"})))


@ONE
def test_the_page_is_that_of_the_routes(house: House) -> None:
    """After adding a route: `.venv/bin/python tools/access_table.py`, and look at what it says."""
    assert access_table.PAGE.read_text(encoding="utf-8") == access_table.text_of(house.app)


@ONE
def test_every_path_says_whose_it_is_or_names_nothing_owned(house: House) -> None:
    """A new name in a path belongs to somebody, or is known to be nobody's."""
    nobodys = {
        "code", "enterprise_id", "file_id", "filename", "form", "id", "key", "kind", "lot_id", "n", "name", "period",
        "position", "presented", "receipt", "rest", "step", "what", "certificate_no", "number", "number_or_id", "unit",
    }  # fmt: skip
    names = {n for rule in house.app.url_map.iter_rules() for n in rule.arguments}
    assert names - nobodys - access_table.OWNED.keys() == set()


@ONE
def test_a_role_that_is_not_marked_is_refused(house: House) -> None:
    clients = {role: house.signed_in(name) for role, name in WHO.items()}
    wrong = []
    for number, rule in enumerate(sorted(house.app.url_map.iter_rules(), key=lambda r: r.rule)):
        access = access_of(house.app, rule.endpoint)
        assert access is not None
        if access.public or access.space:
            continue
        unmarked = [role for role in clients if role not in access.roles]
        url, method = filled(rule.rule, "x"), method_of(rule)
        for role in [*unmarked, *unmarked][number % max(1, len(unmarked)) :][: min(TRIED, len(unmarked))]:
            is_api = rule.rule.startswith("/api/")
            headers = house.bearer(WHO[role]) if is_api else {}
            answer = (house.client() if is_api else clients[role]).open(url, method=method, headers=headers)
            if answer.status_code != 403:
                wrong.append((role, method, url, answer.status_code))
    assert wrong == []


def of_visits(house: House) -> list[Any]:
    rules = house.app.url_map.iter_rules()
    named = [r for r in rules if "<inspection_id>" in r.rule or r.rule.startswith("/api/v1/inspections/<id>")]
    return [r for r in named if not r.rule.startswith("/my/")]  # of the enterprise: no staff session stands there


@ONE
def test_a_visit_of_another_unit_does_not_exist(house: House) -> None:
    """Every route that names a visit, sent by another unit, another district's bureau and their tokens: nothing of the
    visit is shown, nothing of it changes."""
    visit = house.approved()
    others = ("inspector2", "head2", "neighbour")
    clients = {name: house.signed_in(name) for name in others}
    headers = {name: house.bearer(name) for name in others}
    before, shown = facts(house), []
    for rule in of_visits(house):
        url = filled(rule.rule, visit.id)
        for name in others:
            is_api = url.startswith("/api/")
            client: FlaskClient = house.client() if is_api else clients[name]
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                answer = client.open(url, method=method, headers=headers[name] if is_api else {})
                told = "云汀示例一" in answer.text or visit.number in answer.text
                if answer.status_code not in (403, 404, 422) or told:
                    shown.append((name, method, url.replace(visit.id, "…"), answer.status_code, told))
    assert shown == [], "\n".join(map(str, shown))
    assert facts(house) == before


def facts(house: House) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(FactRow)) or 0


def test_every_role_has_a_column() -> None:
    assert set(access_table.SHORT) == set(ROLES)


@ONE
def test_who_may_not_do_a_step_reads_in_words_who_may(house: House) -> None:
    refused = house.signed_in("inspector").get("/admin/units/new")
    assert refused.status_code == 403 and "以下角色之一：" in refused.text and "管理员" in refused.text
    assert "admin" not in refused.text.split("以下角色之一：")[1].split("。")[0]
