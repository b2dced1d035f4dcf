"""Whatever stands in a text field is text on every page: no element, no attribute, nothing a template would run (ASVS 1.2.1)."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import JSON, String, inspect, select, update

from app.domain.applications import EnterpriseRef
from app.security import access_of
from app.store.models import Base, Enterprise
from tests.house import House, uscc
from tests.web.test_seeing import busy

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the pages are the same
MARK = "\"'><svg onload=alert(1)>{{7*7}}"
CHINESE = re.compile("[\u4e00-\u9fff]")
SPARED = {("units", "level"), ("case_records", "source")}  # words that the program knows
PRINTS = re.compile(r"\.(pdf|png|svg|csv|xlsx)$")
WHO = ("inspector", "head", "supervisor", "admin", "discipline", "observer")


class Looking(HTMLParser):
    """What of a page is no page of ours: an element or an attribute of the mark."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.strange += [f"{tag} {name}={value}" for name, value in attrs if name.startswith("on")]


def marked(value: Any) -> Any:
    """The mark behind every Chinese text in a value, also in JSON."""
    if isinstance(value, dict):
        return {key: marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [marked(one) for one in value]
    if not isinstance(value, str) or not CHINESE.search(value):
        return value
    if value[0] in "{[":
        return json.dumps(marked(json.loads(value)), ensure_ascii=False)
    return value + MARK


def spoil(house: House) -> None:
    """Marks every table of the database."""
    with house.installation.database.write() as session:
        for mapper in Base.registry.mappers:
            table, keys = mapper.local_table, list(inspect(mapper).primary_key)
            for column in mapper.columns:
                if (table.name, column.name) in SPARED or column in keys or not isinstance(column.type, (String, JSON)):
                    continue
                for value, *key in session.execute(select(column, *keys)).all():
                    if (bad := marked(value)) != value:
                        here = [one == found for one, found in zip(keys, key, strict=True)]
                        session.execute(update(table).where(*here).values({column.name: bad}))


@ONE
def test_a_text_is_a_text_on_every_page_of_everybody(house: House) -> None:
    busy(house)
    visit = house.approved(enterprise=EnterpriseRef(uscc(9), "云汀示例九店"))
    spoil(house)
    with house.installation.reading() as session:
        enterprise = session.scalar(select(Enterprise.id).where(Enterprise.name.contains("示例九")))
    clients = {name: house.signed_in(name) for name in WHO} | {"": house.client()}
    named = {"inspection_id": visit.id, "enterprise_id": enterprise, "code": "YT-YJJ", "certificate_no": "99010001"}
    wrong, shown = [], 0
    for rule in house.app.url_map.iter_rules():
        access = access_of(house.app, rule.endpoint)
        if (
            "GET" not in (rule.methods or ())
            or access is None
            or not set(rule.arguments) <= named.keys()
            or PRINTS.search(rule.rule)
        ):
            continue
        url = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda m: str(named[m[1]]), rule.rule)
        name = next((who for who in WHO if who in access.roles), "")
        with clients[name].get(url) as answer:
            if answer.mimetype == "text/html":
                wrong += [(name, url, one) for one in Looking(answer.text).strange]
                wrong += [(name, url, "a template ran it")] if "svg onload=alert(1)&gt;49" in answer.text else []
                shown += "&lt;svg onload" in answer.text
            assert answer.status_code != 500, (name, url)
    assert wrong == []
    assert shown > 40


def test_the_look_sees_what_it_is_to_see() -> None:
    assert Looking(f"<p>{MARK}").strange and not Looking("<p>&lt;svg onload=alert(1)&gt;").strange
