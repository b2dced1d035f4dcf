"""OpenAPI 3.1 from the declared operations, and a page that reads it without any outside host."""

import json
from pathlib import Path
from typing import Any, Literal

from flask import Response, render_template
from pydantic import BaseModel

from app import markdown
from app.api.v1 import answers, hooks, outside, parameters
from app.api.v1.error_codes import OWN
from app.api.v1.field_words import explain
from app.api.v1.groups import GROUPS, PLACES, TAGS
from app.api.v1.operations import KEY, LONGEST_KEY, OPERATIONS, PUBLIC_LIMIT, TOKEN_LIMIT, Operation, as_json, blueprint
from app.context import installation
from app.delivery import rarely_changes
from app.errors import HTTP_CODES, SENTENCES, UNEXPECTED, sentence
from app.security import public
from app.store.limits import Limit

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ERRORS = {
    400: "The request could not be read.",
    401: "A valid bearer token is needed.",
    403: "The actor may not do this.",
    404: "No such thing, or not one the actor may see.",
    409: "The state does not allow it, or the Idempotency-Key was used for another request.",
    413: "The body is too large.",
    415: "The body is not application/json, or it is compressed.",
    422: "One or several fields are wrong; `errors` names each.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "Unexpected; nothing was stored.",
    503: "Not available now; try again.",
}
OF_BODIES = (
    "control_character", "missing", "naive_time", "not_json", "out_of_range", "time_out_of_range", "too_long", "unknown_choice",
    "unknown_field", "wrong_type",
)  # fmt: skip
OF_KEYS = ("control_character", "missing", "too_long")
EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "answer_examples.json").read_text())
BEGIN = (Path(__file__).parent / "begin.md").read_text(encoding="utf-8")
TEXTS = ("text/plain", "image/svg+xml")
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "Of a unit and a role; issued at /admin/tokens or by `tokens issue`. Its scopes may allow less (token_scope).",
}


def codes_of(op: Operation) -> dict[int, tuple[str, ...]]:
    """The stable error codes that an operation answers with, by status: what every one has, and its own."""
    writes, own = op.method != "GET", OWN[op.name]
    found = {
        400: ("bad_request",),
        401: ("unauthorized",) if op.allowed else (),
        403: ("token_scope", "wrong_role") if op.allowed else ("cross_site",),
        409: ("idempotency_conflict",) if op.creates else (),
        413: ("body_too_large",) if writes else (),
        415: ("unsupported_media_type",) if op.body else (),
        422: OF_BODIES if op.body else OF_KEYS if writes else ("named_twice", "unknown_field"),
        429: ("too_many",),
        500: ("unexpected",),
        503: ("unavailable",),
    }
    if op.allowed is None and not writes:
        found[403] = ()
    merged = {s: tuple(sorted({*found.get(s, ()), *own.get(s, "").split()})) for s in ERRORS}
    return {status: codes for status, codes in merged.items() if codes}


def document(server: str) -> dict[str, Any]:
    """The OpenAPI document."""
    schemas: dict[str, Any] = {}
    _schema(answers.Problem, schemas, "serialization")
    paths: dict[str, dict[str, Any]] = {}
    for op in OPERATIONS:
        paths.setdefault(f"/api/v1{op.path}", {})[op.method.lower()] = _operation(op, schemas)
    published = outside.paths({"content": PROBLEM}, lambda model: _schema(model, schemas, "serialization"))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inspection codes API", "summary": "检查码接口", "version": "1", "description": BEGIN},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": told} for name, told in TAGS.items()],
        "x-tagGroups": [{"name": name, "tags": list(tags)} for name, tags in GROUPS.items()],
        "webhooks": hooks.WEBHOOKS,
        "paths": paths | published,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": BEARER},
        },
    }


