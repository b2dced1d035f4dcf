"""Real answers have the documented fields, and the document holds together."""

import json
import re
from typing import Any

from app.api.v1 import answers, answers_joint
from app.api.v1 import answers_published as published
from app.api.v1.error_codes import OWN
from app.api.v1.examples import ENTERPRISE
from app.api.v1.operations import OPERATIONS
from app.errors import HTTP_CODES, SENTENCES
from app.services.sending.outbox import Message
from app.services.sending.senders import _signed
from app.services.supervising import desk
from app.services.transparency import log
from app.services.trust import unit_keys
from tests.api.test_flags_and_registry import flagged
from tests.api.test_one_visit import body, get, post
from tests.house import House, uscc

MESSAGE = Message("id", "webhook", "https://supervisor.example/", "", "{}", keys=("whsec_" + "A" * 32,))
OF_HTTP = {code for code, _ in HTTP_CODES.values()} | {"unexpected"}


def test_real_answers_have_the_documented_fields(house: House) -> None:
    flag = flagged(house)
    made = post(house, "/inspections", body(house, clue_no="c", joint_units=["YT-SCJG"]), "inspector")
    code = post(house, f"/inspections/{made.json['id']}/approve", {"override_reason": "急"}, "head")
    url = code.json["code"]["url"]
    rated = post(house, "/feedback", {"code": url, "rating": 5})
    asked = post(house, "/inspections", body(house, clue_no="d"), "inspector").json["id"]
    offer = {"items": ["SJ-01"], "officers": ["99020001", "99020002"]}
    told = (
        (answers.Inspection, post(house, f"/inspections/{asked}/invite", {"unit": "YT-SCJG"}, "inspector")),
        (answers_joint.InvitationList, get(house, "/invitations", "inspector2")),
        (answers_joint.InvitationToVisit, post(house, f"/inspections/{asked}/join", offer, "inspector2")),
        (answers_joint.InvitationToVisit, post(house, f"/inspections/{asked}/join", {}, "head2")),
        (answers_joint.InvitationToVisit, post(house, f"/inspections/{asked}/leave", {"reason": "改派"}, "inspector2")),
        (answers.Inspection, made),
        (answers.Inspection, code),
        (answers.Inspection, get(house, f"/inspections/{made.json['id']}", "supervisor")),
        (answers.InspectionList, get(house, "/inspections", "inspector")),
        (answers.Verification, post(house, "/verify", {"code": url})),
        (answers.Verification, post(house, "/verify", {"code": url, "uscc": uscc(1)})),
        (answers.Verification, post(house, "/verify", {"code": "nonsense"})),
        (answers.Scan, post(house, "/scans", {"code": url, "action": "seen"})),
        (answers.ReceiptNumber, rated),
        (answers.Receipt, get(house, f"/receipts/{rated.json['receipt']}")),
        (answers.FlagList, get(house, "/flags", "supervisor")),
        (answers.Flag, get(house, f"/flags/{flag['id']}", "supervisor")),
        (answers.UnitList, get(house, "/units", "admin")),
        (answers.ItemList, get(house, "/items", "admin")),
        (answers.OfficerList, get(house, "/officers", "inspector")),
        (answers.EnterpriseList, get(house, "/enterprises?q=新来", "inspector")),
        (answers.Stats, get(house, "/stats?from=2026-01-01&to=2026-12-31&by=month", "supervisor")),
        (answers.Problem, get(house, "/inspections/none", "inspector")),
        (answers.Problem, post(house, "/inspections", {}, "inspector")),
    )
    house.perform(unit_keys.renew_lists)
    log.advance(house.perform)
    lists = {"keys": published.KeyListOut, "status": published.StatusListOut, "root": published.RootOut}
    outside = {f"/.well-known/inspection-{name}.json": schema for name, schema in lists.items()}
    outside |= {"/healthz": published.Alive, "/readyz": published.Ready}
    for schema, answer in (*told, *((schema, house.client().get(path)) for path, schema in outside.items())):
        schema.model_validate_json(answer.data)


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(v) for v in value.values()))
    return set().union(*(references(v) for v in value)) if isinstance(value, list) else set()


def test_the_document_holds_together(house: House) -> None:
    document = house.client().get("/api/v1/openapi.json").json
    operations = [op for methods in document["paths"].values() for op in methods.values()]
    assert document["openapi"].startswith("3.1")
    assert len({op["operationId"] for op in operations}) == len(operations)
    named = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= named
    for name, schema in document["components"]["schemas"].items():
        assert [f for f, shape in schema.get("properties", {}).items() if "description" not in shape] == [], name
    assert {tag for op in operations for tag in op["tags"]} | {"webhooks"} == {tag["name"] for tag in document["tags"]}
    for op in operations:
        assert all(parameter["description"] for parameter in op["parameters"]), op["operationId"]
        assert op["summary"] and op["security"] == ([{"token": []}] if op["x-roles"] else [])
        if "requestBody" in op:
            assert "example" in op["requestBody"]["content"]["application/json"]


def test_every_example_is_a_request_that_its_schema_takes() -> None:
    for op in OPERATIONS:
        if op.body:
            op.body.model_validate_json(json.dumps(op.example))


def test_every_operation_has_its_roles_limit_codes_and_an_answer_that_its_schema_takes(house: House) -> None:
    paths = house.client().get("/api/v1/openapi.json").json["paths"]
    for op in OPERATIONS:
        told = paths[f"/api/v1{op.path}"][op.method.lower()]
        limit = "240 calls a minute" if op.allowed is None else "3000 calls a minute"
        assert told["x-roles"] == list(op.allowed or ()) and limit in told["description"]
        wrong = {status: answer for status, answer in told["responses"].items() if status[0] != "2"}
        assert all(set(answer["x-codes"]) <= set(SENTENCES) | OF_HTTP for answer in wrong.values()), op.name
        example = told["responses"][str(op.status)]["content"][op.media].get("example")
        if op.answer:
            op.answer.model_validate_json(json.dumps(example))
    assert set(OWN) == {op.name for op in OPERATIONS}


def test_every_code_that_the_api_answers_with_is_explained(house: House) -> None:
    page = house.client().get("/api/v1/docs").text
    assert ENTERPRISE in page  # examples are for people to read
    hosts = set(re.findall(r"https?://([\w.]+)", page))  # nothing is loaded from outside
    assert hosts <= {"localhost", "jcm.example.gov.cn", "www.standardwebhooks.com"}  # the last one is a link
    for method, path in (("get", "/inspections"), ("get", "/none"), ("post", "/units"), ("post", "/verify")):
        answer = getattr(house.client(), method)(f"/api/v1{path}")
        assert f'id="{answer.json["type"].partition("#")[2]}"' in page


def test_what_is_posted_to_others_stands_in_the_document(house: House) -> None:
    hooks = house.client().get("/api/v1/openapi.json").json["webhooks"]
    shown = {name: hook["post"]["requestBody"]["content"]["application/json"] for name, hook in hooks.items()}
    assert all(set(media["schema"]["properties"]) == set(media["example"]) for media in shown.values())
    posted = house.perform(desk._figures, house.people["supervisor"]).keys() | {"type", "day", "url"}
    assert set(shown["digest"]["example"]) == posted
    assert {p["name"] for p in hooks["digest"]["post"]["parameters"]} == set(_signed(MESSAGE, b"{}", "", house.clock))


def test_answers_may_grow_and_requests_are_strict(house: House) -> None:
    schemas = house.client().get("/api/v1/openapi.json").json["components"]["schemas"]
    assert schemas["ApplicationIn"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Inspection"] and "additionalProperties" not in schemas["Problem"]
