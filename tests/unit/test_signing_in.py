"""One-time codes against the vectors of RFC 4226 and RFC 6238, passwords that everybody would try, coarse places."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import second_factor, sign_in
from app.domain.errors import Invalid
from app.services.people import passwords

SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"),
     (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert second_factor.code_at(SEED, second_factor.step_of(at), digits=8) == code


def test_codes_are_those_of_rfc_4226() -> None:
    codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [second_factor.code_at(SEED, count) for count in range(10)] == codes


def test_a_code_is_taken_half_a_minute_early_or_late_and_only_once() -> None:
    now = datetime(2026, 3, 2, 1, 0, 10, tzinfo=UTC)
    step = second_factor.step_of(now)
    for drift in (-1, 0, 1):
        code = second_factor.code_at(SEED, step + drift)
        assert second_factor.accepted_step(SEED, f"{code[:3]} {code[3:]}", now, None) == step + drift
        assert second_factor.accepted_step(SEED, code, now, step + drift) is None
    for drift in (-2, 2):
        assert second_factor.accepted_step(SEED, second_factor.code_at(SEED, step + drift), now, None) is None
    for text in ("", "12345", "１２３４５６", "abcdef", "-12345", "1234567"):
        assert second_factor.accepted_step(SEED, text, now, None) is None


def test_a_recovery_code_is_read_as_people_type_it() -> None:
    text = second_factor.recovery_text(bytes(range(10)))
    assert len(text) == 19
    plain = text.replace("-", "")
    assert second_factor.recovery_plain(f" {text.lower()} ") == plain
    assert second_factor.recovery_plain(text.replace("0", "o").replace("1", "l")) == plain
    assert second_factor.recovery_plain(plain[:-1]) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_short"), ("x1" * 200, "password_long"), ("Password1234!", "password_common"),
        ("1qaz2wsx3edc", "password_common"), ("iloveyou2024!!", "password_common"), ("passwordpassword", "password_common"),
        ("123456789012", "password_common"), ("aaaaaaaaaaaaa", "password_common"), ("abc!abc!abc!", "password_common"),
        ("qwertyuiop12", "password_common"), ("poiuytrewq0987", "password_common"), ("zhaoyi202601!", "password_context"),
        ("检查码jianchama01", "password_context"),
    ],
)  # fmt: skip
def test_what_everybody_would_try_is_no_password(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, "new", ("zhaoyi", "赵一"))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["四条鲤鱼在桥下等着下雨天呢", "tall grass and 7 bricks", "correct horse battery", "Kq7-vvXe-20pd"]
)
def test_words_that_do_not_belong_together_are_a_password(password: str) -> None:
    passwords.check(password, "new", ("zhaoyi", "赵一"))


def test_where_it_is_asked_for_a_password_is_mixed() -> None:
    passwords.check("Tall grass 7", "new", mixed=True)
    with pytest.raises(Invalid, match="password_mixed"):
        passwords.check("tall grass and bricks", "new", mixed=True)


def test_where_and_on_what_somebody_signed_in_is_kept_coarse() -> None:
    assert sign_in.coarse_place("10.23.45.67") == "10.23.*.*"
    assert sign_in.coarse_place("::ffff:10.23.45.67") == "10.23.*.*"
    assert sign_in.coarse_place("2001:db8:7:1::25") == "2001:db8:7::"
    assert sign_in.coarse_place("::1") == "::1"
    assert sign_in.coarse_place(None) == ""
    phone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile/15E MicroMessenger/8.0.49(0x1) "
    )
    assert sign_in.device_kind(phone) == "wechat|ios"
    desk = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0 Safari/537.36 Edg/134.0"
    assert sign_in.device_kind(desk) == "edge|windows"
    assert sign_in.device_kind("curl/8") == "other|other"


def test_only_who_records_the_own_visits_does_without_a_second_factor() -> None:
    rules = sign_in.SignInRules(True, timedelta(hours=1), timedelta(hours=12))
    for role in ("head", "supervisor", "admin", "discipline", "observer", "a role of tomorrow"):
        assert sign_in.needs_factor(role, rules)
    assert not sign_in.needs_factor("inspector", rules)
