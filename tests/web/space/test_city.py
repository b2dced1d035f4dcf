"""The city's sign-in of enterprises, against a real provider with signed tokens."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import ECKey
from sqlalchemy import select

from app.security import SPACE_COOKIE
from app.services.space import members
from app.store.models import Enterprise, SpaceMember
from tests.house import House, open_house, uscc
from tests.web.space.cast import begun, complete
from tests.web.space.provider import CLIENT, SECRET, Provider, serving


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.claims, running.signs_with = {"uscc": uscc(1)}, None
    running.codes.clear()
    running.calls.clear()
    return running


@pytest.fixture
def city(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[House]:
    opened = open_house(
        database_url, tmp_path / "instance",
        JCM_SPACE_ISSUER=provider.issuer, JCM_SPACE_CLIENT_ID=CLIENT, JCM_SPACE_CLIENT_SECRET=SECRET,
    )  # fmt: skip
    yield opened
    opened.installation.database.dispose()


def through_the_city(client, change=None):
    """Follows the redirects as a browser does: to the provider, back to us."""
    away = client.get("/my/city")
    assert away.status_code == 302, away.text
    with requests.get(away.location, allow_redirects=False, timeout=10) as answer:
        back = urlsplit(answer.headers["Location"])
    query = {k: v[0] for k, v in parse_qs(back.query).items()}
    return client.get("/my/city/back", query_string=change(query) if change else query)


def test_the_city_opens_the_space_of_the_enterprises_that_it_names(city: House, provider: Provider) -> None:
    inspection = complete(city, begun(city))
    provider.claims = {"uscc": [{"uscc": uscc(1)}, {"uscc": uscc(7), "name": "云汀示例七公司"}, "not a USCC", None]}
    client = city.client()
    assert through_the_city(client).status_code == 303
    assert client.get(f"/my/visits/{inspection.id}").status_code == 200
    assert "全部企业（2）" in client.get("/my/visits").text
    with city.installation.reading() as session:
        rows = list(session.scalars(select(SpaceMember)))
        assert {(r.via, r.manages) for r in rows} == {("sign_in", True)}
        assert session.scalars(select(Enterprise.name).where(Enterprise.uscc == uscc(7))).one() == "云汀示例七公司"


def test_what_the_city_no_longer_says_ends_at_the_next_sign_in(city: House, provider: Provider) -> None:
    inspection = begun(city)
    first = city.client()
    assert through_the_city(first).status_code == 303
    provider.claims = {"uscc": uscc(2)}
    second = city.client()
    assert through_the_city(second).status_code == 303
    for client in (first, second):
        assert client.get(f"/my/visits/{inspection.id}").status_code == 404
    with city.installation.reading() as session:
        assert len({r.person for r in session.scalars(select(SpaceMember))}) == 1
        assert len(members.standing(session, inspection.enterprise_id)) == 0


def refused(client, change=None) -> None:
    answer = through_the_city(client, change)
    assert answer.status_code == 409, answer.text
    assert client.get_cookie(SPACE_COOKIE) is None


WRONG = (
    {"nonce": "another"}, {"iss": "https://elsewhere.example"}, {"aud": "somebody else"}, {"exp": 1},
    {"uscc": None}, {"uscc": "91310000000000000X"}, {"sub": ""},
)  # fmt: skip


def test_a_token_that_is_not_for_us_now_opens_nothing(city: House, provider: Provider) -> None:
    for claims in WRONG:
        provider.claims = {"uscc": uscc(1), **claims}
        refused(city.client())


def test_a_token_signed_by_another_key_opens_nothing(city: House, provider: Provider) -> None:
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "1"})
    refused(city.client())


def test_state_code_and_verifier_belong_to_one_browser_and_one_time(city: House, provider: Provider) -> None:
    refused(city.client(), lambda q: q | {"state": "guessed"})
    refused(city.client(), lambda q: {"error": "access_denied", "state": q["state"]})
    kept: dict[str, str] = {}
    mine = city.client()
    assert through_the_city(mine, lambda q: kept.update(q) or q).status_code == 303  # type: ignore[func-returns-value]
    assert mine.get("/my/city/back", query_string=kept).status_code == 409  # a second time
    assert city.client().get("/my/city/back", query_string=kept).status_code == 409  # a thief of the address
    victim = city.client()
    victim.get("/my/city")
    refused(victim, lambda q: q | {"code": "code-of-the-attacker"})


def test_without_the_setting_there_is_no_such_door_and_a_dead_city_gets_a_sentence(
    house: House, city: House, provider: Provider
) -> None:
    assert house.client().get("/my/city").status_code == 404
    assert "企业统一登录" not in house.client().get("/my/").text
    assert "企业统一登录" in city.client().get("/my/").text
    object.__setattr__(city.installation.config.outside, "space_issuer", "http://127.0.0.1:9")
    assert city.client().get("/my/city").status_code == 409
