"""Writes the test vectors: `python -m tests.vectors.make`. The same bytes each time; a test holds the files to it.

Expected verdicts and steps are written down beside each case, not taken from the verifier.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.domain.codes.lists import sign_key_list, sign_root, sign_status_list, status_list
from app.domain.codes.short import make_short_code
from app.domain.codes.token import code_url
from app.domain.times import rfc3339
from tests.vectors import cases_forged, cases_signed, forge, sm2_reference
from tests.vectors.cases_signed import CANCELLED, COMPLETED, LAPSED, REPLACED, USUAL
from tests.vectors.forge import BASE, ELSEWHERE_LIST, MAIN_LIST, NOW, OTHER_ROOT, ROOT, STATUS, STRANGER, UNIT
from tests.vectors.proofs import proofs

FOLDER = Path(__file__).parent
_LABEL = "Every key here is a TEST key made from a public label: nothing signed by one may ever be trusted."


def verdicts() -> dict[str, Any]:
    """verdicts.json: one presented code a case, with the verdict and every step that is taken."""
    cases = [
        *cases_signed.valid(),
        *cases_signed.windows_and_states(),
        *cases_signed.enterprises(),
        *cases_signed.keys(),
        *cases_signed.offline(),
        *cases_forged.altered_fields(),
        *cases_forged.signatures(),
        *cases_forged.digits(),
        *cases_forged.structures(),
        *cases_forged.claims_forms(),
    ]
    return {
        "about": "Verify `presented` with the key list `keys` at `now`, against `uscc` where given. `register` null "
        "means offline (then `status` names the status list, if any); otherwise it holds all codes that the register "
        "knows. `expect.steps` are the steps taken, the last of which may fail; `expect.claims` is what may be "
        "shown. See docs/token.md.",
        "label": _LABEL,
        "roots": {"main": _public(ROOT), "elsewhere": _public(OTHER_ROOT)},
        "key_lists": {"main": sign_key_list(MAIN_LIST, ROOT), "elsewhere": sign_key_list(ELSEWHERE_LIST, OTHER_ROOT)},
        "status_lists": {"main": _status()},
        "cases": [case.to_json() for case in cases],
    }


def lists() -> dict[str, Any]:
    """lists.json: signed documents and whether they may be used."""
    document, status = sign_key_list(MAIN_LIST, ROOT), _status()
    moved = json.loads(json.dumps(document).replace('"revoked_at"', '"revoked_when"'))
    later = rfc3339(NOW + timedelta(days=30))
    hour = rfc3339(NOW + timedelta(hours=6))
    now, after, far = (rfc3339(NOW + timedelta(days=n)) for n in (0, 400, 900))
    swapped = sign_root(STRANGER.public(), ROOT, NOW) | {"jwk": OTHER_ROOT.public().jwk()}
    rows: list[tuple[str, str, Any, str, str]] = [
        ("keys", "good", document, now, "ok"),
        ("keys", "members in another order", dict(reversed(document.items())), now, "ok"),
        ("keys", "expired", document, later, "expired"),
        ("keys", "a revocation removed", moved, now, "bad_signature"),
        ("keys", "a later end", document | {"expires_at": far}, later, "bad_signature"),
        ("keys", "a member added", document | {"note": "x"}, now, "bad_signature"),
        ("keys", "signed by a unit", sign_key_list(MAIN_LIST, UNIT), now, "unknown_signer"),
        ("keys", "another root", sign_key_list(ELSEWHERE_LIST, OTHER_ROOT), now, "unknown_signer"),
        ("keys", "a status list", sign_status_list(_plain_status(), ROOT), now, "bad_signature"),
        ("keys", "no signature", {k: v for k, v in document.items() if k != "signature"}, now, "malformed"),
        ("keys", "no object", [], now, "malformed"),
        ("status", "good", status, now, "ok"),
        ("status", "signed by the root", sign_status_list(_plain_status(), ROOT), now, "ok"),
        ("status", "expired", status, hour, "expired"),
        ("status", "a code removed", status | {"codes": status["codes"][1:]}, now, "bad_signature"),
        ("status", "signed by a unit", sign_status_list(_plain_status(), UNIT), now, "unknown_signer"),
        ("status", "after its key's end", sign_status_list(_plain_status(days=900), STATUS), after, "unknown_signer"),
        ("status", "a key list", document, now, "bad_signature"),
        ("root", "a new root, signed by the old", sign_root(STRANGER.public(), ROOT, NOW), now, "ok"),
        ("root", "another key under a signed id", swapped, now, "bad_signature"),
        ("root", "signed by itself", sign_root(STRANGER.public(), STRANGER, NOW), now, "unknown_signer"),
        ("root", "signed by another root", sign_root(STRANGER.public(), OTHER_ROOT, NOW), now, "unknown_signer"),
    ]
    return {
        "about": "Check `document` as a key list, a status list or a new root at `now`, trusting `root` and, for "
        "status lists, `keys`. `expect` is ok or the reason for refusing.",
        "label": _LABEL,
        "root": _public(ROOT),
        "keys": document,
        "cases": [
            {"kind": kind, "name": name, "document": doc, "now": now, "expect": expect}
            for kind, name, doc, now, expect in rows
        ],
    }


def texts() -> dict[str, Any]:
    """texts.json: what a scanned or typed text is, short codes, and the national SM2 example."""
    short = make_short_code(b"\x00\x44\x32\x14\xc7\x42\x54")
    issuer = {
        "name": "全市统一综合执法系统",
        "prefixes": ["https://zf.example.gov.cn/jcm", "JCM:"],
        "entry": "https://zf.example.gov.cn/",
    }
    rows = [
        (code_url(BASE, USUAL), "code", "jcm.example.gov.cn"),
        (code_url("http://COPY.example:8000/sub", USUAL) + "?from=chat", "code", "copy.example"),
        (code_url(BASE, USUAL).rpartition("/")[2], "code", None),
        (BASE + "/q/12345", "code", "jcm.example.gov.cn"),
        (short, "short_code", None),
        (short.lower(), "short_code", None),
        ("-".join((short[:4], short[4:8], short[8:])), "short_code", None),
        ("https://zf.example.gov.cn/jcm/abc", "other_issuer", "zf.example.gov.cn"),
        ("JCM:4711", "other_issuer", None),
        ("https://zf.example.gov.cn.evil.example/jcm", "foreign", "zf.example.gov.cn.evil.example"),
        ("https://zf.example.gov.cn@evil.example/jcm", "foreign", "evil.example"),
        ("https://evil.example\\@zf.example.gov.cn/jcm", "foreign", "evil.example"),
        ("https:///evil.example/x", "foreign", "evil.example"),
        ("weixin://pay?x=1", "foreign", "weixin:"),
        ("13800138000", "foreign", None),
        ("随便写的", "foreign", None),
        ("", "foreign", None),
    ]
    folded = {
        short: short,
        short.lower(): short,
        " ".join(short): short,
        short.replace("0", "O"): short,
        short.replace("1", "l"): short,
        short[:-1]: None,
        short[:-1] + "U": None,
        short[1] + short[0] + short[2:]: None,
        "": None,
    }
    return {
        "about": "`scanned`: what a text is and where it would lead (host, or another app's scheme). `short_codes`: "
        "typed text and its normal form, null for none. `sm2`: the example of GB/T 32918.5-2017, annex A.2.",
        "issuers": [issuer],
        "scanned": [{"text": text, "kind": kind, "leads_to": host} for text, kind, host in rows],
        "short_codes": [{"typed": typed, "code": code} for typed, code in folded.items()],
        "sm2": _national_example(),
    }


def _national_example() -> dict[str, str]:
    scalar = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    nonce = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    x, y = sm2_reference.multiply(int.from_bytes(scalar, "big"))
    return {
        "signer_id": "1234567812345678",
        "message": "message digest",
        "x": f"{x:064x}",
        "y": f"{y:064x}",
        "signature": sm2_reference.sign(scalar, b"message digest", nonce=nonce).hex(),
    }


def _plain_status(**lasting: float):
    ended = {"cancelled": CANCELLED, "replaced": REPLACED, "completed": COMPLETED, "lapsed": LAPSED}
    states = [(forge.cti_of(code), state) for state, code in ended.items()]
    return status_list(3, NOW - timedelta(minutes=5), NOW + timedelta(**(lasting or {"hours": 6})), "990101", states)


def _status() -> dict[str, Any]:
    return sign_status_list(_plain_status(), STATUS)


def _public(key) -> dict[str, Any]:
    return {"suite": key.suite.name, "kid": key.kid.hex(), "jwk": key.public().jwk()}


def rendered() -> dict[str, str]:
    """File name → text."""
    documents = {"verdicts.json": verdicts(), "lists.json": lists(), "texts.json": texts()} | {
        "proofs.json": proofs(_LABEL)
    }
    return {name: json.dumps(doc, ensure_ascii=False, indent=1) + "\n" for name, doc in documents.items()}


if __name__ == "__main__":
    for file_name, text in rendered().items():
        (FOLDER / file_name).write_text(text, encoding="utf-8")
        print(file_name, len(text))
