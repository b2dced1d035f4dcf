#!/usr/bin/env python3
"""A department's own system registers its visits: apply, approve, fetch the code, record the result. Standard library only.

    export JCM_URL=https://jcm.example.gov.cn JCM_TOKEN=… JCM_HEAD_TOKEN=…
    python register_visits.py apply visit.json          # prints id, number and what the rules advise
    python register_visits.py approve ID "reason"       # issues the code, writes ID.svg; the reason only where an advisory blocks
    python register_visits.py complete ID result.json   # results, or {"not_carried_out": {"reason": "closed"}}
    python register_visits.py show ID

visit.json and result.json are bodies of POST /api/v1/inspections and …/complete (/api/v1/docs shows both). `case_no` in
visit.json is the visit's number in the department's own system: it becomes the Idempotency-Key, so that a visit sent twice,
whatever happened on the way, is registered once.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

TRIES, TIMEOUT = 5, 30


class Refused(Exception):
    """The platform said no. `code` is stable: decide by it, show `detail` and `errors` to people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        fields = "".join(f"\n  {e['field']}: {e['message']} ({e['code']})" for e in problem.get("errors", ()))
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}{fields}")
        self.code = problem["code"]


class Client:
    """Calls with one token. `key` makes a call repeatable: it is tried again after network faults, 429 and 5xx."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """The answer as JSON. Raises Refused, or OSError when the platform cannot be reached."""
        return json.loads(self.fetch(method, path, body, key))

    def fetch(self, method: str, path: str, body: Any = None, key: str | None = None) -> bytes:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "zh"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            # Headers are ASCII: 云应急检〔2026〕1号 travels percent-encoded. At most 128 characters.
            headers["Idempotency-Key"] = urllib.parse.quote(key, safe="")
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        tries = TRIES if method == "GET" or key is not None else 1
        for left in reversed(range(tries)):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if left == 0 or (error.code != 429 and error.code < 500):
                    raise refusal(error) from None
                wait = float(error.headers.get("Retry-After") or 2 ** (tries - left - 1))
                error.close()
            except OSError:
                if left == 0:
                    raise
                wait = 2.0 ** (tries - left - 1)
            time.sleep(wait)
        raise AssertionError("not reached")


def refusal(error: urllib.error.HTTPError) -> Refused:
    """A problem (RFC 9457), also where a proxy on the way answered with something else."""
    with error:
        try:
            return Refused(json.load(error))
        except ValueError:
            return Refused({"status": error.code, "code": f"http_{error.code}", "detail": str(error.reason)})


def apply(client: Client, visit: dict[str, Any]) -> dict[str, Any]:
    """Registers a visit; sent again with the same case_no it is the same inspection."""
    body = {name: value for name, value in visit.items() if name != "case_no"}
    return client.call("POST", "/inspections", body, key=f"apply:{visit['case_no']}")


def approve(head: Client, inspection: str, reason: str | None = None) -> dict[str, Any]:
    """Approved with a head's token: `code` has url, short_code, svg_url, png_url."""
    body = {"override_reason": reason} if reason else {}
    return head.call("POST", f"/inspections/{inspection}/approve", body, key=f"approve:{inspection}")


def complete(client: Client, inspection: str, result: dict[str, Any]) -> dict[str, Any]:
    return client.call("POST", f"/inspections/{inspection}/complete", result, key=f"complete:{inspection}")


def main(arguments: list[str]) -> int:
    client = Client(os.environ["JCM_URL"], os.environ["JCM_TOKEN"])
    match arguments:
        case ["apply", file]:
            made = apply(client, json.loads(Path(file).read_text(encoding="utf-8")))
        case ["approve", inspection, *reason]:
            head = Client(os.environ["JCM_URL"], os.environ["JCM_HEAD_TOKEN"])
            made = approve(head, inspection, " ".join(reason) or None)
            svg = client.fetch("GET", f"/inspections/{inspection}/code.svg")
            Path(f"{inspection}.svg").write_bytes(svg)
        case ["complete", inspection, file]:
            made = complete(client, inspection, json.loads(Path(file).read_text(encoding="utf-8")))
        case ["show", inspection]:
            made = client.call("GET", f"/inspections/{inspection}")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    print(made["id"], made["number"], made["state"])
    for advisory in made["advisories"]:
        print("  !" if advisory["blocking"] else "  -", advisory["text"])
    if made["code"]:
        print(" ", made["code"]["url"])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Refused, OSError) as problem:
        sys.exit(f"{problem}")
