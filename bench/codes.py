"""Codes: issuing and verifying against the bare operations that nobody can do without."""

import itertools
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import qrcode
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.codes.claims import Claims
from app.domain.codes.draw import code_matrix, svg
from app.domain.codes.keys import REMEMBERED, SIGNS_CODES, KeyEntry, KeyList, SigningKey
from app.domain.codes.token import code_url, issue_token, signed_digest
from app.domain.codes.verify import RegisteredCode, verify
from bench.measure import Ratio, compare

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BASE = "https://jcm.example.gov.cn"


def claims() -> Claims:
    return Claims(
        cti=secrets.token_bytes(16),
        issued_at=NOW,
        not_before=NOW,
        expires_at=NOW + timedelta(hours=3),
        kind="planned",
        uscc="91990101Y0000001XX"[:18],
        items=(1, 20, 300),
        certificates=("99010010001", "99010010002"),
        enterprise_name="云汀澄川精密机械股份有限公司",
    )


def _shown(key: SigningKey, count: int) -> list[tuple[str, RegisteredCode]]:
    """Codes and what the register knows of them; with more than a key's memory holds, each is computed whenever it is shown."""
    made = []
    for _ in range(count):
        said = claims()
        token = issue_token(said, key)
        made.append((code_url(BASE, token), RegisteredCode(said.cti, "approved", signed_digest(token))))
    return made


def run() -> Iterator[Ratio]:
    key = SigningKey.generate()
    said = claims()
    token = issue_token(said, key)
    url = code_url(BASE, token)
    bare = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(hashes.SHA256())
    message = secrets.token_bytes(150)
    signature = bare.sign(message, algorithm)
    public = bare.public_key()

    def bare_issue() -> None:
        bare.sign(message, algorithm)
        code = qrcode.QRCode(version=11, error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=2)
        code.add_data(url)
        code.make(fit=False)

    yield compare(
        "issue: sign and draw",
        "cryptography sign + one qrcode matrix, fixed mask",
        lambda: svg(code_matrix(code_url(BASE, issue_token(said, key)))),
        bare_issue,
        at_most=1.3,
        times=10,
    )
    entry = KeyEntry(
        kid=key.kid,
        unit="YT-YJJ",
        unit_name="",
        suite="ES256",
        jwk=key.public().jwk(),
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=1),
        use=SIGNS_CODES,
    )
    keys = KeyList(1, NOW, NOW + timedelta(days=30), "990101", (entry,))
    shown = itertools.cycle(_shown(key, REMEMBERED + 1))

    def look() -> str:
        presented, known = next(shown)
        return verify(presented, keys, lambda _: known, NOW).verdict

    assert look() == "valid"
    yield compare(
        "verify: all steps, with register",
        "bare ECDSA verification",
        look,
        lambda: public.verify(signature, message, algorithm),
        at_most=1.5,
        times=200,
    )
