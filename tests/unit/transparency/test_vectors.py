"""Proof files as the scanner page checks them, too: the same vectors, the same answers."""

import base64
import json

import pytest

from app.domain.facts import leaf_data
from app.domain.transparency import NoteError, ProofError, ProofFile, parse_verifier, suite_of
from tests.vectors.make import FOLDER

VECTORS = json.loads((FOLDER / "proofs.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_proof_file_proves_what_its_vector_says(case):
    keys = VECTORS["keys"][case["log"]]
    log, witnesses = parse_verifier(keys["log"]), [parse_verifier(text) for text in keys["witnesses"]]
    try:
        file = ProofFile.parse(base64.b64decode(case["file"]))
        extra = file.extra or b""
        proven = file.verify(leaf_data(extra[:16], extra[16:]), log.name, [log], witnesses, suite_of(log).hash)
    except (NoteError, ProofError):
        assert case["expect"] is None
        return
    seen = [{"name": c.witness.name, "time": int(c.at.timestamp())} for c in proven.cosignatures]
    found = {"index": proven.index, "size": proven.checkpoint.size, "witnesses": seen}
    assert case["expect"] == found | {"number": json.loads(extra[16:])["body"]["number"]}
