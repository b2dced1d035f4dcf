"""One place declares an operation: method, path, who may call it, what it takes and answers. Route and OpenAPI follow.

A writing operation is a function (work, actor, body, **path) -> Answer, performed in one transaction; with an
Idempotency-Key its answer is kept in the same transaction. A reading one is (session, actor, query, **path) -> Answer.
Why not a framework for this: docs/decisions/0006.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import NotFound

from app.api.v1.idempotency import Answer, key_of_request, once
from app.api.v1.parameters import Parameter, read
from app.api.v1.parsing import parse
from app.context import actor, perform, reading, take
from app.domain.actors import Actor
from app.security import public, roles
from app.store.limits import Limit
from app.store.unit_of_work import UnitOfWork

__all__ = ["OPERATIONS", "Answer", "Operation", "as_json", "blueprint"]

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
PUBLIC_LIMIT = Limit(burst=600, per_minute=600)  # an address may stand for a whole office building
TOKEN_LIMIT = Limit(burst=3000, per_minute=3000)
LONGEST_ID = 128

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of api.md, used as a decorator. `allowed` None: public. `answer` is the schema of what it answers, None
    where `media` is a drawing. `keyed`: takes an Idempotency-Key. `guard` may refuse before anything is opened."""

    method: str
    path: str
    summary: str
    allowed: tuple[str, ...] | None = None
    body: type[BaseModel] | None = None
    query: Mapping[str, Parameter] = field(default_factory=dict)
    answer: type[BaseModel] | None = None
    status: int = 200
    keyed: bool = False
    example: Any = None
    media: str = "application/json"
    guard: Callable[[Any], None] | None = None
    name: str = ""

    def __call__(self, handler: Handler) -> Handler:
        declared = replace(self, name=handler.__name__)
        OPERATIONS.append(declared)

        def view(**path: str) -> Response:
            return declared._respond(handler, path)

        view.__name__ = declared.name
        guarded = public(view) if self.allowed is None else roles(*self.allowed)(view)
        rule = self.path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, declared.name, guarded, methods=[self.method])
        return handler

    def _respond(self, handler: Handler, path: dict[str, str]) -> Response:
        who = actor()
        if self.allowed is None:
            take(f"api:{request.remote_addr}", PUBLIC_LIMIT)
        else:
            take(f"api:{who.id}", TOKEN_LIMIT)
        if not all(is_id(value) for value in path.values()):
            raise NotFound()
        answer = self._read(handler, who, path) if self.method == "GET" else self._write(handler, who, path)
        if answer.raises:
            raise answer.raises
        return answer.body if isinstance(answer.body, Response) else as_json(answer.body, answer.status)

    def _read(self, handler: Handler, who: Actor, path: dict[str, str]) -> Answer:
        query = read(self.query, request.args)
        with reading() as session:
            return handler(session, who, query, **path)

    def _write(self, handler: Handler, who: Actor, path: dict[str, str]) -> Answer:
        read({}, request.args)
        assert self.body is not None
        command = parse(self.body)
        key = key_of_request() if self.keyed else None
        if self.guard:
            self.guard(command)
        told = f"{self.method} {request.path}\n{command.model_dump_json()}"

        def use_case(work: UnitOfWork) -> Answer:
            return once(work, who, key, told, lambda: handler(work, who, command, **path))

        return perform(use_case)


OPERATIONS: list[Operation] = []


def is_id(text: str) -> bool:
    """Whether a part of a path can be an id at all: databases refuse NUL, and nothing is that long."""
    return len(text) <= LONGEST_ID and text.isprintable()


def as_json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
