"""Passkeys: a way in that a look-alike site cannot use, asked once, and gone when its owner says so."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.services.people import second_factors
from app.store.models import Passkey, RecoveryCode
from tests.house import PASSWORD, House
from tests.passkey import Authenticator
from tests.web.test_signing_in import ONE, code_now, enrolled, nothing_amiss, secret_on, sign_in, strict  # noqa: F401 fixture


def added(client: FlaskClient, device: Authenticator, name: str = "办公室电脑", **changes: str) -> Any:
    asked = client.post("/account/passkeys/options").json
    said = {"name": name, "password": PASSWORD, "answer": device.create(asked["options"]), "state": asked["state"]}
    return client.post("/account/passkeys", data=said | changes)


def used(client: FlaskClient, device: Authenticator, path: str = "/login/passkey", **changes: str) -> Any:
    asked = client.post(f"{path}/options").json
    said = {"answer": device.use(asked["options"]), "state": asked["state"]}
    return client.post(path, data=said | changes)


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li>([0-9A-Z-]{19})</li>", page)


def test_a_head_settles_the_second_factor_with_a_passkey_and_signs_in_with_nothing_else(strict: House) -> None:  # noqa: F811
    first, device = strict.client(), Authenticator()
    sign_in(strict, first, "head")
    assert first.get("/inspect/").location == "/account/factor"
    assert added(first, device, password="wrong").status_code == 422
    answer = added(first, device)
    codes = codes_on(answer.text)
    assert answer.status_code == 200 and len(codes) == 10
    assert first.get("/inspect/").status_code == 200
    assert "办公室电脑" in first.get("/account/").text and "还没有用过" in first.get("/account/").text

    other = strict.client()
    assert used(other, device).location == "/inspect/"
    assert other.get("/inspect/approvals").status_code == 200

    third = strict.client()  # with the password first, the passkey is the second step
    assert sign_in(strict, third, "head").startswith("/login/code")
    assert third.get("/inspect/").location == "/login/code"
    page = third.get("/login/code").text  # it speaks of what this account has
    assert "通行密钥" in page and "六位数字" not in page and "one-time-code" not in page
    assert "恢复码不对" in third.post("/login/code", data={"code": "123456"}).text
    assert used(third, device, "/login/code/passkey").status_code == 303
    assert third.get("/inspect/").status_code == 200

    fourth = strict.client()  # the device is lost: a recovery code
    sign_in(strict, fourth, "head")
    assert fourth.post("/login/code", data={"code": codes[0]}).status_code == 303
    key = re.search(r"/account/passkeys/(\w+)/remove", fourth.get("/account/").text)
    assert key and fourth.post(f"/account/passkeys/{key[1]}", data={"name": "旧电脑"}).status_code == 303
    assert "旧电脑" in fourth.get("/account/").text
    assert fourth.post(f"/account/passkeys/{key[1]}/remove", data={"password": "no"}).status_code == 422
    for path in (key[1], "0" * 32):  # another's, and one that is nobody's
        stranger = strict.signed_in("inspector")
        assert stranger.post(f"/account/passkeys/{path}/remove", data={"password": PASSWORD}).status_code == 404
        assert stranger.post(f"/account/passkeys/{path}", data={"name": "我的"}).status_code == 404
    assert fourth.post(f"/account/passkeys/{key[1]}/remove", data={"password": PASSWORD}).status_code == 303
    assert used(strict.client(), device).status_code == 409
    assert fourth.get("/inspect/").location == "/account/factor"
    with strict.installation.reading() as session:
        assert list(session.scalars(select(RecoveryCode))) == []
    assert nothing_amiss(strict)


@ONE
def test_a_copied_page_a_replay_another_key_and_an_unverified_owner_open_nothing(strict: House) -> None:  # noqa: F811
    client, device = strict.client(), Authenticator()
    sign_in(strict, client, "inspector")
    assert added(client, Authenticator(origin="http://look-alike.example")).status_code == 422
    assert added(client, Authenticator(verifies=False)).status_code == 422
    assert codes_on(added(client, device).text)
    assert added(client, device).status_code == 422  # the same twice

    guest = strict.client()
    asked = guest.post("/login/passkey/options").json
    said = {"answer": device.use(asked["options"]), "state": asked["state"]}
    assert guest.post("/login/passkey", data=said).status_code == 303
    assert guest.post("/login/passkey", data=said).status_code == 409  # heard on the way, sent again
    for wrong in (
        Authenticator(origin="http://look-alike.example", key=device.key, count=9),
        Authenticator(verifies=False, key=device.key, count=9),
        Authenticator(key=device.key, count=-1),  # a copy of the key, whose counter lags behind
        Authenticator(),
    ):
        refused = used(guest, wrong)
        assert refused.status_code == 409 and "没有通过" in refused.text
    late = guest.post("/login/passkey/options").json
    strict.clock.move(minutes=6)
    said = {"answer": device.use(late["options"]), "state": late["state"]}
    assert guest.post("/login/passkey", data=said).status_code == 409
    for strange in (
        "",
        "[]",
        "{}",
        '{"id": 1}',
        "x" * 30_000,
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
    ):
        asked = guest.post("/login/passkey/options").json
        assert guest.post("/login/passkey", data={"answer": strange, "state": asked["state"]}).status_code == 409
        assert guest.post("/login/passkey", data={"answer": strange, "state": strange}).status_code == 409
    with strict.installation.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE passkeys SET name = 'other'")
    assert not nothing_amiss(strict)


@ONE
def test_somebody_elses_passkey_is_no_second_step_and_a_closed_account_has_none(strict: House) -> None:  # noqa: F811
    mine, theirs = Authenticator(), Authenticator()
    for name, device in (("inspector", mine), ("inspector2", theirs)):
        client = strict.client()
        sign_in(strict, client, name)
        added(client, device)
    half = strict.client()
    sign_in(strict, half, "inspector")
    assert used(half, theirs, "/login/code/passkey").status_code == 409
    asked = strict.client().post("/login/passkey/options").json  # a question that was asked of nobody in particular
    said = {"answer": mine.use(asked["options"]), "state": asked["state"]}
    assert half.post("/login/code/passkey", data=said).status_code == 409
    assert used(half, mine, "/login/code/passkey").status_code == 303
    strict.perform(second_factors.reset, strict.people["admin"], strict.people["inspector2"].id)
    with strict.installation.reading() as session:
        assert len(list(session.scalars(select(Passkey)))) == 1
    assert used(strict.client(), theirs).status_code == 409
    assert nothing_amiss(strict)


@ONE
def test_who_finds_an_open_session_adds_no_app_of_their_own(strict: House) -> None:  # noqa: F811
    client = strict.signed_in("inspector")
    page = client.get("/account/factor").text
    assert 'id="own-password"' in page
    for said in ({}, {"password": "a wrong password"}):
        answer = client.post("/account/factor", data={"code": code_now(strict, secret_on(page))} | said)
        assert answer.status_code == 422 and "现在的密码不对" in answer.text
    assert client.get("/account/factor").status_code == 200  # still none
    enrolled(strict, client)
