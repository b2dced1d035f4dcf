"""Signed lists: believed only from the right signer, for what they are, until they expire."""

import copy
import json
from datetime import timedelta

import pytest

from app.domain.codes.lists import (
    UntrustedList,
    sign_key_list,
    sign_root,
    sign_status_list,
    status_list,
    verify_key_list,
    verify_root,
    verify_status_list,
)
from app.domain.codes.token import issue_token
from app.domain.codes.verify import Verdict, verify

from .cast import NOW, OTHER_KEY, ROOT_KEY, YJJ_KEY, claims, entry, key_list, test_key

ROOT = ROOT_KEY.public()
STATUS_KEY = test_key("status")
REVOKED = entry(OTHER_KEY, "YT-SCJG", revoked_at=NOW, revoked_reason="遗失")
KEYS = key_list(entry(YJJ_KEY), REVOKED, entry(STATUS_KEY, "YT-SFJ", use="status"))
DOC = json.loads(json.dumps(sign_key_list(KEYS, ROOT_KEY)))


def _code(call):
    with pytest.raises(UntrustedList) as caught:
        call()
    return caught.value.code


def test_a_key_list_survives_the_wire():
    assert verify_key_list(DOC, ROOT, NOW) == KEYS


def test_the_list_looks_as_the_contract_says():
    assert set(DOC) == {"version", "issued_at", "expires_at", "jurisdiction", "keys", "signature"}
    row = DOC["keys"][1]
    assert row["kid"] == OTHER_KEY.kid.hex()
    assert row["revoked_reason"] == "遗失"
    assert row["jwk"]["crv"] == "P-256"


def test_a_changed_list_is_not_believed():
    changed = copy.deepcopy(DOC)
    changed["keys"][1].pop("revoked_at")
    assert _code(lambda: verify_key_list(changed, ROOT, NOW)) == "bad_signature"


def test_a_list_signed_by_another_root_is_not_believed():
    foreign = sign_key_list(KEYS, OTHER_KEY)
    assert _code(lambda: verify_key_list(foreign, ROOT, NOW)) == "unknown_signer"


def test_an_expired_list_is_not_believed():
    assert _code(lambda: verify_key_list(DOC, ROOT, KEYS.expires_at)) == "expired"


@pytest.mark.parametrize("bad", [None, [], "x", {}, {"signature": {}}, {"signature": {"kid": "zz", "value": "!"}}, 5])
def test_what_is_no_list_is_refused(bad):
    assert _code(lambda: verify_key_list(bad, ROOT, NOW)) == "malformed"


def test_a_signed_list_without_its_members_is_refused():
    from app.domain.codes.lists import KEY_LIST, sign_document

    assert _code(lambda: verify_key_list(sign_document({"version": 1}, KEY_LIST, ROOT_KEY), ROOT, NOW)) == "malformed"


def test_keys_of_a_suite_unknown_here_are_left_out():
    doc = sign_key_list(key_list(entry(YJJ_KEY), entry(OTHER_KEY, suite="LATER-512")), ROOT_KEY)
    assert [e.kid for e in verify_key_list(doc, ROOT, NOW).keys] == [YJJ_KEY.kid]


def test_a_status_list_names_ended_codes_without_their_identity():
    status = status_list(3, NOW, NOW + timedelta(hours=6), "990101", [(claims().cti, "cancelled")])
    doc = json.loads(json.dumps(sign_status_list(status, STATUS_KEY)))
    assert claims().cti.hex() not in json.dumps(doc)
    again = verify_status_list(doc, ROOT, KEYS, NOW)
    assert again == status
    token = issue_token(claims(), YJJ_KEY)
    assert verify(token, KEYS, None, NOW, status=again).verdict == Verdict.CANCELLED
    fresh = issue_token(claims(cti=bytes(16)), YJJ_KEY)
    result = verify(fresh, KEYS, None, NOW, status=again)
    assert (result.verdict, [s.name for s in result.steps][-2:]) == (Verdict.VALID, ["state", "window"])


def test_only_the_root_or_a_status_key_signs_the_status_list():
    status = status_list(3, NOW, NOW + timedelta(hours=6), "990101", [])
    assert verify_status_list(sign_status_list(status, ROOT_KEY), ROOT, KEYS, NOW) == status
    assert _code(lambda: verify_status_list(sign_status_list(status, YJJ_KEY), ROOT, KEYS, NOW)) == "unknown_signer"


def test_no_list_passes_for_another():
    status = status_list(3, NOW, NOW + timedelta(hours=6), "990101", [])
    doc = sign_status_list(status, ROOT_KEY) | {"keys": []}
    assert _code(lambda: verify_key_list(doc, ROOT, NOW)) == "bad_signature"


def test_a_new_root_is_accepted_only_from_the_old_one():
    new = test_key("the next root").public()
    assert verify_root(sign_root(new, ROOT_KEY, NOW), ROOT).kid == new.kid
    assert _code(lambda: verify_root(sign_root(new, OTHER_KEY, NOW), ROOT)) == "unknown_signer"
