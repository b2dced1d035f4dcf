"""One place declares an operation: method, path, who may call it, what it takes and answers. Route and OpenAPI follow.

A writing operation is a function (work, actor, body, **path) -> Answer, performed in one transaction; with an
Idempotency-Key its answer is kept in the same transaction. A reading one is (session, actor, query, **path) -> Answer.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app import cookies
from app.api.v1.schemas import DAY, QUARTER
from app.context import actor, perform, reading, take
from app.domain.actors import Actor
from app.domain.errors import Invalid, Problem, Refused
from app.security import DEVICE_COOKIE, FORM_TYPES, public, roles, takes_up_to
from app.store.idempotency import keep_answer, kept_answer
from app.store.limits import Limit
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
PUBLIC_LIMIT = Limit(burst=240, per_minute=240)
TOKEN_LIMIT = Limit(burst=3000, per_minute=3000)
MANY_ROWS = 10_000_000  # bytes: 10,000 records, with their Chinese written as \uXXXX
KEY, LONGEST_KEY = "Idempotency-Key", 128


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is JSON. `raises` is a refusal told after the transaction was committed (what it noted must stay)."""

    body: Any
    status: int = 200
    raises: Exception | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What OpenAPI needs to know of a call."""

    method: str
    path: str
    name: str
    summary: str
    allowed: tuple[str, ...] | None
    body: type[BaseModel] | None
    query: dict[str, str]
    status: int
    creates: bool
    example: Any
    answer: type[BaseModel] | None
    media: str = "application/json"
    many: bool = False


OPERATIONS: list[Operation] = []
Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Declared:
    """The declaration of an operation, as a decorator."""

    method: str
    path: str
    summary: str
    allowed: tuple[str, ...] | None = None  # None: public
    body: type[BaseModel] | None = None
    query: dict[str, str] = field(default_factory=dict)
    status: int = 200
    creates: bool = False
    example: Any = None
    answer: type[BaseModel] | None = None
    media: str = "application/json"
    reads: bool = False  # a posted question: the handler (session, who, body) reads, and performs what it must note
    many: bool = False  # the handler (who, body) performs a transaction for each of many rows itself
    largest: int | None = None  # bytes of the body, where a megabyte is too little for what is promised

    def __call__(self, handler: Handler) -> Handler:
        name = handler.__name__
        OPERATIONS.append(
            Operation(
                self.method, self.path, name, self.summary, self.allowed, self.body, self.query, self.status,
                self.creates, self.example, self.answer, self.media, self.many,
            )
        )  # fmt: skip

        def view(**path: str) -> Response:
            return self._answer(handler, path)

        view.__name__ = name
        if self.largest is not None:
            takes_up_to(self.largest)(view)
        guarded = public(view) if self.allowed is None else roles(*self.allowed)(view)
        rule = self.path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, name, guarded, methods=[self.method])
        return handler

    def _answer(self, handler: Handler, path: dict[str, str]) -> Response:
        who = actor()
        if self.allowed is None:
            take(f"api:{request.remote_addr}", PUBLIC_LIMIT)
        else:
            take(f"api:{who.id}", TOKEN_LIMIT)
        if self.method == "GET":
            with reading() as session:
                answer = handler(session, who, self._query(), **path)
        else:
            command = parse(self.body) if self.body else None
            if self.many:
                answer = handler(who, command, **path)
                return as_json(answer.body, answer.status)
            if self.reads:
                with reading() as session:
                    answer = handler(session, who, command, **path)
                return as_json(answer.body, answer.status)
            answer = perform(_once, handler, who, command, path, self.creates)
        if answer.raises:
            raise answer.raises
        if isinstance(answer.body, Response):
            return answer.body
        return as_json(answer.body, answer.status)

    def _query(self) -> dict[str, str]:
        for name, values in request.args.lists():
            if name not in self.query:
                raise Invalid("unknown_field", name or "query", name=name)
            if len(values) > 1:  # only one of them would be looked at
                raise Invalid("named_twice", name)
        return {name: value.replace("\x00", "") for name, value in request.args.items() if value}


def as_json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def _once(work: UnitOfWork, handler: Handler, who: Actor, command: Any, path: dict[str, str], creates: bool) -> Answer:
    """Runs a handler, or gives the first answer again where the same key and request came before."""
    key = idempotency_key() if creates else None
    if key is None:
        return handler(work, who, command, **path)
    told = f"{request.method} {request.path}\n".encode() + request.get_data()
    scope, name, own = _kept_under(work, who, key)
    digest = own.mark("request", told.hex())
    work.lock(f"idempotency:{scope}:{name}")
    kept = kept_answer(work, scope, name)
    if kept is not None:
        if kept.request != digest:
            raise Refused("idempotency_conflict", KEY)
        return Answer(json.loads(own.open(bytes.fromhex(kept.body), "answer")), kept.status)
    answer = handler(work, who, command, **path)
    if answer.raises is None:
        sealed = own.seal(json.dumps(answer.body).encode(), "answer").hex()
        keep_answer(work, scope, name, digest, answer.status, sealed)
    return answer


def idempotency_key() -> str | None:
    """The Idempotency-Key of the request. Raises Invalid where it is empty, too long or not to be read.

    A header is bytes: what is UTF-8 is read as that (云应急检〔2026〕1号 as it stands), the rest as Latin-1 (RFC 9110, 5.5).
    """
    key = request.headers.get(KEY)
    if key is None:
        return None
    with suppress(UnicodeError):
        key = key.encode("latin-1").decode()
    if not key:
        raise Invalid("missing", KEY)
    if len(key) > LONGEST_KEY:
        raise Invalid("too_long", KEY, most=LONGEST_KEY)
    if not key.isprintable():
        raise Invalid("control_character", KEY)
    return key


def _kept_under(work: UnitOfWork, who: Actor, key: str) -> tuple[str, str, Vault]:
    """Scope, name and seal of a kept answer. The seal's key is made of the client's key, which is stored nowhere: a
    receipt can be read from the table by nobody but who sent the request (promise 4)."""
    caller_id = who.id if who.kind != "public" else caller()
    scope = work.vault.mark("idempotency", caller_id).hex()[:26]
    name = work.vault.mark("idempotency-key", f"{caller_id}\0{key}").hex()
    return scope, name, work.vault.under(work.vault.mark("idempotency-seal", f"{caller_id}\0{key}"))


def one_of(query: dict[str, str], name: str, choices: tuple[str, ...]) -> None:
    """Raises Invalid("unknown_choice") where a filter names what does not exist: an empty list would mislead."""
    if name in query and query[name] not in choices:
        raise Invalid("unknown_choice", name, value=query[name][:80], choices=", ".join(choices))


def caller() -> str:
    """Who calls a public operation: the browser's device where it has one, else the address. Kept only as a mark."""
    return cookies.get(DEVICE_COOKIE) or str(request.remote_addr)