def _operation(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    limit = limit_of(op)
    roles = "Roles: " + ", ".join(op.allowed) if op.allowed else "Public"
    per = "token" if op.allowed else "address"
    answered: dict[str, Any] = {"schema": _answer(op, schemas)}
    if op.name in EXAMPLES:
        answered["example"] = EXAMPLES[op.name]
    described: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "description": f"{roles}. At most {limit.per_minute:g} calls a minute for each {per}.",
        "security": [{"token": []}] if op.allowed else [],
        "tags": [op.path.split("/")[1]],
        "parameters": _parameters(op),
        "responses": {str(op.status): {"description": "Done.", "content": {op.media: answered}}},
        "x-roles": list(op.allowed or ()),
        "x-rate-limit": {"burst": limit.burst, "per_minute": limit.per_minute, "per": per},
    }
    for status, codes in codes_of(op).items():
        told = {
            "description": f"{ERRORS[status]} Codes: {', '.join(codes)}.",
            "content": PROBLEM,
            "x-codes": list(codes),
        }
        if status in (429, 503):
            told["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
        described["responses"][str(status)] = told
    if op.body:
        media = {"schema": _schema(op.body, schemas, "validation"), "example": op.example}
        described["requestBody"] = {"required": True, "content": {"application/json": media}}
    return described


def limit_of(op: Operation) -> Limit:
    return PUBLIC_LIMIT if op.allowed is None else TOKEN_LIMIT


def _parameters(op: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name, "in": "path", "required": True, "description": PLACES[name],
            "schema": {"type": "string", "minLength": 1},
        }
        for part in op.path.split("/")
        if part.startswith("{") and (name := part.strip("{}"))
    ]  # fmt: skip
    found += parameters.described(op.name, op.query)
    if op.creates or op.many:
        text = "Of your own making. The same key and body give the first answer again, for two days; with another body: 409."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
        found.append({"name": KEY, "in": "header", "description": text, "schema": schema})
    return found


def _answer(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if op.answer:
        return _schema(op.answer, schemas, "serialization")
    return {"type": "string"} if op.media in TEXTS else {"type": "string", "format": "binary"}


def _schema(
    model: type[BaseModel], schemas: dict[str, Any], mode: Literal["validation", "serialization"]
) -> dict[str, Any]:
    """A reference to a model's schema, which is entered among the components with all it names."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
    found = schema.pop("$defs", {}) | {model.__name__: schema}
    if mode == "serialization":  # answers may grow: a client made from this document must not refuse a new field
        for one in found.values():
            one.pop("additionalProperties", None)
    for name, one in found.items():
        explain(name, one)
    schemas |= found
    return {"$ref": f"#/components/schemas/{model.__name__}"}


@blueprint.get("/openapi.json")
@public
@rarely_changes
def openapi_json() -> Response:
    return as_json(document(installation().config.public_url))


@blueprint.get("/docs")
@public
@rarely_changes
def docs() -> str:
    """A page for people: every call with its example, and every error code with its sentence."""
    told = {code: sentence_of(code) for code in SENTENCES}
    told |= {code: str(text) for code, text in HTTP_CODES.values()} | {"unexpected": str(UNEXPECTED)}
    errors = sorted(told.items())
    shown = document(installation().config.public_url)
    calls = [(path, method.upper(), op) for path, methods in shown["paths"].items() for method, op in methods.items()]
    return render_template(
        "api/docs.html",
        calls={name: [call for call in calls if call[2]["tags"][0] in tags] for name, tags in GROUPS.items()},
        tags=GROUPS,
        errors=errors,
        begin=markdown.block(BEGIN),
        words=markdown.inline,
        webhooks=shown["webhooks"],
        schemas=shown["components"]["schemas"],
        pretty=_pretty,
    )


def _pretty(value: Any) -> str:
    """JSON for people: Chinese as it is, fields in their order."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def sentence_of(code: str) -> str:
    try:
        return sentence(code, {})
    except KeyError:
        return str(SENTENCES[code]).replace("%(", "{").replace(")s", "}")
