"""Who belongs to a space: invitations, removals, and what is forgotten."""

import re

from sqlalchemy import select, text

from app.services.auditing.state_audit import state_discrepancies
from app.services.space import persons
from app.store.models import FactRow, SpaceMember, SpacePerson
from tests.house import House
from tests.web.space.cast import OTHER, PHONE, begun, enter, member, shown_digits

GUEST = "13800000002"


def invited(house: House, client, **changes: str):
    with house.installation.reading() as session:
        enterprise = session.scalars(select(SpaceMember.enterprise)).first()
    data = {"enterprise": enterprise, "name": "李接", "contact": GUEST, "role": "reception", **changes}
    guest = house.client()
    assert enter(guest, shown_digits(client.post("/my/people", data=data).text), GUEST).status_code == 303
    return guest


def ids_on(client) -> list[str]:
    return re.findall(r"/my/people/([^/]+)/remove", client.get("/my/people").text)


def test_the_first_person_invites_another_who_may_not_invite_unless_told_so(house: House) -> None:
    first = member(house, begun(house))
    guest = invited(house, first)
    page = guest.get("/my/people").text
    assert "王安" in page and "138****0001" in page and PHONE not in page
    with house.installation.reading() as session:
        enterprise = session.scalars(select(SpaceMember.enterprise)).first()
    data = {"enterprise": enterprise, "name": "x", "contact": "13800000003", "role": "safety"}
    assert guest.post("/my/people", data=data).status_code == 422
    own = ids_on(guest)
    (first_id,) = set(ids_on(first)) - set(own)
    assert guest.post(f"/my/people/{first_id}/remove").status_code == 403


def test_a_removed_member_is_out_at_once(house: House) -> None:
    first = member(house, begun(house))
    guest = invited(house, first)
    assert guest.get("/my/visits").status_code == 200
    (guest_id,) = ids_on(guest)
    assert first.post(f"/my/people/{guest_id}/remove").status_code == 303
    assert guest.get("/my/visits").status_code == 302
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def test_nobody_removes_or_invites_at_another_enterprise(house: House) -> None:
    first, other = member(house, begun(house)), member(house, begun(house, enterprise=OTHER), GUEST)
    (theirs,) = ids_on(other)
    assert first.post(f"/my/people/{theirs}/remove").status_code == 404
    with house.installation.reading() as session:
        enterprise = session.scalar(select(SpaceMember.enterprise).where(SpaceMember.id == theirs))
    data = {"enterprise": enterprise, "name": "x", "contact": "13800000003", "role": "safety"}
    assert first.post("/my/people", data=data).status_code == 404


def test_an_officer_who_made_himself_a_contact_is_seen_and_removed(house: House) -> None:
    """The supervisor sees at which visit and by whose page; the first real person and the supervisor can remove him."""
    inspection = begun(house)
    officer = member(house, inspection, "13900000009", "自称企业的人")
    real = member(house, inspection)
    supervisor = house.signed_in("supervisor")
    page = supervisor.get(f"/supervise/enterprises/{inspection.enterprise_id}").text
    assert inspection.number in page and "六位数字由 inspector 当面告知" in page
    assert PHONE not in page and "王安" not in page
    (first, _) = ids_on(real)
    assert (
        house.signed_in("neighbour").post(f"/supervise/space/{first}/remove", data={"reason": "x"}).status_code == 404
    )
    answer = supervisor.post(f"/supervise/space/{first}/remove", data={"reason": "不是企业的人"})
    assert answer.status_code == 303
    assert officer.get("/my/visits").status_code == 302 and real.get("/my/visits").status_code == 200
    assert "不是企业的人" in supervisor.get(f"/supervise/enterprises/{inspection.enterprise_id}").text


def test_who_leaves_is_forgotten_at_once_and_who_was_removed_after_thirty_days(house: House) -> None:
    first = member(house, begun(house))
    guest = invited(house, first)
    (guest_id,) = ids_on(guest)
    first.post(f"/my/people/{guest_id}/remove")
    (own,) = ids_on(first)
    first.post(f"/my/people/{own}/remove")

    def known() -> list[bool]:
        with house.installation.reading() as session:
            rows = session.scalars(select(SpacePerson).order_by(SpacePerson.created_at, SpacePerson.id))
            return [r.sealed is not None for r in rows]

    assert sorted(known()) == [False, True]
    house.clock.move(days=29)
    house.perform(persons.erase_former)
    assert sorted(known()) == [False, True]
    house.clock.move(days=2)
    house.perform(persons.erase_former)
    assert known() == [False, False]
    with house.installation.reading() as session:
        assert len(list(session.scalars(select(FactRow).where(FactRow.kind == "contact.erased")))) == 2


def test_a_membership_changed_past_the_platform_is_named(house: House) -> None:
    member(house, begun(house))
    with house.installation.database.write() as session:
        session.execute(text("UPDATE space_members SET manages = NOT manages"))
    with house.installation.reading() as session:
        assert [(code, table) for code, table, _, _ in state_discrepancies(session)] == [
            ("row_changed", "space_members")
        ]
