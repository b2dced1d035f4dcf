"""Signing in: the second factor, sessions that end, passwords that change, guessing that is slowed but locks nobody out."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app.domain import second_factor
from app.domain.sign_in import SignInRules
from app.services.people import account_notices, second_factors
from app.services.supervising import desk
from app.services.transparency import log, log_audit
from app.store.models import FactRow, LoginSession, OutboxRow, RecoveryCode, SecondFactor, User
from tests.house import PASSWORD, House

NEW = "tall grass and 7 bricks"


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where the database does not matter


def with_config(house: House, **changes: Any) -> House:
    """The same house with other settings; the application serves it from now on."""
    config = replace(house.installation.config, **changes)
    house.installation = house.app.extensions["jcm"] = replace(house.installation, config=config)
    return house


@pytest.fixture
def strict(house: House) -> House:
    """A house as in production: the second factor is asked for, sessions end when idle."""
    return with_config(house, sign_in=SignInRules(True, timedelta(hours=5), timedelta(hours=12)))


@pytest.fixture
def limited(house: House) -> House:
    return with_config(house, rate_limits=True)


def sign_in(house: House, client: FlaskClient, name: str, password: str = PASSWORD, **headers: str) -> str:
    answer = client.post("/login", data={"username": name, "password": password}, headers=headers)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def secret_on(page: str) -> bytes:
    import base64

    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert shown
    return base64.b32decode(shown[1].replace(" ", ""))


def code_now(house: House, secret: bytes, drift: int = 0) -> str:
    return second_factor.code_at(secret, second_factor.step_of(house.clock()) + drift)


def enrolled(house: House, client: FlaskClient) -> tuple[bytes, list[str]]:
    """The secret of the app and the recovery codes."""
    secret = secret_on(client.get("/account/factor").text)
    said = {"code": code_now(house, secret), "password": PASSWORD}
    page = client.post("/account/factor", data=said).text
    codes = re.findall(r"<li>([0-9A-Z-]{19})</li>", page)
    assert len(codes) == second_factor.RECOVERY_CODES, page
    house.clock.move(seconds=60)
    return secret, codes


def nothing_amiss(house: House) -> bool:
    log.advance(house.perform)
    with house.installation.reading() as session:
        return list(log_audit.audit(session)) == []


def test_until_a_head_has_a_second_factor_only_its_page_opens(strict: House) -> None:
    client = strict.client()
    sign_in(strict, client, "head")
    for path in ("/inspect/", "/inspect/approvals", "/account/", "/account/password"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, "/account/factor"), path
    assert client.post("/inspect/approvals/batch", data={}).status_code in (302, 404)
    page = client.get("/account/factor").text
    assert "其他页面才会打开" in page and "data:image/svg+xml;base64," in page
    assert secret_on(page) == secret_on(client.get("/account/factor").text)
    wrong = client.post("/account/factor", data={"code": "000000"})
    assert wrong.status_code == 422 and "或者已经用过" in wrong.text
    enrolled(strict, client)
    assert client.get("/inspect/approvals").status_code == 200
    assert client.get("/account/factor").status_code == 303
    inspector = strict.signed_in("inspector")
    assert inspector.get("/inspect/").status_code == 200
    assert nothing_amiss(strict)


def test_the_password_alone_opens_nothing_and_a_code_works_once(strict: House) -> None:
    first = strict.client()
    sign_in(strict, first, "supervisor")
    secret, codes = enrolled(strict, first)
    client = strict.client()
    assert sign_in(strict, client, "supervisor").startswith("/login/code")
    assert client.get("/supervise/").location == "/login/code"
    assert client.get("/account/").location == "/login/code"
    code = code_now(strict, secret)
    page = client.get("/login/code").text
    assert "六位数字" in page and "通行密钥" not in page
    assert client.post("/login/code", data={"code": "123456"}).status_code == 409
    before = client.get_cookie("jcm_session").value
    assert client.post("/login/code", data={"code": code}).status_code == 303
    assert client.get_cookie("jcm_session").value != before
    assert client.get("/supervise/").status_code == 200
    other = strict.client()
    sign_in(strict, other, "supervisor")
    assert other.post("/login/code", data={"code": code}).status_code == 409  # seen over the shoulder
    assert other.post("/login/code", data={"code": codes[0].lower()}).status_code == 303
    third = strict.client()
    sign_in(strict, third, "supervisor")
    assert third.post("/login/code", data={"code": codes[0]}).status_code == 409
    strict.clock.move(minutes=11)
    assert third.post("/login/code", data={"code": codes[1]}).location.startswith("/login?")  # waited too long
    assert nothing_amiss(strict)


@ONE
def test_secrets_of_the_second_factor_are_sealed_and_codes_are_no_plain_text(strict: House) -> None:
    client = strict.client()
    sign_in(strict, client, "head")
    secret, codes = enrolled(strict, client)
    with strict.installation.reading() as session:
        row = session.scalars(select(SecondFactor)).one()
        marks = list(session.scalars(select(RecoveryCode.mark)))
        facts = " ".join(
            session.execute(text("SELECT body FROM facts WHERE subject_kind = 'second_factors'")).scalars()
        )
    assert secret not in row.secret and len(marks) == 10
    assert row.secret.hex() not in facts and second_factor.base32(secret) not in facts
    assert all(code.encode() not in mark for code in codes for mark in marks)
    own, other = strict.people["head"].id, strict.people["supervisor"].id
    with strict.installation.unit_of_work() as work:  # another's sealed secret does not open here
        work.session.add(SecondFactor(actor=other, secret=row.secret, created_at=work.now, confirmed_at=work.now))
        work.session.flush()
        with pytest.raises(Exception, match="second-factor"):
            second_factors.prove(work, other, code_now(strict, secret))
        assert own != other
        work.session.rollback()


def test_one_code_at_the_same_time_from_many_browsers_passes_once(strict: House) -> None:
    client = strict.client()
    sign_in(strict, client, "head")
    secret, codes = enrolled(strict, client)
    code, passed = code_now(strict, secret), []

    def attempt(typed: str) -> None:
        if strict.perform(second_factors.prove, strict.people["head"].id, typed):
            passed.append(typed)

    threads = [threading.Thread(target=attempt, args=(typed,)) for typed in [code, codes[3]] * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == sorted([code, codes[3]])


def test_a_lost_app_is_replaced_with_a_recovery_code_and_the_old_one_is_over(strict: House) -> None:
    client = strict.client()
    sign_in(strict, client, "head")
    secret, codes = enrolled(strict, client)
    page = client.get("/account/").text
    assert "还有 10 个恢复码" in page
    assert client.post("/account/factor/replace", data={"code": "x"}).status_code == 422
    renewed = client.post("/account/factor/codes", data={"code": code_now(strict, secret)})
    fresh = re.findall(r"<li>([0-9A-Z-]{19})</li>", renewed.text)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert client.post("/account/factor/replace", data={"code": codes[0]}).status_code == 422  # the old ones are over
    assert client.post("/account/factor/replace", data={"code": fresh[0]}).location == "/account/factor"
    assert client.get("/inspect/").location == "/account/factor"
    assert secret_on(client.get("/account/factor").text) != secret
    enrolled(strict, client)
    strict.perform(second_factors.reset_by_name, "head")
    assert client.get("/inspect/").location.startswith("/login?")
    assert nothing_amiss(strict)


def test_sessions_end_when_idle_and_after_their_longest_time(strict: House) -> None:
    client = strict.signed_in("inspector")
    for hours, status in ((4, 200), (4, 200), (3.9, 200), (0.2, 302)):  # twelve hours, however busy
        strict.clock.move(hours=hours)
        assert client.get("/account/").status_code == status
    client = strict.signed_in("inspector")
    strict.clock.move(hours=5)
    asked = client.get("/account/")
    sent = client.post("/inspect/apply", data={"enterprise.name": "某企业"})  # not lost in silence
    assert asked.status_code == 302 and "登录后打开刚才的页面" in client.get(asked.location).text
    assert "刚才填写的内容没有提交" in client.get(sent.location).text


@ONE
def test_one_sees_the_own_devices_and_ends_one_or_all_others(house: House) -> None:
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0 Mobile Safari/537.36"
    clients = [house.client() for _ in range(3)]
    for client in clients:
        sign_in(house, client, "inspector", **{"User-Agent": phone})
    stranger = house.signed_in("inspector2")
    page = clients[0].get("/account/").text
    assert page.count("Chrome · 安卓") >= 3 and "这台设备" in page and "本机" in page
    named = re.findall(r'action="/account/sessions/([0-9a-f]{16})"', page)
    assert len(named) == 2
    assert stranger.post(f"/account/sessions/{named[0]}").status_code == 404
    assert clients[0].post(f"/account/sessions/{named[0]}").status_code == 303
    assert sorted(c.get("/inspect/").status_code for c in clients) == [200, 200, 302]
    assert clients[0].post("/account/sessions/others").status_code == 303
    assert [c.get("/inspect/").status_code for c in clients] == [200, 302, 302]
    assert stranger.get("/account/").status_code == 200
    with house.installation.reading() as session:
        kept = session.execute(select(LoginSession.device, LoginSession.place)).all()
    assert {tuple(row) for row in kept} == {("chrome|android", "127.0.*.*"), ("other|other", "127.0.*.*")}


@ONE
def test_a_changed_password_ends_the_other_sessions(house: House) -> None:
    client, other = house.signed_in("inspector"), house.signed_in("inspector")

    def change(old: str, new: str) -> tuple[int, str]:
        answer = client.post("/account/password", data={"old": old, "new": new})
        return answer.status_code, answer.text

    assert "现在的密码不对" in change("x", NEW)[1]
    assert "至少 12 位" in change(PASSWORD, "short")[1]
    assert "太常见" in change(PASSWORD, "Password1234!")[1]
    assert "换一个" in change(PASSWORD, PASSWORD)[1]
    assert change(PASSWORD, NEW)[0] == 303
    assert client.get("/account/").status_code == 200
    assert other.get("/inspect/").status_code == 302
    assert house.client().post("/login", data={"username": "inspector", "password": PASSWORD}).status_code == 409
    sign_in(house, house.client(), "inspector", NEW)
    assert nothing_amiss(house)


@ONE
def test_a_password_that_somebody_else_gave_is_changed_first(house: House) -> None:
    admin = house.signed_in("admin")
    page = admin.post(
        "/admin/accounts/new", data={"username": "n1", "name": "新人", "unit": "YT-YJJ", "role": "inspector"}
    ).text
    given = page.split('id="password">')[1].split("<")[0]
    client = house.client()
    sign_in(house, client, "n1", given)
    assert client.get("/inspect/").location == "/account/password"
    assert "只有您知道" in client.get("/account/password").text
    assert client.post("/account/password", data={"old": given, "new": NEW}).status_code == 303
    assert client.get("/inspect/").status_code == 200
    assert nothing_amiss(house)


@ONE
def test_where_the_place_asks_for_it_passwords_are_changed_after_ninety_days(house: House) -> None:
    with_config(house, sign_in=replace(house.installation.config.sign_in, password_days=90, mixed=True))
    house.clock.move(days=89)
    client = house.signed_in("inspector")
    assert client.get("/inspect/").status_code == 200
    house.clock.move(days=2)
    client = house.signed_in("inspector")
    assert client.get("/inspect/").location == "/account/password"
    assert "三种" in client.post("/account/password", data={"old": PASSWORD, "new": "tallgrassandbricks"}).text
    assert client.post("/account/password", data={"old": PASSWORD, "new": "Tall grass and 7 bricks"}).status_code == 303


@ONE
def test_a_hash_of_cheaper_times_is_made_anew_at_sign_in(house: House) -> None:
    from argon2 import PasswordHasher

    cheaper = PasswordHasher(time_cost=1, memory_cost=64, parallelism=2).hash(PASSWORD)

    def keep(work) -> None:
        work.session.scalars(select(User).where(User.username == "inspector")).one().password_hash = cheaper

    house.perform(keep)
    house.signed_in("inspector")
    with house.installation.reading() as session:
        kept = session.scalar(select(User.password_hash).where(User.username == "inspector"))
    assert kept and kept != cheaper and "p=1" in kept
    assert nothing_amiss(house)


@ONE
def test_guessing_is_slowed_and_locks_nobody_out(limited: House) -> None:
    house = limited
    victim = house.client()
    sign_in(house, victim, "head")
    guesser = house.client()

    def guess(address: str) -> int:
        data = {"username": "head", "password": "a guess of mine"}
        return guesser.post("/login", data=data, environ_overrides={"REMOTE_ADDR": address}).status_code

    answers = [guess("203.0.113.9") for _ in range(12)]
    assert answers[:10] == [409] * 10 and answers[10:] == [429] * 2
    answers = [guess(f"203.0.{n}.{n}") for n in range(100)]
    assert answers[-5:] == [429] * 5  # many addresses at once
    sign_in(house, victim, "head")  # who was here before is not slowed by it
    assert house.signed_in("inspector").get("/inspect/").status_code == 200


@ONE
def test_guessing_the_second_factor_is_slowed_and_does_not_lock_its_owner_out(limited: House) -> None:
    house, client, other = limited, limited.client(), limited.client()
    sign_in(house, client, "head")
    _, codes = enrolled(house, client)
    sign_in(house, other, "head")
    answers = [other.post("/login/code", data={"code": f"{n:06}"}).status_code for n in range(8)]
    assert answers[0] == 409 and answers[-1] == 429
    sign_in(house, client, "head")  # the owner, on the browser that was here before
    assert client.post("/login/code", data={"code": codes[0]}).status_code == 303


def test_sign_ins_are_on_record_and_a_new_browser_is_told_its_owner(house: House) -> None:
    house.perform(desk.subscribe, house.people["supervisor"], "mail", "supervisor@example.gov.cn")
    first = house.client()
    for wrong in ("no", "no again"):
        assert first.post("/login", data={"username": "supervisor", "password": wrong}).status_code == 409
    first.post("/login", data={"username": "nobody", "password": "no"})
    sign_in(house, first, "supervisor", **{"User-Agent": "Firefox/140 Windows"})
    sign_in(house, first, "supervisor")  # the same browser: nothing to tell
    sign_in(house, house.client(), "supervisor", **{"User-Agent": "MicroMessenger Android"})
    page = first.get("/account/").text
    assert page.count("在新的浏览器上登录") == 2 and "Firefox · Windows" in page and "微信 · 安卓" in page
    first.post("/account/password", data={"old": PASSWORD, "new": NEW})
    assert "密码已修改" in first.get("/account/").text.split('id="notices"')[1]
    house.clock.move(hours=1)
    assert house.perform(account_notices.tell_failures) == 2
    assert house.perform(account_notices.tell_failures) == 0
    with house.installation.reading() as session:
        query = select(FactRow.subject_id, FactRow.kind, FactRow.body).where(FactRow.kind.like("account.%"))
        told = {(s, k, b) for s, k, b in session.execute(query)}
        me, hour = house.people["supervisor"].id, '"hour":"2026-03-02T01:00:00Z"'
        assert (me, "account.sign_in_failed", f'{{"count":2,{hour}}}') in told
        assert ("unknown", "account.sign_in_failed", f'{{"count":1,{hour}}}') in told
        for new in ("true", "false"):
            assert (me, "account.signed_in", f'{{"new_browser":{new},"way":"password"}}') in told
        assert session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == "account")) == 3
    house.clock.move(days=91)
    assert house.perform(account_notices.forget) == 3
    assert nothing_amiss(house)
