"""What gives powers: two administrators for roles, keys and lost factors; tokens with scopes, an end and a last use."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.domain.tokens import AREAS, READ
from app.services.people import accounts, second_factors
from app.services.transparency import log, log_audit
from app.services.trust import unit_keys
from app.services.trust.verification import look
from app.store.models import ApiToken, FactRow, RoleAssignment, User
from app.web.admin.words import SCOPES
from tests.house import PASSWORD, House

TODAY = "2026-03-02"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where the database does not matter


@pytest.fixture
def both(house: House) -> tuple[FlaskClient, FlaskClient]:
    """Two administrators of one district."""
    house.perform(accounts.add_user, "admin2", "另一位管理员", "YT-SFJ", "admin", PASSWORD)
    return house.signed_in("admin"), house.signed_in("admin2")


def nothing_amiss(house: House) -> bool:
    log.advance(house.perform)
    with house.installation.reading() as session:
        return list(log_audit.audit(session)) == []


def waiting(client: FlaskClient) -> list[str]:
    return re.findall(r'action="/admin/proposals/([0-9A-Z]{26})"', client.get("/admin/proposals").text)


def decide(client: FlaskClient, proposal: str, go: str = "confirm") -> tuple[int, str]:
    answer = client.post(f"/admin/proposals/{proposal}", data={"go": go})
    return answer.status_code, answer.text


def test_one_administrator_alone_gives_nobody_powers(house: House, both: tuple[FlaskClient, FlaskClient]) -> None:
    one, other = both
    data = {"username": "new1", "name": "新监督员", "unit": "YT-SFJ", "role": "supervisor"}
    assert one.post("/admin/accounts/new", data=data).location.startswith("/admin/proposals")
    assert one.post("/admin/accounts/new", data=data).status_code == 422  # it waits already
    with house.installation.reading() as session:
        assert session.scalar(select(User).where(User.username == "new1")) is None
    (proposal,) = waiting(one)
    status, said = decide(one, proposal)
    assert status == 422 and "由另一位管理员确认" in said
    assert house.signed_in("supervisor").post(f"/admin/proposals/{proposal}", data={"go": "confirm"}).status_code == 403
    status, page = decide(other, proposal)
    given = page.split('id="password">')[1].split("<")[0]
    assert house.client().post("/login", data={"username": "new1", "password": given}).status_code == 303
    assert "已经确认或撤回" in decide(other, proposal)[1]
    assert waiting(one) == [] and "新监督员" in one.get("/admin/proposals").text
    assert "等待双人确认" in one.get("/admin/").text
    with house.installation.reading() as session:
        kinds = session.execute(
            select(FactRow.kind, FactRow.recorded_by).where(FactRow.subject_kind == "proposal").order_by(FactRow.seq)
        )
        assert [k for k, _ in kinds] == ["proposal.made", "proposal.confirmed"]
    assert nothing_amiss(house)


@ONE
def test_a_role_with_powers_holds_once_another_confirmed_it(
    house: House, both: tuple[FlaskClient, FlaskClient]
) -> None:
    one, other = both
    who = house.people["inspector"].id
    data = {"unit": "YT-YJJ", "role": "head", "valid_from": TODAY}
    assert one.post(f"/admin/accounts/{who}/roles", data=data).location.startswith("/admin/proposals")
    (proposal,) = waiting(other)
    decide(other, proposal, "withdraw")
    assert waiting(one) == []
    one.post(f"/admin/accounts/{who}/roles", data=data)
    house.clock.move(days=1)  # what waited begins when it is confirmed, never in the past
    one, other = house.signed_in("admin"), house.signed_in("admin2")
    assert decide(other, waiting(other)[0])[0] == 303
    with house.installation.reading() as session:
        newest = session.scalars(select(RoleAssignment).where(RoleAssignment.actor == who)).all()[-1]
    assert (newest.role, newest.valid_from.isoformat()) == ("head", "2026-03-03")
    assert house.signed_in("inspector").get("/inspect/approvals").status_code == 200
    assert one.post(f"/admin/accounts/{who}/roles", data=data | {"role": "inspector", "valid_from": "2026-03-04"})
    assert waiting(one) == []  # an inspector's role gives no powers


def test_a_signing_key_is_revoked_by_two(house: House, both: tuple[FlaskClient, FlaskClient]) -> None:
    one, other = both
    visit = house.approved()
    with house.installation.reading() as session:
        kid = next(e.kid.hex() for e in unit_keys.entries(session) if e.unit == "YT-YJJ")
        short = str(session.execute(text("SELECT short_code FROM codes")).scalar_one())
    assert kid in one.get("/admin/keys").text
    assert "请填写这一项" in one.post(f"/admin/keys/{kid}", data={"reason": ""}).text
    assert one.post(f"/admin/keys/{kid}", data={"reason": "可能泄露"}).status_code == 303

    def verdict() -> str:
        with house.installation.reading() as session:
            return look(session, short, house.clock()).verdict

    assert verdict() == "valid" and visit.number
    assert decide(other, waiting(other)[0])[0] == 303
    assert verdict() == "revoked"
    assert one.post(f"/admin/keys/{kid}", data={"reason": "再一次"}).status_code == 422
    assert one.post("/admin/keys/ffff", data={"reason": "x"}).status_code == 404
    assert nothing_amiss(house)


@ONE
def test_a_lost_second_factor_is_taken_away_by_two(house: House, both: tuple[FlaskClient, FlaskClient]) -> None:
    one, other = both
    head = house.people["head"]
    assert one.post(f"/admin/accounts/{head.id}/factor").status_code == 404

    def enrol(work) -> None:
        from app.domain import second_factor

        begun = second_factors.begin(work, head)
        import base64

        secret = base64.b32decode(begun.text)
        second_factors.confirm(work, head, second_factor.code_at(secret, second_factor.step_of(work.now)), "", None)

    house.perform(enrol)
    assert "提出重置" in one.get(f"/admin/accounts/{head.id}").text
    assert one.post(f"/admin/accounts/{head.id}/factor").status_code == 303
    with house.installation.reading() as session:
        assert second_factors.has_factor(session, head.id)
    decide(other, waiting(other)[0])
    with house.installation.reading() as session:
        assert not second_factors.has_factor(session, head.id)
    assert nothing_amiss(house)


@ONE
def test_proposals_of_another_district_do_not_exist(house: House, both: tuple[FlaskClient, FlaskClient]) -> None:
    house.perform(accounts.add_user, "admin3", "隔壁管理员", "GB-SFJ", "admin", PASSWORD)
    both[0].post("/admin/accounts/new", data={"username": "n", "name": "某", "unit": "YT-YJJ", "role": "head"})
    (proposal,) = waiting(both[0])
    theirs = house.signed_in("admin3")
    assert waiting(theirs) == [] and decide(theirs, proposal)[0] == 404


def issue(client: FlaskClient, **data: object) -> str:
    given = {"name": "执法系统", "unit": "YT-YJJ", "role": "integration", "days": "30", "scopes": ["inspections:read"]}
    page = client.post("/admin/tokens", data=given | data).text
    found = re.search(r'id="token">(jcm_[\w-]+)<', page)
    assert found, page
    return found[1]


def test_a_token_does_what_its_scopes_say_until_it_ends(house: House) -> None:
    head = house.signed_in("head")
    assert "还没有令牌" in head.get("/admin/tokens").text
    form = {"name": "x", "unit": "YT-YJJ", "role": "integration", "days": "30", "scopes": ["flags:rea"]}
    assert "没有名为" in head.post("/admin/tokens", data=form).text
    token = issue(head, scopes=["read"])

    def call(method: str, path: str, given: str) -> int:
        headers = {"Authorization": f"Bearer {given}"}
        return (
            house.client()
            .open(f"/api/v1{path}", method=method, json={} if method == "POST" else None, headers=headers)
            .status_code
        )

    assert call("GET", "/inspections", token) == 200 and call("POST", "/inspections", token) == 403
    only = issue(head, scopes=["inspections"], role="inspector")
    assert (call("POST", "/inspections", only), call("GET", "/inspections", only), call("GET", "/items", only)) == (
        422,
        200,
        403,
    )
    with house.installation.reading() as session:
        row = session.scalars(select(ApiToken).order_by(ApiToken.created_at, ApiToken.actor)).first()
        assert row is not None and row.last_used_at == house.clock() and token.encode() not in row.hash
    page = head.get("/admin/tokens").text
    assert token not in page and "2026-03-02 09:00" in page
    house.clock.move(days=30)
    assert call("GET", "/inspections", token) == 401
    assert nothing_amiss(house)


def test_who_keeps_a_token_ends_it_and_nobody_else(house: House) -> None:
    head, stranger, admin = house.signed_in("head"), house.signed_in("head2"), house.signed_in("admin")
    token = issue(head)
    (named,) = re.findall(r'action="/admin/tokens/([0-9A-Z]{26})"', head.get("/admin/tokens").text)
    assert (
        stranger.post(f"/admin/tokens/{named}").status_code == 404
        and "执法系统" not in stranger.get("/admin/tokens").text
    )
    form = {"name": "x", "unit": "YT-YJJ", "role": "integration", "days": "30", "scopes": ["read"]}
    assert "没有单位" in stranger.post("/admin/tokens", data=form).text
    assert "可选的值" in admin.post("/admin/tokens", data=form | {"role": "supervisor", "unit": "YT-SFJ"}).text
    assert "可选的值" in admin.post("/admin/tokens", data=form | {"role": "head"}).text  # no power that is not the own
    assert "1–366" in head.post("/admin/tokens", data=form | {"days": "999"}).text
    assert house.signed_in("inspector").get("/admin/tokens").status_code == 403
    assert admin.post(f"/admin/tokens/{named}").status_code == 303
    answer = house.client().get("/api/v1/inspections", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert nothing_amiss(house)


def test_every_power_of_a_token_has_its_words() -> None:
    assert set(SCOPES) == {READ, *AREAS}
