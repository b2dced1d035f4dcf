"""OpenAPI 3.1 from the declared operations, and a page that reads it without any outside host."""

from typing import Any

from flask import Response, render_template

from app.api.v1.operations import OPERATIONS, Operation, as_json, blueprint
from app.context import installation
from app.errors import SENTENCES, sentence
from app.security import public

ERRORS = {
    400: "The request could not be read.",
    401: "A valid bearer token is needed.",
    403: "The actor's role may not do this.",
    404: "No such thing, or not one the actor may see.",
    409: "The state does not allow it, or the Idempotency-Key was used for another request.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "One or several fields are wrong; `errors` names each.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "Unexpected; nothing was stored.",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable."},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}


def document(server: str) -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for op in OPERATIONS:
        paths.setdefault(f"/api/v1{op.path}", {})[op.method.lower()] = _operation(op, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "检查码 API",
            "version": "1",
            "description": "Names are stable: fields and calls are added, never renamed or removed, within v1.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "description": "Roles: " + ", ".join(op.allowed) if op.allowed else "Public.",
        "security": [{"token": []}] if op.allowed else [],
        "parameters": _parameters(op),
        "responses": {str(op.status): {"description": op.answer, "content": {op.media: {"schema": _answer(op)}}}},
    }
    for status, text in ERRORS.items():
        if status == 401 and op.allowed is None:
            continue
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        described["responses"][str(status)] = {"description": text, "content": content}
    if op.body:
        schema = op.body.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[op.body.__name__] = schema
        media = {"schema": {"$ref": f"#/components/schemas/{op.body.__name__}"}, "example": op.example}
        described["requestBody"] = {"required": True, "content": {"application/json": media}}
    return described


def _parameters(op: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": part.strip("{}"), "in": "path", "required": True, "schema": {"type": "string"}}
        for segment in op.path.split("/")
        for part in (segment,)
        if part.startswith("{")
    ]
    found += [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in op.query.items()
    ]
    if op.creates:
        text = "The same key and body give the first answer again; the same key with another body is 409."
        schema = {"type": "string", "maxLength": 128}
        found.append({"name": "Idempotency-Key", "in": "header", "description": text, "schema": schema})
    return found


def _answer(op: Operation) -> dict[str, Any]:
    if op.media != "application/json":
        return {"type": "string"}
    return {"type": "object", "title": op.answer}


@blueprint.get("/openapi.json")
@public
def openapi_json() -> Response:
    return as_json(document(installation().config.public_url))


@blueprint.get("/docs")
@public
def docs() -> str:
    """A page for people: every call with its example, and every error code with its sentence."""
    errors = sorted((code, sentence_of(code)) for code in SENTENCES)
    return render_template("api/docs.html", operations=OPERATIONS, errors=errors)


def sentence_of(code: str) -> str:
    try:
        return sentence(code, {})
    except KeyError:
        return str(SENTENCES[code]).replace("%(", "{").replace(")s", "}")
