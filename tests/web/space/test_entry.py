"""Who comes into an enterprise's space, and who does not."""

import re
import threading

from sqlalchemy import func, select

from app.domain.space import address
from app.security import SPACE_COOKIE, STAFF_COOKIE
from app.services.auditing.state_audit import state_discrepancies
from app.services.space import entry, persons
from app.store.models import FactRow, OutboxRow, SpaceCode, SpaceMember, SpacePerson, SpaceSession
from tests.house import House
from tests.web.space.cast import (
    OTHER,
    PHONE,
    ask,
    begun,
    code_of,
    complete,
    digits_on_officers_page,
    enter,
    member,
    member_by_pages,
    shown_digits,
)  # fmt: skip


def wrong(digits: str) -> str:
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def facts(house: House, kind: str) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind == kind)) or 0


def test_a_person_at_a_visit_comes_in_by_the_digits_that_the_officer_reads_aloud(house: House) -> None:
    inspection = begun(house)
    client = member_by_pages(house, inspection)
    assert "我的检查" in client.get("/my/visits").text
    assert inspection.number in client.get(f"/my/visits/{inspection.id}").text
    with house.installation.reading() as session:
        row = session.scalars(select(SpaceMember)).one()
        assert (row.via, row.inspection, row.handed_by) == (
            "visit", inspection.id, house.people["inspector"].id,
        )  # fmt: skip
        assert PHONE.encode() not in (session.scalars(select(SpacePerson)).one().sealed or b"")
        said = session.scalars(select(FactRow.body).where(FactRow.kind == "member.added")).one()
        assert PHONE not in said and "王安" not in said
        assert list(state_discrepancies(session)) == []


def test_holding_the_code_or_knowing_numbers_opens_nothing(house: House) -> None:
    inspection = begun(house)
    client = house.client()
    ask(house, inspection, client)  # whoever photographed the code gets as far as this
    assert enter(client, "123456").status_code == 422
    for number in (inspection.number, code_of(house, inspection), inspection.code.short_code):  # type: ignore[union-attr]
        assert client.post("/my/back", data={"contact": PHONE, "entry_code": number}).status_code == 422
        assert enter(client, number).status_code == 422
    answer = client.get("/my/visits")
    assert answer.status_code == 302 and answer.location.startswith("/my/")


def test_there_is_no_space_before_the_visit_begins_nor_two_days_after(house: House) -> None:
    inspection = house.approved()
    data = {"name": "王安", "contact": PHONE, "role": "safety"}
    assert house.client().post(f"/my/join/{code_of(house, inspection)}", data=data).status_code == 422
    inspection = complete(house, begun(house))
    house.clock.move(hours=20)
    ask(house, inspection, house.client())
    house.clock.move(hours=30)
    assert house.client().post(f"/my/join/{code_of(house, inspection)}", data=data).status_code == 422


def test_digits_die_after_five_tries_ten_minutes_or_one_use(house: House) -> None:
    inspection = begun(house)
    client = house.client()
    ask(house, inspection, client)
    digits = digits_on_officers_page(house, inspection)
    for _ in range(5):
        assert enter(client, wrong(digits)).status_code == 422
    assert enter(client, digits).status_code == 422  # right, but the sixth
    digits = digits_on_officers_page(house, inspection)
    house.clock.move(minutes=11)
    assert enter(client, digits).status_code == 422
    ask(house, inspection, client)
    digits = digits_on_officers_page(house, inspection)
    assert enter(client, digits).status_code == 303
    assert enter(client, digits).status_code == 422


def test_digits_are_kept_as_a_keyed_mark_only(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, house.client())
    digits = digits_on_officers_page(house, inspection)
    with house.installation.reading() as session:
        row = session.scalars(select(SpaceCode)).one()
        assert row.code_mark == house.installation.vault.mark(f"space-digits:{row.id}", digits)
        assert digits.encode() not in row.sealed and PHONE.encode() not in row.sealed


def test_digits_of_a_request_work_in_the_browser_that_asked_alone(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, house.client())
    assert enter(house.client(), digits_on_officers_page(house, inspection)).status_code == 422


