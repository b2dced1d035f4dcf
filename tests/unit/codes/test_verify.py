"""The first step that fails names the verdict; nothing is said of a code whose signature did not hold."""

from datetime import timedelta

import pytest

from app.domain.codes.suites import Es256
from app.domain.codes.token import code_url, issue_token, to_digits
from app.domain.codes.verify import Verdict, verify

from .cast import BASE, NOW, OTHER_KEY, USCC, YJJ_KEY, claims, entry, key_list, register_of

ALL_STEPS = ["digits", "structure", "key", "signature", "claims", "registered", "state", "window"]
TOKEN = issue_token(claims(), YJJ_KEY)


def _names(result):
    return [step.name for step in result.steps]


def test_a_registered_code_is_valid():
    result = verify(TOKEN, key_list(), register_of(TOKEN), NOW)
    assert result.verdict == Verdict.VALID
    assert _names(result) == ALL_STEPS
    assert all(step.ok for step in result.steps)
    assert result.claims == claims()
    assert result.key.unit == "YT-YJJ"
    assert result.asked_register


@pytest.mark.parametrize(
    "presented",
    [to_digits(TOKEN), code_url(BASE, TOKEN), code_url("http://copied.example", TOKEN) + "?from=chat#x"],
)
def test_digits_and_addresses_of_any_host_do(presented):
    assert verify(presented, key_list(), register_of(TOKEN), NOW).verdict == Verdict.VALID


@pytest.mark.parametrize("presented", ["", "hello", "https://x.example/q/12", "https://x.example/pay/1", b"", b"\xd2"])
def test_what_is_no_code_is_malformed(presented):
    result = verify(presented, key_list(), register_of(TOKEN), NOW)
    assert result.verdict == Verdict.MALFORMED
    assert not result.steps[-1].ok
    assert result.claims is None


def test_an_altered_code_is_not_believed():
    altered = TOKEN.replace("餐饮".encode(), "饭店".encode())
    result = verify(altered, key_list(), register_of(TOKEN), NOW)
    assert (result.verdict, result.claims, result.key) == (Verdict.BAD_SIGNATURE, None, None)
    assert _names(result)[-1] == "signature"


def test_a_code_of_another_jurisdiction_has_an_unknown_key():
    token = issue_token(claims(), OTHER_KEY)
    assert verify(token, key_list(), register_of(token), NOW).verdict == Verdict.UNKNOWN_KEY


def test_a_revoked_key_revokes_all_its_codes_even_those_issued_before():
    keys = key_list(entry(YJJ_KEY, revoked_at=NOW, revoked_reason="lost"))
    result = verify(TOKEN, keys, register_of(TOKEN), NOW - timedelta(days=1))
    assert (result.verdict, result.claims) == (Verdict.REVOKED, None)


def test_codes_from_before_an_ordinary_rotation_stay_valid():
    keys = key_list(entry(YJJ_KEY, not_after=NOW - timedelta(hours=2)))
    assert verify(TOKEN, keys, register_of(TOKEN), NOW).verdict == Verdict.VALID


@pytest.mark.parametrize("changes", [{"not_after": NOW - timedelta(days=1)}, {"not_before": NOW}])
def test_a_code_signed_while_its_key_was_nobodys_is_refused(changes):
    result = verify(TOKEN, key_list(entry(YJJ_KEY, **changes)), register_of(TOKEN), NOW)
    assert (result.verdict, result.claims, _names(result)[-1]) == (Verdict.UNKNOWN_KEY, None, "claims")


def test_a_key_for_the_status_list_signs_no_codes():
    assert verify(TOKEN, key_list(entry(YJJ_KEY, use="status")), None, NOW).verdict == Verdict.UNKNOWN_KEY


def test_a_signed_code_that_the_register_does_not_know():
    result = verify(TOKEN, key_list(), lambda cti: None, NOW)
    assert (result.verdict, result.registered) == (Verdict.NOT_REGISTERED, None)
    assert result.claims == claims()


def test_a_second_code_under_the_same_identity_is_not_registered():
    twin = issue_token(claims(enterprise_name="另一家"), YJJ_KEY)
    assert verify(twin, key_list(), register_of(TOKEN), NOW).verdict == Verdict.NOT_REGISTERED


