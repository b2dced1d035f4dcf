"""Proof files as the scanner page checks them, too: the same vectors, the same answers."""

import base64
import json

import pytest

from app.cli.log import proven_of
from app.domain.facts import leaves_of
from app.domain.transparency import NoteError, ProofError, ProofFile, parse_verifier
from tests.vectors.make import FOLDER

VECTORS = json.loads((FOLDER / "proofs.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_proof_file_proves_what_its_vector_says(case):
    keys = VECTORS["keys"][case["log"]]
    log, witnesses = parse_verifier(keys["log"]), [parse_verifier(text) for text in keys["witnesses"]]
    try:  # as `log check` does
        file = ProofFile.parse(base64.b64decode(case["file"]))
        extra = file.extra or b""
        proven = proven_of(file, leaves_of(extra[:16], extra[16:]), log, witnesses)
    except (NoteError, ProofError):
        assert case["expect"] is None
        return
    seen = [{"name": c.witness.name, "time": int(c.at.timestamp())} for c in proven.cosignatures]
    found = {"index": proven.index, "size": proven.checkpoint.size, "witnesses": seen}
    assert case["expect"] == found | {"number": json.loads(extra[16:])["body"]["number"]}
