"""The office's own sign-in opens accounts that their owners linked. It makes none, gives no role, and names mean nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.services.people import second_factors
from app.store.models import OfficeSubject, RoleAssignment, User
from tests.house import PASSWORD, House
from tests.web.space.provider import CLIENT, SECRET, Provider, serving
from tests.web.test_signing_in import ONE, code_now, enrolled, nothing_amiss, sign_in, strict  # noqa: F401 fixture


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.claims, running.signs_with = {}, None
    return running


@pytest.fixture
def office(strict: House, provider: Provider) -> House:  # noqa: F811
    config = strict.installation.config
    outside = replace(
        config.outside,
        staff_issuer=provider.issuer, staff_client_id=CLIENT, staff_client_secret=SECRET, staff_trusted=("mfa", "gov.high"),
    )  # fmt: skip
    strict.installation = replace(strict.installation, config=replace(config, outside=outside))
    strict.app.extensions["jcm"] = strict.installation
    return strict


def through(client: FlaskClient, path: str = "/login/office") -> Any:
    """Follows the redirects as a browser does: to the provider, back to us."""
    away = client.get(path)
    assert away.status_code == 302, away.text
    with requests.get(away.location, allow_redirects=False, timeout=10) as answer:
        back = urlsplit(answer.headers["Location"])
    return client.get(back.path, query_string={k: v[0] for k, v in parse_qs(back.query).items()})


def linking(client: FlaskClient) -> Any:
    """With the password, a link leads to the provider."""
    said = client.post("/account/office", data={"password": PASSWORD})
    assert "/account/office/away" in said.text
    return through(client, "/account/office/away")


def counts(house: House) -> tuple[int, ...]:
    with house.installation.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(t)) or 0 for t in (User, RoleAssignment, OfficeSubject)
        )


def test_a_linked_account_opens_with_its_own_second_factor_or_a_trusted_one(office: House, provider: Provider) -> None:
    head = office.client()
    sign_in(office, head, "head")
    secret, _ = enrolled(office, head)
    assert "连接统一身份认证" in head.get("/account/").text
    assert linking(head).location.startswith("/account/?done=office")
    assert "已连接" in head.get("/account/").text

    guest = office.client()
    assert "用统一身份认证登录" in guest.get("/login").text
    assert through(guest).location == "/login/code"  # who somebody is, and no second factor
    assert guest.get("/inspect/").location == "/login/code"
    assert guest.post("/login/code", data={"code": code_now(office, secret)}).status_code == 303
    assert guest.get("/inspect/").status_code == 200
    for claims in ({"amr": ["pwd", "mfa"]}, {"acr": "gov.high"}):
        provider.claims = claims
        trusted = office.client()
        assert through(trusted).location == "/inspect/"
        assert trusted.get("/inspect/").status_code == 200
    provider.claims = {"amr": "mfa", "acr": ["gov.high"], "role": "admin"}  # not the form that the standard gives them
    assert through(office.client()).status_code == 409
    provider.claims = {"amr": ["pwd"], "role": "admin"}
    assert through(office.client()).location == "/login/code"
    assert head.post("/account/office/unlink").status_code == 303
    assert through(office.client()).status_code == 409
    assert nothing_amiss(office)


@ONE
def test_who_is_trusted_elsewhere_need_not_enrol_here_and_the_session_says_so(
    office: House, provider: Provider
) -> None:
    supervisor = office.client()
    sign_in(office, supervisor, "supervisor")
    enrolled(office, supervisor)
    linking(supervisor)
    office.perform(second_factors.reset, office.people["admin"], office.people["supervisor"].id)
    provider.claims = {"amr": ["mfa"]}
    client = office.client()
    assert through(client).location == "/supervise/" and client.get("/supervise/").status_code == 200
    provider.claims = {}
    client = office.client()
    through(client)
    assert client.get("/supervise/").location == "/account/factor"


@ONE
def test_coming_back_without_a_code_is_a_sentence(office: House) -> None:
    client = office.client()
    state = parse_qs(urlsplit(client.get("/login/office").location).query)["state"][0]
    assert client.get("/login/office/back", query_string={"state": state}).status_code == 409


@ONE
def test_strangers_names_and_taken_identities_open_and_make_nothing(office: House, provider: Provider) -> None:
    before = counts(office)
    provider.claims = {"preferred_username": "admin", "name": "admin", "email": "admin@example", "role": "admin"}
    stranger = office.client()
    answer = through(stranger)
    assert answer.status_code == 409 and "还没有连接" in answer.text
    assert stranger.get("/admin/").location.startswith("/login")
    assert office.client().get("/account/office").location.startswith("/login")  # only who is signed in links
    first, second = office.signed_in("inspector"), office.signed_in("inspector2")
    linking(first)
    assert linking(second).status_code == 409
    assert linking(first).status_code == 409
    provider.claims = {"sub": "person-2"}
    assert through(office.client()).status_code == 409
    provider.claims = {"nonce": "another"}
    assert through(office.client()).status_code == 409
    assert counts(office) == (*before[:2], 1)
    office.perform(
        lambda work: work.session.query(User).filter(User.username == "inspector").update({"disabled_at": work.now})
    )
    provider.claims = {}
    assert through(office.client()).status_code == 409
    plain = replace(office.installation.config, outside=replace(office.installation.config.outside, staff_issuer=""))
    office.app.extensions["jcm"] = replace(office.installation, config=plain)
    assert office.client().get("/login/office").status_code == 404
    assert "统一身份认证" not in office.client().get("/login").text


@ONE
def test_who_finds_an_open_session_links_nothing_without_the_password(office: House) -> None:
    before = counts(office)
    client = office.signed_in("inspector")
    assert 'type="password"' in client.get("/account/office").text
    assert client.post("/account/office", data={"password": "a wrong one"}).status_code == 422
    assert client.get("/account/office/away").location == "/account/office"
    away = client.get("/login/office")  # the way in that asks for none, and its answer brought to the other address
    with requests.get(away.location, allow_redirects=False, timeout=10) as answer:
        back = urlsplit(answer.headers["Location"])
    said = {k: v[0] for k, v in parse_qs(back.query).items()}
    assert client.get("/account/office/back", query_string=said).status_code == 409
    assert counts(office) == before
    client.post("/account/office", data={"password": PASSWORD})
    office.clock.move(minutes=6)
    assert client.get("/account/office/away").location == "/account/office"  # proved too long ago
