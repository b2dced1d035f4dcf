"""Every request has an id, which the answer, the log and the error page repeat; is counted; and leaves one line.

Named by its route, never by its address. What an enterprise says (ratings, reports, receipts) leaves no line and is
counted together under one name: the hour of a rating would tell who rated, and the register keeps only its week.
"""

import logging
import re
import secrets
import time

from flask import Flask, Response, current_app, g, request

from app.operating import metrics

SPEECH = "(speech)"
SPEECH_ENDPOINTS = frozenset(
    {
        "enterprise.rate_form", "enterprise.rate", "enterprise.wrong", "enterprise.report", "enterprise.receipts",
        "enterprise.receipt", "api.give_feedback", "api.report_visit", "api.get_receipt",
    }
)  # fmt: skip
UNHEARD = frozenset({"home.healthz", "home.readyz", "home.metrics", "static"})  # asked every few seconds, or files
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger("jcm.request")


def init_app(app: Flask) -> None:
    """Before all other hooks, so that it runs first before a request and last after it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    """The id that a proxy gave, where one is expected, else one of our own."""
    given = request.headers.get("X-Request-Id", "")
    trusted = current_app.extensions["jcm_config"].trusted_proxies and GIVEN_ID.fullmatch(given)
    g.request_id = given if trusted else secrets.token_hex(8)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if "request_id" not in g:
        return response
    seconds = time.perf_counter() - g.began
    response.headers["X-Request-Id"] = g.request_id
    method = request.method if request.method in METHODS else "other"
    route = _route()
    metrics.count(method, route, response.status_code, seconds)
    if _leaves_a_line(route, response.status_code):
        data = {"request": g.request_id, "method": method, "route": route, "status": response.status_code}
        log.info("request", extra={"data": data | {"ms": round(seconds * 1000, 1)}})
    return response


def _route() -> str:
    if request.endpoint in SPEECH_ENDPOINTS:
        return SPEECH
    return request.url_rule.rule if request.url_rule else "(none)"


def _leaves_a_line(route: str, status: int) -> bool:
    return status >= 500 or (route != SPEECH and request.endpoint not in UNHEARD)
