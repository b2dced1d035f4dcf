"""A small cast for the tests of codes: two units, their keys, a root, a list, one inspection. All are test keys."""

from datetime import UTC, datetime, timedelta

from app.domain.codes.claims import Claims, decode_claims
from app.domain.codes.keys import KeyEntry, KeyList, SigningKey
from app.domain.codes.token import open_token, signed_digest
from app.domain.codes.verify import RegisteredCode
from tests.vectors.forge import test_key

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BASE = "https://jcm.example.gov.cn"
USCC = "91990101MA0TEST018"


ROOT_KEY = test_key("root")
YJJ_KEY = test_key("YT-YJJ")
OTHER_KEY = test_key("another jurisdiction")


def claims(**changes: object) -> Claims:
    values = {
        "cti": bytes(range(16)),
        "issued_at": NOW - timedelta(hours=20),
        "not_before": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=7),
        "kind": "planned",
        "uscc": "91310000MA1FL0TE5T",
        "items": (30, 117, 201),
        "certificates": ("09010100123", "09010100124"),
        "enterprise_name": "云汀区示例餐饮管理有限公司店",
    }
    return Claims(**(values | changes))


def entry(key: SigningKey, unit: str = "YT-YJJ", **changes: object) -> KeyEntry:
    values = {
        "kid": key.kid,
        "unit": unit,
        "unit_name": "云汀区应急管理局",
        "suite": key.suite.name,
        "jwk": key.public().jwk(),
        "not_before": NOW - timedelta(days=100),
        "not_after": NOW + timedelta(days=265),
    }
    return KeyEntry(**(values | changes))


def key_list(*entries: KeyEntry, **changes: object) -> KeyList:
    values = {
        "version": 7,
        "issued_at": NOW - timedelta(hours=3),
        "expires_at": NOW + timedelta(days=30),
        "jurisdiction": "990101",
        "keys": entries or (entry(YJJ_KEY),),
    }
    return KeyList(**(values | changes))


def register_of(token: bytes, state: str = "approved", replaced: bool = False):
    """A register that knows exactly this token."""
    cti = decode_claims(open_token(token).payload).cti
    known = {cti: RegisteredCode(cti, state, signed_digest(token), replaced)}
    return known.get
