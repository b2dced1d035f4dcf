"""What a scanned text is. Foreign codes are named for where a browser would really go."""

import pytest

from app.domain.codes.classify import CODE, FOREIGN, OTHER_ISSUER, SHORT_CODE, classify
from app.domain.codes.issuers import Issuer
from app.domain.codes.short import make_short_code
from app.domain.codes.token import code_url, issue_token, to_digits

from .cast import BASE, YJJ_KEY, claims

TOKEN = issue_token(claims(), YJJ_KEY)
CITY = Issuer("全市统一综合执法系统", ("https://zf.example.gov.cn/jcm", "JCM:"), "https://zf.example.gov.cn/")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (code_url(BASE, TOKEN), "jcm.example.gov.cn"),
        (code_url("http://COPY.example:8000/sub/path", TOKEN), "copy.example"),
        (code_url(BASE, TOKEN) + "/?from=timeline", "jcm.example.gov.cn"),
        (f"  {to_digits(TOKEN)}\n", None),
    ],
)
def test_our_codes_from_any_host(text, host):
    scanned = classify(text)
    assert (scanned.kind, scanned.value, scanned.host) == (CODE, to_digits(TOKEN), host)


def test_a_cut_code_is_still_ours():
    assert classify(BASE + "/q/12345").kind == CODE


def test_a_typed_short_code():
    short = make_short_code(b"1234567")
    assert (classify(short.lower()).kind, classify(short.lower()).value) == (SHORT_CODE, short)


@pytest.mark.parametrize("text", ["https://zf.example.gov.cn/jcm/abc", "HTTPS://ZF.EXAMPLE.GOV.CN/jcm?x=1", "JCM:4711"])
def test_codes_of_recognised_issuers_are_named(text):
    scanned = classify(text, [CITY])
    assert (scanned.kind, scanned.issuer) == (OTHER_ISSUER, CITY)


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        ("https://zf.example.gov.cn.evil.example/jcm/abc", "zf.example.gov.cn.evil.example"),
        ("https://zf.example.gov.cn@evil.example/jcm", "evil.example"),
        ("https://evil.example\\@zf.example.gov.cn/jcm", "evil.example"),
        ("ht\ntps://evil.example/", "evil.example"),
        ("https:///evil.example/x", "evil.example"),
        ("https://pay.example/q/abc", "pay.example"),
        ("https://[::1", "https:"),
        ("weixin://pay?x=1", "weixin:"),
        ("BEGIN:VCARD", "begin:"),
        ("13800138000", None),
        ("随便写的", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_foreign_things_are_named_and_never_followed(text, leads_to):
    scanned = classify(text, [CITY])
    assert (scanned.kind, scanned.leads_to) == (FOREIGN, leads_to)
