"""docs/log.md shows a proof file: it must be a real one, that verifies with the keys printed beside it."""

import re
from pathlib import Path

from app.domain.transparency import ProofFile, VerifierKey, sha256

PAGE = (Path(__file__).parents[3] / "docs" / "log.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_verifies() -> None:
    file = re.search(r"```\n(c2sp\.org/tlog-proof@v1\n.*?)```", PAGE, re.S)
    log, witness = (VerifierKey.parse(text) for text in re.findall(r"^[a-z./]+\+[0-9a-f]{8}\+\S+$", PAGE, re.M))
    assert file is not None
    proof = ProofFile.parse(file[1].encode())
    proven = proof.verify(sha256(proof.extra or b""), "jcm.example.gov.cn/log", [log], [witness])
    assert proven.witnessed_at is not None
    assert f"{proven.witnessed_at:%Y-%m-%dT%H:%M:%SZ}" in PAGE
