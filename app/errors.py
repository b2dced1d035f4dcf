"""One table: a domain error becomes an HTTP status and a sentence in the reader's language.

A sentence says what is wrong and how to mend it. `%(name)s` is filled from the error's data. API paths answer with
RFC 9457 problem details, pages with a page; both from this table.
"""

import json
import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, SecurityError

from app.config import ConfigError
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused, TooMany
from app.sentences import all_sentences
from app.sentences.states import VERDICT_WORDS, role_words, state_word
from app.store.trouble import cannot_work_now, in_a_line

STATUS: dict[type[DomainError], int] = {Refused: 409, Invalid: 422, NotFound: 404, Forbidden: 403, TooMany: 429}

SENTENCES = all_sentences()
HTTP_CODES = {
    400: ("bad_request", _l("没有读懂这个请求。请返回上一页再试。")),
    401: ("unauthorized", _l("需要有效的接口令牌(Authorization: Bearer …)。")),
    403: ("forbidden", _l("您没有打开这个页面的权限。")),
    404: ("not_found", _l("没有这个页面。请检查网址，或从首页进入。")),
    405: ("method_not_allowed", _l("这个地址不接受这种请求方法。")),
    413: ("body_too_large", _l("提交的内容太大，没有保存。")),
    415: ("unsupported_media_type", _l("请求的内容类型应为 application/json，且不压缩。")),
    429: ("too_many", _l("操作太频繁了，请稍后再试。")),
    503: ("unavailable", _l("平台暂时不可用，请稍后再试。")),
}
TRY_AGAIN_SECONDS = 5
UNEXPECTED = _l("这一步没有完成，也没有保存任何内容。请稍后再试；如仍不行，请把下面的编号告诉管理员。")
SECONDS, MINUTES = _l("%(n)s 秒"), _l("%(n)s 分钟")


def sentence(code: str, data: dict[str, Any]) -> str:
    """The sentence of a code in the reader's language; the code itself where the table has none."""
    template = SENTENCES.get(code)
    if code == "not_in_this_state":
        data = data | {"state": state_word(str(data.get("state", "")), str(data.get("step", "")))}
    if code == "too_many":
        seconds = int(data.get("retry_after", 60))
        wait = str(SECONDS) % {"n": seconds} if seconds < 120 else str(MINUTES) % {"n": -(-seconds // 60)}
        data = data | {"wait": wait}
    if code == "code_not_usable":
        verdict = str(data.get("verdict", ""))
        data = data | {"verdict": VERDICT_WORDS.get(verdict, verdict)}
    if code == "wrong_role":
        data = data | {"roles": role_words(str(data.get("roles", "")))}
    return str(template) % data if template is not None else code


def field_sentences(error: DomainError) -> dict[str, str]:
    """{field: sentence} of a refusal, for the form it belongs to; `form` where it belongs to no field."""
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "form", error.code, error.data)]
    return {name or "form": sentence(code, data) for name, code, data in problems}


def problem(error: DomainError) -> dict[str, Any]:
    """RFC 9457 problem details of a domain error."""
    status = STATUS[type(error)]
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "", error.code, error.data)]
    return {
        "type": f"/api/v1/docs#error-{error.code}",
        "title": sentence(error.code, error.data),
        "status": status,
        "code": error.code,
        "detail": sentence(error.code, error.data),
        "errors": [{"field": f, "code": c, "message": sentence(c, d)} for f, c, d in problems if f],
    }


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected)


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/.well-known/", "/log/")) or request.path in ("/metrics", "/readyz")


def answer(body: dict[str, Any]) -> Response:
    """Problem details as JSON, or as a page for people."""
    if _wants_json():
        text = json.dumps(body, ensure_ascii=False)
        return Response(text, body["status"], content_type="application/problem+json")
    return Response(render_template("error.html", problem=body), body["status"])


def _on_domain_error(error: DomainError) -> Response:
    response = answer(problem(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.data.get("retry_after", 60))
    return response


def _on_http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # an unknown Host: there is nothing to build a page's addresses from
        return Response("This host name is not served here (JCM_TRUSTED_HOSTS).", 400, content_type="text/plain")
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    code, text = HTTP_CODES.get(status, (f"http_{status}", UNEXPECTED))
    body = _body(status, code, str(text))
    response = answer(body)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _on_unexpected(error: Exception) -> Response:
    if isinstance(error, ConfigError) or cannot_work_now(error):  # a key file that was damaged is one, too
        return _on_trouble(error)
    logging.getLogger("jcm").exception("unexpected error on %s", request.endpoint)
    return answer(_body(500, "unexpected", gettext(str(UNEXPECTED))))


def _on_trouble(error: Exception) -> Response:
    """One line, no trace: a database that is away is away for every request of that time."""
    logging.getLogger("jcm").error("cannot work now: %s", in_a_line(error))
    code, text = HTTP_CODES[503]
    response = answer(_body(503, code, str(text)))
    response.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _body(status: int, code: str, text: str) -> dict[str, Any]:
    return {
        "type": f"/api/v1/docs#error-{code}",
        "title": text,
        "status": status,
        "code": code,
        "detail": text,
        "errors": [],
    }
