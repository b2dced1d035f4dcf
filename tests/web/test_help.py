"""Help where it is needed: the docs inside the application, one page for each role, the first-use tour."""

import io
import re

import pypdf
import pytest

from app.typesetting import engine
from app.web.help import docs
from tests.house import House
from tests.web.space.cast import begun, member

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # files and templates only


@ONE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_guide_is_one_page_of_five_steps_with_pictures_that_exist(house: House, language: str) -> None:
    client = house.client()
    for role in docs.GUIDES:
        guide = docs.guide(role, language)
        assert len(guide.steps) == 5 and len(guide.pictures) == 3 and guide.last
        page = client.get(f"/help/{role}?lang={language}").text
        assert guide.steps[0][0] in page.replace("&#39;", "'")
        more = re.findall(r'href="/help/(help/[^"]+)"', page)
        assert [client.get(f"/help/{name}").status_code for name in more] == ([200] if language == "zh" else [])
        for file in re.findall(r'<img src="(/help/pictures/[^"]+)"', page):
            answer = client.get(file)
            assert answer.content_type == "image/png"
            answer.close()
        if engine.can_set():
            pdf = client.get(f"/help/{role}.pdf?lang={language}").data
            assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1


@ONE
def test_every_page_of_the_docs_opens_and_its_links_lead_to_pages(house: House) -> None:
    client = house.client()
    for name in docs.pages():
        title, body = docs.html(name)
        assert title and "<h1" in body, name
        for target in re.findall(r'href="/help/([^"#]+)"', body):
            assert target in docs.pages() or (docs.DOCS / target).is_file(), (name, target)
    assert client.get("/help/rules").status_code == 200
    for beyond in ("/help/../app/config", "/help/%2e%2e/README", "/help/no-such"):
        assert client.get(beyond).status_code == 404, beyond


def test_a_tour_of_three_steps_is_shown_once_and_remembered_in_the_account(house: House) -> None:
    client, said = house.signed_in("inspector"), "第一次使用 · "
    assert f"{said}1 / 3" in client.get("/inspect/").text
    client.post("/account/tour", data={"go": "next"})
    assert f"{said}2 / 3" in house.signed_in("inspector").get("/inspect/").text  # another browser, the same account
    client.post("/account/tour", data={"go": "next"})
    client.post("/account/tour", data={"go": "next"})
    assert said not in client.get("/inspect/").text
    client.post("/account/tour", data={"go": "again"})
    assert f"{said}1 / 3" in client.get("/inspect/").text
    client.post("/account/tour", data={"go": "over"})
    assert said not in client.get("/inspect/").text
    for role, start in (
        ("supervisor", "/supervise/"),
        ("admin", "/admin/"),
        ("discipline", "/discipline/"),
        ("observer", "/observe/"),
    ):
        client = house.signed_in(role)
        assert f"{said}1 / 3" in client.get(start).text, role
        assert client.post("/account/tour", data={"go": "over"}).location == start
        assert said not in client.get(start).text, role
    enterprise = member(house, begun(house))
    assert f"{said}1 / 3" in enterprise.get("/my/visits").text
    enterprise.post("/my/tour", data={"go": "over"})
    assert said not in enterprise.get("/my/visits").text


def test_the_columns_of_a_list_are_remembered_for_the_person(house: House) -> None:
    client = house.signed_in("supervisor")
    house.approved()
    shown = {"shown": ["2", "3", "4", "6", "7"], "back": "/supervise/inspections?state=approved"}
    assert client.post("/supervise/columns/inspections", data=shown).location == "/supervise/inspections?state=approved"
    assert ' without-5"' in house.signed_in("supervisor").get("/supervise/inspections").text
    assert "without-" not in house.signed_in("supervisor2").get("/supervise/inspections").text
    assert client.post("/supervise/columns/nonsense").status_code == 404
    assert client.post("/supervise/columns/flags", data={"back": "//evil.example"}).location == "/"