def test_the_officers_page_serves_who_has_no_phone_at_hand(house: House) -> None:
    inspection = begun(house)
    page = house.signed_in("inspector").post(
        f"/inspect/{inspection.id}/space", data={"name": "王安", "contact": "Wang@Example.com", "role": "safety"}
    )
    assert enter(house.client(), shown_digits(page.text), "wang@example.com").status_code == 303


def test_another_unit_hands_nothing_over(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, house.client())
    stranger = house.signed_in("inspector2")
    assert stranger.get(f"/inspect/{inspection.id}/space").status_code == 404
    data = {"name": "x", "contact": PHONE, "role": "legal"}
    assert stranger.post(f"/inspect/{inspection.id}/space", data=data).status_code == 404


def test_a_phone_of_staff_does_not_open_a_space_and_a_staff_session_gives_no_access(house: House) -> None:
    inspection = begun(house)
    officer = house.signed_in("inspector")
    assert officer.get("/my/visits").location.startswith("/my/")
    data = {"name": "赵一", "contact": "13900000009", "role": "legal"}
    assert officer.post(f"/my/join/{code_of(house, inspection)}", data=data).status_code == 409
    officer.post("/logout")
    assert officer.get_cookie(STAFF_COOKIE) is not None
    assert officer.post("/my/enter", data={"contact": PHONE, "digits": "123456"}).status_code == 409
    in_space = member(house, inspection)
    for path in ("/inspect/", "/supervise/", "/admin/"):
        assert in_space.get(path).location.startswith("/login")


def test_the_entry_code_brings_a_person_back_and_a_new_one_ends_the_old(house: House) -> None:
    client = member(house, begun(house))
    old, new = (
        re.search(r'class="digits entry">([^<]+)<', client.post("/my/me/entry-code").text)[1]  # type: ignore[index]
        for _ in range(2)
    )
    elsewhere = house.client()
    assert elsewhere.post("/my/back", data={"contact": PHONE, "entry_code": old}).status_code == 422
    assert elsewhere.post("/my/back", data={"contact": "13800000002", "entry_code": new}).status_code == 422
    typed = new.lower().replace("-", " ")
    assert elsewhere.post("/my/back", data={"contact": PHONE, "entry_code": typed}).status_code == 303
    assert elsewhere.get("/my/visits").status_code == 200


def test_an_address_that_was_only_told_never_receives_a_sign_in_code(house: House) -> None:
    member(house, begun(house))
    contact = address(PHONE)
    assert house.perform(entry.send_code, contact, "d" * 43, "told") is None
    with house.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_an_unknown_address_costs_a_row_as_a_known_one_does_and_opens_nothing(house: House) -> None:
    """Else the time of an answer would tell whose number is known here."""
    assert house.perform(entry.send_code, address(PHONE), "d" * 43, "sent") is None
    with house.installation.reading() as session:
        assert session.scalars(select(SpaceCode)).one().code_mark is None
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert house.perform(entry.enter, address(PHONE), "000000", "d" * 43, "thief", None) is None


def test_a_proved_address_signs_in_by_a_code_sent_to_it(house: House) -> None:
    client = member(house, begun(house))
    with house.installation.reading() as session:
        person = persons.person_of(session, session.scalars(select(SpacePerson.id)).one())
    contact = address(PHONE)
    digits = house.perform(entry.send_code, contact, "d" * 43, "told", person)
    assert house.perform(entry.enter, contact, digits, "d" * 43, "phone", None) is None  # not in this browser
    assert house.perform(entry.enter, contact, digits, "d" * 43, "phone", person).person == person.id
    digits = house.perform(entry.send_code, contact, "e" * 43, "told")
    assert house.perform(entry.enter, contact, digits, "x" * 43, "thief", None) is None
    assert house.perform(entry.enter, contact, digits, "e" * 43, "phone", None).person == person.id
    assert client.get("/my/me").text.count("已核实") == 1


