"""What tools/attack.sh tells Schemathesis: a token in a role that may call the operation, and ids that exist, else every
call would end at 401 or 404."""

import json
import os
import random
import urllib.request

import schemathesis

BASE = os.environ["JCM_PUBLIC_URL"]
TOKENS = dict(pair.split(":", 1) for pair in os.environ["JCM_ATTACK_TOKENS"].split())
LISTS = {"/api/v1/inspections/": "inspections", "/api/v1/flags/": "flags", "/api/v1/plans/": "plans"}
_ids: dict[str, list[str]] = {}
_chance = random.Random(1)


@schemathesis.auth(refresh_interval=None)  # a token for each call: roles differ
class Token:
    def get(self, case, _context):
        roles = case.operation.definition.raw.get("x-roles") or []
        usual = [role for role in roles if role in ("head", "supervisor", "integration")] or roles
        return TOKENS[_chance.choice(usual)] if usual else None

    def set(self, case, data, _context):
        if data:
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """In two of three calls the id in the path is one that exists."""
    name = next((LISTS[path] for path in LISTS if case.operation.path.startswith(path + "{")), None)
    if name is None or not case.path_parameters or _chance.random() < 1 / 3:
        return
    if name not in _ids:
        _ids[name] = _known(name)
    known = _ids[name]
    if known:
        key = "code" if name == "plans" else "id"
        if key in case.path_parameters:
            case.path_parameters[key] = _chance.choice(known)


@schemathesis.hook
def filter_query(_context, query):
    """A filter without a value is not set (`allowEmptyValue`), which Schemathesis takes for a wrong one."""
    return not query or all(value != "" for value in query.values())


@schemathesis.hook
def filter_body(_context, body):
    """Texts are trimmed before they are measured: blanks around one would make a wrong length right."""
    return not _blanks(body)


def _blanks(value):
    if isinstance(value, dict):
        return any(_blanks(v) for v in value.values())
    if isinstance(value, list):
        return any(_blanks(v) for v in value)
    return isinstance(value, str) and value != value.strip()


def _known(name):
    request = urllib.request.Request(f"{BASE}/api/v1/{name}?limit=100")
    request.add_header("Authorization", f"Bearer {TOKENS['supervisor']}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        items = json.load(answer)["items"]
    return [item.get("id") or item["code"] for item in items]
