"""docs/token.md cannot drift from the code: its example is a vector, its names and numbers are the code's."""

import json
from pathlib import Path

from app.domain.codes import claims, sm2, token
from app.domain.codes.lists import KEY_LIST, LISTED_STATES, ROOT, STATUS_LIST
from app.domain.codes.suites import SUITES
from app.domain.codes.verify import Verdict
from tests.vectors.make import FOLDER

DOC = (Path(__file__).parents[3] / "docs" / "token.md").read_text("utf-8")
CASES = {case["name"]: case for case in json.loads((FOLDER / "verdicts.json").read_text("utf-8"))["cases"]}


def test_the_example_is_a_vector():
    example = token.from_digits(CASES["valid"]["presented"])
    envelope = token.open_token(example)
    said = claims.decode_claims(envelope.payload)
    for part in (
        CASES["valid"]["presented"][:40],
        f"({len(CASES['valid']['presented'])} digits) is these {len(example)} bytes",
        envelope.kid.hex(),
        said.cti.hex(),
        claims.pack_uscc(said.uscc).hex(),
        said.uscc,
        said.enterprise_name,
        envelope.signature.hex()[:24],
        str(int(said.expires_at.timestamp())),
        str(int(said.not_before.timestamp())),
        str(int(said.issued_at.timestamp())),
    ):
        assert part in DOC, part


def test_every_verdict_step_state_and_suite_is_named():
    steps = {step["step"] for case in CASES.values() for step in case["expect"]["steps"]}
    for name in (*Verdict, *LISTED_STATES, *SUITES, KEY_LIST, STATUS_LIST, ROOT, sm2.SIGNER_ID.decode()):
        if name != Verdict.VALID:
            assert name in DOC, name
    for step in steps:
        assert f"| {step} |" in DOC, step


def test_the_numbers_are_the_codes():
    for number in (sm2.COSE_ALG, claims.INSPECTION):
        assert f"−{-number}" in DOC
    assert f"at most {token.MAX_TOKEN} bytes" in DOC
    assert (claims.MIN_TIME, claims.MAX_TIME) == (2**16, 2**32 - 1)