def test_one_human_being_at_two_companies_becomes_one_person_by_proving_the_address(house: House) -> None:
    first = member(house, begun(house))
    second = member(house, begun(house, enterprise=OTHER))  # another browser: told digits prove no address
    contact = address(PHONE)
    with house.installation.reading() as session:
        ids = list(session.scalars(select(SpacePerson.id).order_by(SpacePerson.created_at, SpacePerson.id)))
        one, two = (persons.person_of(session, i) for i in ids)
    for person in (one, two):
        digits = house.perform(entry.send_code, contact, "d" * 43, "told", person)
        entered = house.perform(entry.enter, contact, digits, "d" * 43, "phone", person)
    assert entered.person == one.id
    with house.installation.reading() as session:
        assert len(persons.person_of(session, one.id).enterprises) == 2
        assert session.get_one(SpacePerson, two.id).erased_at is not None
        assert list(state_discrepancies(session)) == []
    page = first.get("/my/visits").text
    assert "全部企业（2）" in page
    assert second.get("/my/visits").status_code == 302


def test_digits_of_another_visit_add_to_what_a_signed_in_person_sees(house: House) -> None:
    client = member(house, begun(house))
    there = begun(house, enterprise=OTHER)
    assert client.get(f"/my/visits/{there.id}").status_code == 404
    ask(house, there, client)
    assert enter(client, digits_on_officers_page(house, there)).status_code == 303
    assert client.get(f"/my/visits/{there.id}").status_code == 200


def test_sessions_end_by_idling_by_age_and_by_hand(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    house.clock.move(days=13)
    assert client.get("/my/visits").status_code == 200
    house.clock.move(days=13)
    assert client.get("/my/visits").status_code == 200  # the last look counts
    house.clock.move(days=14, minutes=1)
    assert client.get("/my/visits").status_code == 302
    client = member(house, begun(house))
    for _ in range(8):
        house.clock.move(days=12)
        client.get("/my/visits")
    assert client.get("/my/visits").status_code == 302
    client = member_by_pages(house, begun(house))
    cookie = client.get_cookie(SPACE_COOKIE)
    assert cookie is not None and cookie.http_only
    assert client.post("/my/out").status_code == 303
    client.set_cookie(SPACE_COOKIE, cookie.value)
    assert client.get("/my/visits").status_code == 302


def test_the_session_is_stored_as_a_hash(house: House) -> None:
    client = member(house, begun(house))
    with house.installation.reading() as session:
        row = session.scalars(select(SpaceSession)).one()
    assert client.get_cookie(SPACE_COOKIE).value.encode() not in row.hash  # type: ignore[union-attr]
    assert len(row.hash) == 32


def test_two_browsers_that_redeem_at_once_make_one_member(house: House) -> None:
    inspection = begun(house)
    page = house.signed_in("inspector").post(
        f"/inspect/{inspection.id}/space", data={"name": "王安", "contact": PHONE, "role": "safety"}
    )
    digits, got = shown_digits(page.text), []
    contact = address(PHONE)

    def redeem(n: int) -> None:
        got.append(house.perform(entry.enter, contact, digits, str(n) * 43, "phone", None))

    threads = [threading.Thread(target=redeem, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(e is not None for e in got) == 1
    assert facts(house, "member.added") == 1


def test_what_is_no_address_is_told_at_its_field(house: House) -> None:
    for text in ("", "1234", "13800", "@", "a@b", "老王", "1380000000o", "x" * 300 + "@example.com"):
        answer = house.client().post("/my/enter", data={"contact": text, "digits": "123456"})
        assert answer.status_code == 422, text
        assert 'id="contact-error"' in answer.text


def test_asking_is_throttled_for_one_address_and_trying_shuts_its_owner_out_nowhere(house: House) -> None:
    """Digits have five tries and hold on the browser that asked; an entry code cannot be guessed."""
    object.__setattr__(house.installation.config, "rate_limits", True)
    client = house.client()
    asked = [client.post("/my/code", data={"contact": PHONE}) for _ in range(4)]
    assert [a.status_code for a in asked] == [200, 200, 200, 429]
    assert (
        asked[3].headers["Retry-After"] == "1200" and "20 分钟后再试" in asked[3].text and "刷新本页" in asked[3].text
    )
    assert {enter(client, "000000").status_code for _ in range(20)} == {422}
    object.__setattr__(house.installation.config, "rate_limits", False)
