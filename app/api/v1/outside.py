"""Calls of the contract that stand outside /api/v1: signed lists, the log, and what an operator's monitoring asks.

They are public. What stays out of the document: pages for people (`/q/…`, the enterprise's space `/my/`, `/inspect/…` and so on),
because their forms are no contract and change with the pages.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from app.api.v1 import answers_published as of

TEXT: dict[str, Any] = {"type": "string"}
BINARY = TEXT | {"format": "binary"}
JSON, PLAIN = "application/json", "text/plain"
TILE = [
    {
        "name": "level", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^([0-9]|entries)$"},
        "description": "The level of the tree, or `entries`.",
    },
    {
        "name": "index", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{3}$"},
        "description": "Three digits; beyond 999 more segments as c2sp.org/tlog-tiles says.",
    },
]  # fmt: skip
# path, name, summary, media type, the answer (a model, or what is no JSON), other statuses
CALLS: tuple[tuple[str, str, str, str, type[BaseModel] | dict[str, Any], tuple[int, ...]], ...] = (
    ("/.well-known/inspection-keys.json", "key_list", "The signed list of unit keys (docs/token.md)", JSON, of.KeyListOut, (503,)),
    ("/.well-known/inspection-status.json", "status_list", "The signed list of void codes", JSON, of.StatusListOut, (503,)),
    ("/.well-known/inspection-log.json", "log_list", "The signed keys of the log and its witnesses", JSON, of.LogListOut, (503,)),
    ("/.well-known/inspection-root.json", "root", "The root's public key and its successions", JSON, of.RootOut, (503,)),
    ("/log/checkpoint", "log_checkpoint", "The newest signed checkpoint of the log", PLAIN, TEXT, (404,)),
    ("/log/keys", "log_keys", "The verifier keys of the log and its witnesses", PLAIN, TEXT, (404,)),
    ("/log/tile/{level}/{index}", "log_tile", "A tile of the log (C2SP tlog-tiles)", "application/octet-stream", BINARY, (404,)),
    ("/healthz", "healthz", "Alive: the process answers", JSON, of.Alive, ()),
    ("/readyz", "readyz", "Ready to serve; 503 says what is not", JSON, of.Ready, ()),
    ("/metrics", "metrics", "Figures for Prometheus, for whom the configuration lets; 404 for everybody else", PLAIN, TEXT, (404,)),
)  # fmt: skip


def paths(problem: dict[str, Any], refer: Callable[[type[BaseModel]], dict[str, Any]]) -> dict[str, Any]:
    """The path items of these calls; `problem` is what an answer that is none looks like, `refer` enters a model."""
    found: dict[str, Any] = {}
    for path, name, summary, media, answer, others in CALLS:
        schema = answer if isinstance(answer, dict) else refer(answer)
        answers = {"200": {"description": "Done.", "content": {media: {"schema": schema}}}}
        answers |= {str(status): problem | {"description": "Nothing to give."} for status in others}
        if name == "readyz":
            answers["503"] = answers["200"] | {"description": "Not ready: what is not."}
        answers["429"] = problem | {"description": "Too many requests."}
        found[path] = {
            "get": {
                "operationId": name, "summary": summary, "description": "Public.", "security": [], "tags": ["published"],
                "parameters": TILE if name == "log_tile" else [], "responses": answers, "x-roles": [],
            }
        }  # fmt: skip
    return found
