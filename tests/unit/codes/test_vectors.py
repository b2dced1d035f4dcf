"""The vectors that the scanner page runs as well: same files, same verdicts, same steps."""

import json
from collections import Counter
from datetime import datetime

import pytest

from app.domain.codes.classify import classify
from app.domain.codes.issuers import Issuer
from app.domain.codes.keys import PublicKey
from app.domain.codes.lists import UntrustedList, verify_key_list, verify_root, verify_status_list
from app.domain.codes.short import normalise_short_code
from app.domain.codes.sm2 import Sm2Public
from app.domain.codes.suites import SM2_SM3
from app.domain.codes.verify import RegisteredCode, Verdict, verify
from tests.vectors.case import claims_json
from tests.vectors.make import FOLDER, rendered

VERDICTS, LISTS, TEXTS = (json.loads((FOLDER / f"{n}.json").read_text("utf-8")) for n in ("verdicts", "lists", "texts"))
CASES = VERDICTS["cases"]


def _root(row):
    return PublicKey.from_jwk(row["suite"], row["jwk"])


def _time(text):
    return datetime.fromisoformat(text)


ROOTS = {name: _root(row) for name, row in VERDICTS["roots"].items()}
ISSUED = _time(VERDICTS["key_lists"]["main"]["issued_at"])
KEYS = {name: verify_key_list(doc, ROOTS[name], ISSUED) for name, doc in VERDICTS["key_lists"].items()}
STATUS = {
    name: verify_status_list(doc, ROOTS[name], KEYS[name], ISSUED) for name, doc in VERDICTS["status_lists"].items()
}


def _register(rows):
    if rows is None:
        return None
    known = {
        bytes.fromhex(r["cti"]): RegisteredCode(
            bytes.fromhex(r["cti"]), r["state"], bytes.fromhex(r["digest"]), r["replaced"]
        )
        for r in rows
    }
    return known.get


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_verdict(case):
    status = STATUS[case["status"]] if case["status"] else None
    result = verify(
        case["presented"], KEYS[case["keys"]], _register(case["register"]), _time(case["now"]), case["uscc"], status
    )
    found = {
        "verdict": result.verdict.value,
        "steps": [{"step": step.name, "ok": step.ok} for step in result.steps],
        "claims": claims_json(result.claims) if result.claims else None,
    }
    assert found == case["expect"], case["why"]


def test_the_files_are_what_the_script_writes():
    for name, text in rendered().items():
        assert (FOLDER / name).read_text("utf-8") == text, "run: python -m tests.vectors.make"


def test_every_verdict_and_every_step_has_its_vectors():
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
    elsewhere = {Verdict.REGISTERED_ELSEWHERE.value}  # rests on what is known of another system: tests/connector
    assert {case["expect"]["verdict"] for case in CASES} == {verdict.value for verdict in Verdict} - elsewhere
    failing = Counter(case["expect"]["steps"][-1]["step"] for case in CASES if case["expect"]["verdict"] != "valid")
    assert set(failing) == {
        "digits",
        "structure",
        "key",
        "signature",
        "claims",
        "registered",
        "state",
        "window",
        "enterprise",
    }


@pytest.mark.parametrize("case", LISTS["cases"], ids=[f"{c['kind']}: {c['name']}" for c in LISTS["cases"]])
def test_signed_documents(case):
    root, now = _root(LISTS["root"]), _time(case["now"])
    keys = verify_key_list(LISTS["keys"], root, ISSUED)
    check = {
        "keys": lambda: verify_key_list(case["document"], root, now),
        "status": lambda: verify_status_list(case["document"], root, keys, now),
        "root": lambda: verify_root(case["document"], root),
    }[case["kind"]]
    try:
        check()
        found = "ok"
    except UntrustedList as error:
        found = error.code
    assert found == case["expect"]


def test_scanned_texts():
    issuers = [Issuer(i["name"], tuple(i["prefixes"]), i["entry"]) for i in TEXTS["issuers"]]
    for row in TEXTS["scanned"]:
        scanned = classify(row["text"], issuers)
        leads_to = scanned.host if scanned.kind == "code" else scanned.leads_to
        assert (scanned.kind, leads_to) == (row["kind"], row["leads_to"]), row["text"]


def test_short_codes():
    for row in TEXTS["short_codes"]:
        assert normalise_short_code(row["typed"]) == row["code"], row["typed"]


def test_the_national_sm2_example():
    row = TEXTS["sm2"]
    public = Sm2Public(bytes.fromhex(row["x"] + row["y"]))
    assert SM2_SM3.verify(public, row["message"].encode(), bytes.fromhex(row["signature"]))
