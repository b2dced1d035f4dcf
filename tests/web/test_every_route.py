"""What holds for every route: it says who may come in, answers with the headers, and its errors have one shape."""

from pathlib import Path

import pytest
from flask import request

from app.security import HEADERS, access_of
from tests.house import PASSWORD, House, open_house

NOT_OURS = {"static"}


def test_every_route_declares_who_may_come_in(house: House) -> None:
    open_ended = [r.endpoint for r in house.app.url_map.iter_rules() if access_of(house.app, r.endpoint) is None]
    assert open_ended == []


def test_a_stranger_reaches_no_page_that_needs_a_role(house: House) -> None:
    client = house.client()
    for rule in house.app.url_map.iter_rules():
        access = access_of(house.app, rule.endpoint)
        if rule.endpoint in NOT_OURS or access is None or access.public:
            continue
        url = rule.rule
        for argument in rule.arguments:
            url = url.replace(f"<{argument}>", "1").replace(f"<path:{argument}>", "1").replace(f"<int:{argument}>", "1")
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(url, method=method)
        assert answer.status_code in (302, 401, 404), f"{method} {url} answered {answer.status_code}"
        if answer.status_code == 302:
            assert answer.location.startswith("/my/" if access.space else "/login")


@pytest.mark.parametrize(
    "path",
    ["/", "/login", "/healthz", "/no/such/page", "/api/v1/no-such-call", "/inspect/", "/static/css/app.css", "/q/1"],
)
def test_every_answer_carries_the_headers(house: House, path: str) -> None:
    answer = house.client().get(path)
    answer.close()
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'; ")
    for name in HEADERS:
        assert name in answer.headers, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_under_https_the_session_belongs_to_this_host_alone(database_url: str, tmp_path: Path) -> None:
    house = open_house(database_url, tmp_path / "instance", JCM_PUBLIC_URL="https://localhost")
    client = house.client()
    data = {"username": "inspector", "password": PASSWORD}
    answer = client.post("/login", data=data, base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = {c.split("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-jcm_session", "__Host-jcm_staff", "__Host-jcm_known"}
    assert all("Secure" in c and "HttpOnly" in c and "SameSite" in c for c in cookies.values())
    assert all("Path=/" in c and "Domain" not in c for c in cookies.values())
    house.installation.database.dispose()


def test_a_post_from_another_site_is_refused(house: House) -> None:
    client = house.client()
    data = {"username": "inspector", "password": "x"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        assert client.post("/login", data=data, headers=headers).status_code == 403
    assert client.post("/login", data=data, headers={"Origin": "http://localhost"}).status_code == 409
    beside = {"Origin": "https://elsewhere.example", "Authorization": "Bearer x"}  # a token stands for nobody on pages
    assert client.post("/login", data=data, headers=beside).status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_value_of_a_name_that_is_sent_several_times_holds_what_a_database_does_not_store(house: House) -> None:
    client = house.client()
    assert client.post("/report", data={"officers": ["99010001", "\x00"]}).status_code == 400
    assert client.get("/plans?unit=YT-YJJ&unit=%00").status_code == 400


def test_an_unknown_host_is_refused(house: House) -> None:
    assert house.client().get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("hops", "seen"), [("0", "127.0.0.1"), ("1", "198.51.100.7")])
def test_a_caller_does_not_choose_the_own_address(tmp_path: Path, hops: str, seen: str) -> None:
    """The last that the known proxies added counts, never what came in front of it; the host is never forwarded."""
    house = open_house(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path / "instance", JCM_TRUSTED_PROXIES=hops)
    said = []
    house.app.before_request_funcs[None].insert(0, lambda: said.append((request.remote_addr, request.host)))
    forwarded = {
        "X-Forwarded-For": "203.0.113.1, 198.51.100.7",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=203.0.113.1",
    }
    house.client().get("/healthz", headers=forwarded)
    assert said == [(seen, "localhost")]
    house.installation.database.dispose()


def test_login_leads_only_to_this_site(house: House) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = house.client().post(
            "/login", data={"username": "inspector", "password": "a long test password", "next": target}
        )
        assert answer.status_code == 303
        assert answer.location == "/inspect/"


def test_errors_of_the_api_are_problem_details(house: House) -> None:
    answer = house.client().get("/api/v1/no-such-call")
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "code", "detail", "errors"}