def parse(schema: type[BaseModel]) -> Any:
    """The request's JSON as `schema`. Raises Invalid with every wrong field, UnsupportedMediaType."""
    raw = _json_bytes()
    try:
        json.loads(raw or b"{}", object_pairs_hook=_once_each)
        return schema.model_validate_json(raw or b"{}")
    except ValidationError as error:
        problems = problems_of(error)
    except (RecursionError, ValueError):
        problems = [("body", "not_json", {})]
    name, code, data = problems[0]
    raise Invalid(code, name, problems=problems, **data)


def _json_bytes() -> bytes:
    """The body as it came. Raises UnsupportedMediaType where it is something else than JSON, or packed: what was sent as a
    form (curl says so by itself) has been read by now and would pass for a body that says nothing. Raises
    RequestEntityTooLarge where it came in chunks, which Werkzeug cuts off at the limit without a word."""
    raw = request.get_data()
    in_chunks = request.content_length is None
    if in_chunks and len(raw) == request.max_content_length:
        raise RequestEntityTooLarge()
    sent = raw or (
        request.mimetype in FORM_TYPES and (request.content_length or "Transfer-Encoding" in request.headers)
    )
    packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    if sent and (packed or request.mimetype != "application/json"):
        raise UnsupportedMediaType()
    return raw


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    """Of two values under one name a proxy before us may have checked the other one (RFC 8259, 4). Raises ValueError."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")


def problems_of(error: ValidationError) -> list[Problem]:
    """Every wrong field of a request, as the domain tells problems."""
    return [_problem(e) for e in error.errors(include_url=False)]


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "json_invalid": "not_json",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "too_short": "missing",
    "too_long": "too_many_entries",
    "literal_error": "unknown_choice",
    "timezone_aware": "naive_time",
    "control_character": "control_character",
    "time_out_of_range": "time_out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_pattern_mismatch": "wrong_type",
}


EXPECTED = {
    "string": _l("应为文字"),
    "int": _l("应为整数"),
    "bool": _l("应为 true 或 false"),
    "float": _l("应为数字"),
    "list": _l("应为列表"),
    "model": _l("应为对象"),
    "dict": _l("应为对象"),
    "datetime": _l("应为带时区的时间，例如 2026-11-22T09:00:00+08:00"),
    "": _l("请对照接口文档"),
}
WRITTEN = {DAY: "YYYY-MM-DD", QUARTER: "YYYY-Qn"}


def _problem(error: ErrorDetails) -> Problem:
    name = ".".join(str(part) for part in error["loc"]) or "body"
    context = error.get("ctx", {})
    code = _CODES.get(error["type"], "wrong_type")
    data: dict[str, Any] = {}
    if code == "unknown_field":
        data = {"name": str(error["loc"][-1])[:80]}
    elif code in ("too_long", "too_many_entries"):
        data = {"most": context["max_length"]}
    elif code == "missing" and context.get("min_length", 1) > 1:
        code, data = "too_short", {"least": context["min_length"]}
    elif code == "unknown_choice":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        data = {"value": str(error["input"])[:80], "choices": choices}
    elif code == "out_of_range":
        signs = {"ge": "≥", "le": "≤"}
        data = {"range": ", ".join(f"{signs.get(k, k)} {v}" for k, v in context.items())}
    elif code == "wrong_type":
        expected = EXPECTED.get(error["type"].partition("_")[0], EXPECTED[""])
        data = {"expected": WRITTEN.get(context.get("pattern", ""), expected)}
    return name, code, data


def handlers() -> Blueprint:
    """The blueprint with every operation declared."""
    return blueprint
