"""A visit that has begun, and a person of its enterprise who comes into the space as people do: by pages."""

import re
from typing import Any

from flask.testing import FlaskClient

from app.domain.applications import EnterpriseRef
from app.domain.inspections import Inspection, Result
from app.domain.space import address
from app.security import SPACE_COOKIE
from app.services.space import entry
from app.services.trust.codes import drawn
from app.services.visiting import visits
from app.services.visiting.scans import record_scan
from app.store import inspections as inspection_store
from tests.house import House, uscc

PHONE = "13800000001"
OTHER = EnterpriseRef(uscc=uscc(2), name="云汀示例二食品有限公司")


def begun(house: House, **changes: Any) -> Inspection:
    """A visit whose arrival the enterprise confirmed."""
    inspection = house.approved(**changes)
    house.perform(record_scan, code_of(house, inspection), "arrive", "d" * 43)
    return current(house, inspection)


def current(house: House, inspection: Inspection) -> Inspection:
    with house.installation.reading() as session:
        found = inspection_store.get(session, inspection.id)
    assert found is not None
    return found


def complete(house: House, inspection: Inspection, outcome: str = "problem_found") -> Inspection:
    house.clock.move(minutes=30)
    results = tuple(Result(item, outcome, "灭火器过期") for item in inspection.items)
    return house.perform(
        visits.complete, house.people["inspector"], inspection.id, visits.Completion(results, house.clock.now)
    )


def code_of(house: House, inspection: Inspection) -> str:
    with house.installation.reading() as session:
        code = drawn(session, inspection, "http://localhost")
    assert code is not None
    return code.token


def ask(house: House, inspection: Inspection, client: FlaskClient, contact: str = PHONE, name: str = "王安") -> None:
    answer = client.post(
        f"/my/join/{code_of(house, inspection)}", data={"name": name, "contact": contact, "role": "legal"}
    )
    assert answer.status_code == 200, answer.text


def digits_on_officers_page(house: House, inspection: Inspection, who: str = "inspector") -> str:
    """The officer presses 显示六位数字 for the newest request."""
    officer = house.signed_in(who)
    page = officer.get(f"/inspect/{inspection.id}/space").text
    request_id = re.findall(r'name="request" value="([^"]+)"', page)[-1]
    return shown_digits(officer.post(f"/inspect/{inspection.id}/space", data={"request": request_id}).text)


def shown_digits(page: str) -> str:
    found = re.search(r'<p class="digits">(\d{3}) (\d{3})</p>', page)
    assert found, page
    return found[1] + found[2]


def enter(client: FlaskClient, digits: str, contact: str = PHONE) -> Any:
    return client.post("/my/enter", data={"contact": contact, "digits": digits})


def member(house: House, inspection: Inspection, contact: str = PHONE, name: str = "王安") -> FlaskClient:
    """A browser of the enterprise's person, in the space: the short way, through the services."""
    house.clock.move(seconds=1)  # so that it is known who came first
    officer, there = house.people["inspector"], address(contact)
    digits = house.perform(entry.ask_on_officers_page, officer, inspection.id, name, there, "legal")
    client = house.client()
    entered = house.perform(entry.enter, there, digits, "d" * 43, "a phone", None)
    client.set_cookie(SPACE_COOKIE, entered.secret)
    return client


def member_by_pages(house: House, inspection: Inspection, contact: str = PHONE, name: str = "王安") -> FlaskClient:
    """The same, as people do it."""
    client = house.client()
    ask(house, inspection, client, contact, name)
    answer = enter(client, digits_on_officers_page(house, inspection), contact)
    assert answer.status_code == 303, answer.text
    return client
