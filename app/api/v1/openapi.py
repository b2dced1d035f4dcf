"""OpenAPI 3.1 from the declared operations, and a page that reads it without any outside host."""

from typing import Any, Literal

from flask import Response, render_template
from pydantic import BaseModel

from app.api.v1 import answers
from app.api.v1.operations import OPERATIONS, Operation, as_json, blueprint
from app.context import installation
from app.errors import HTTP_CODES, SENTENCES, UNEXPECTED, sentence
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


def document(server: str) -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    _schema(answers.Problem, schemas, "serialization")
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
        "responses": {
            str(op.status): {"description": "Done.", "content": {op.media: {"schema": _answer(op, schemas)}}}
        },
        "x-roles": list(op.allowed or ()),
    }
    for status, text in ERRORS.items():
        if status == 401 and op.allowed is None:
            continue
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        described["responses"][str(status)] = {"description": text, "content": content}
    if op.body:
        media = {"schema": _schema(op.body, schemas, "validation"), "example": op.example}
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


def _answer(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    return _schema(op.answer, schemas, "serialization") if op.answer else {"type": "string"}


def _schema(
    model: type[BaseModel], schemas: dict[str, Any], mode: Literal["validation", "serialization"]
) -> dict[str, Any]:
    """A reference to a model's schema, which is entered among the components with all it names."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
    schemas |= schema.pop("$defs", {})
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


@blueprint.get("/openapi.json")
@public
def openapi_json() -> Response:
    return as_json(document(installation().config.public_url))


@blueprint.get("/docs")
@public
def docs() -> str:
    """A page for people: every call with its example, and every error code with its sentence."""
    told = {code: sentence_of(code) for code in SENTENCES}
    told |= {code: str(text) for code, text in HTTP_CODES.values()} | {"unexpected": str(UNEXPECTED)}
    errors = sorted(told.items())
    return render_template("api/docs.html", operations=OPERATIONS, errors=errors)


def sentence_of(code: str) -> str:
    try:
        return sentence(code, {})
    except KeyError:
        return str(SENTENCES[code]).replace("%(", "{").replace(")s", "}")