def test_the_other_form_of_a_signature_is_the_same_code():
    r, s = TOKEN[-64:-32], int.from_bytes(TOKEN[-32:], "big")
    varied = TOKEN[:-64] + r + (Es256._ORDER - s).to_bytes(32, "big")
    assert varied != TOKEN
    result = verify(varied, key_list(), register_of(TOKEN), NOW)
    assert (result.verdict, result.registered.cti) == (Verdict.VALID, claims().cti)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("approved", Verdict.VALID),
        ("in_progress", Verdict.VALID),
        ("completed", Verdict.COMPLETED),
        ("cancelled", Verdict.CANCELLED),
        ("replaced", Verdict.REPLACED),
        ("lapsed", Verdict.LAPSED),
        ("not_carried_out", Verdict.LAPSED),
        ("revoked", Verdict.REVOKED),
        ("applied", Verdict.NOT_REGISTERED),
        ("nonsense", Verdict.NOT_REGISTERED),
    ],
)
def test_what_a_state_means(state, verdict):
    assert verify(TOKEN, key_list(), register_of(TOKEN, state), NOW).verdict == verdict


@pytest.mark.parametrize("state", ["cancelled", "completed", "replaced", "revoked", "lapsed", "not_carried_out"])
def test_every_end_wins_over_the_window(state):
    after = NOW + timedelta(days=9)
    inside = verify(TOKEN, key_list(), register_of(TOKEN, state), NOW)
    assert verify(TOKEN, key_list(), register_of(TOKEN, state), after).verdict == inside.verdict


def test_a_replaced_version_says_so_unless_the_whole_visit_was_cancelled():
    for state, verdict in (
        ("in_progress", Verdict.REPLACED),
        ("completed", Verdict.REPLACED),
        ("cancelled", Verdict.CANCELLED),
    ):
        assert verify(TOKEN, key_list(), register_of(TOKEN, state, replaced=True), NOW).verdict == verdict


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (timedelta(hours=-1, seconds=-1), Verdict.NOT_YET_VALID),
        (timedelta(hours=-1), Verdict.VALID),
        (timedelta(hours=7, seconds=-1), Verdict.VALID),
        (timedelta(hours=7), Verdict.EXPIRED),
    ],
)
def test_the_window_includes_its_start_and_not_its_end(after, verdict):
    assert verify(TOKEN, key_list(), register_of(TOKEN, "in_progress"), NOW + after).verdict == verdict
    assert verify(TOKEN, key_list(), None, NOW + after).verdict == verdict


def test_never_begun_and_over_is_lapsed_before_any_sweep():
    result = verify(TOKEN, key_list(), register_of(TOKEN, "approved"), NOW + timedelta(hours=7))
    assert (result.verdict, _names(result)[-1]) == (Verdict.LAPSED, "state")


def test_the_code_of_another_enterprise():
    own = claims().uscc
    assert verify(TOKEN, key_list(), register_of(TOKEN), NOW, " " + own.lower()).verdict == Verdict.VALID
    result = verify(TOKEN, key_list(), register_of(TOKEN), NOW, USCC)
    assert (result.verdict, _names(result)) == (Verdict.WRONG_ENTERPRISE, [*ALL_STEPS, "enterprise"])
    nobody = issue_token(claims(uscc=None), YJJ_KEY)
    assert verify(nobody, key_list(), register_of(nobody), NOW, USCC).verdict == Verdict.WRONG_ENTERPRISE


def test_offline_the_register_is_not_asked_and_the_clock_comes_last():
    result = verify(TOKEN, key_list(), None, NOW + timedelta(days=9), USCC)
    assert result.verdict == Verdict.WRONG_ENTERPRISE
    assert _names(result) == ["digits", "structure", "key", "signature", "claims", "enterprise"]
    assert not result.asked_register


def test_a_signature_that_held_is_computed_once_and_nothing_else_is_remembered(monkeypatch):
    computed = []
    compute = Es256.verify
    monkeypatch.setattr(Es256, "verify", lambda *a: computed.append(a[2:]) or compute(*a))
    keys, known = key_list(), register_of(TOKEN)
    forged = TOKEN[:-1] + bytes([TOKEN[-1] ^ 1])
    for _ in range(2):
        assert verify(TOKEN, keys, known, NOW).verdict == Verdict.VALID
    assert len(computed) == 1
    for _ in range(2):
        assert verify(forged, keys, known, NOW).verdict == Verdict.BAD_SIGNATURE
        assert verify(forged[:-64] + TOKEN[-64:], keys, known, NOW).verdict == Verdict.VALID
    assert len(computed) == 3  # what did not hold is computed again
    assert verify(TOKEN, keys, lambda _: None, NOW).verdict == Verdict.NOT_REGISTERED
    revoked = key_list(entry(YJJ_KEY, revoked_at=NOW, revoked_reason="lost"))
    assert verify(TOKEN, revoked, known, NOW).verdict == Verdict.REVOKED
    assert verify(TOKEN, key_list(), known, NOW).verdict == Verdict.VALID
    assert len(computed) == 4  # another list, another memory
