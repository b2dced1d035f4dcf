"""Clients that work through whatever happens: each call has a key of its own and is repeated until it is answered.

What was answered with success is acknowledged. `missing_or_doubled` compares it with what the database holds afterwards.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.domain.times import rfc3339
from app.services.speaking.speech import _receipt_hash
from app.store.database import Session
from app.store.models import CodeRow, FactRow, InspectionRow, Speech
from tests.house import uscc

SUCCESS = {200, 201}
AGAIN = {429, 500, 502, 503, 504}  # 500 is counted and reported: it must not happen
TIMEOUT = 45
ENTERPRISES = 3000


@dataclass
class Seen:
    """What the clients were told, and how often they had to ask again."""

    acknowledged: list[tuple[str, str, Any]] = field(default_factory=list)  # step, subject, what was answered
    failures: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def steps(self) -> Counter[str]:
        return Counter(step for step, _, _ in self.acknowledged)


class Client:
    """One enterprise's phone, one inspector and one head, as they come; the same seed makes the same visits."""

    def __init__(self, port: int, tokens: dict[str, str], seen: Seen, stop: threading.Event, number: int) -> None:
        self.port, self.tokens, self.seen, self.stop, self.number = port, tokens, seen, stop, number
        self.random = random.Random(number)
        self.connection: http.client.HTTPConnection | None = None
        self.made = 0

    def run(self) -> None:
        while not self.stop.is_set():
            self.made += 1
            self.visit()  # one that has begun is finished: nothing is left unanswered
        self.close()

    def visit(self) -> None:
        name = f"{self.number}-{self.made}"
        now = datetime.now(UTC)
        applied = self.call("apply", name, "/inspections", self.application(name, now), "inspector")
        if applied is None:
            return
        path = f"/inspections/{applied['id']}"
        approved = self.call("approve", applied["id"], f"{path}/approve", {"override_reason": "试验"}, "head")
        if approved is None:
            return
        code = approved["code"]["url"]
        self.call("arrive", applied["id"], "/scans", {"code": code, "action": "arrive"})
        results = {"results": [{"item": "YJ-01", "outcome": "no_problem"}], "ended_at": rfc3339(datetime.now(UTC))}
        self.call("complete", applied["id"], f"{path}/complete", results, "inspector")
        self.call("rate", applied["id"], "/feedback", {"code": code, "rating": self.random.randint(1, 5)})
        if self.made % 3 == 0:
            what = {"enterprise_name": f"云汀某店 {name}", "visited_at": rfc3339(now), "what": "没有出示检查码"}
            self.call("report", name, "/reports", what)

    def application(self, name: str, now: datetime) -> dict[str, Any]:
        number = self.random.randrange(ENTERPRISES)
        return {
            "enterprise": {"uscc": uscc(1000 + number), "name": f"云汀示例{number}有限公司"},
            "kind": "triggered",
            "cause": "complaint",
            "clue_no": f"clue-{name}",
            "reason": "市民来电",
            "items": ["YJ-01"],
            "officers": ["99010001", "99010002"],
            "window": {"start": rfc3339(now - timedelta(minutes=1)), "end": rfc3339(now + timedelta(hours=8))},
        }

    def call(self, step: str, subject: str, path: str, body: dict[str, Any], who: str | None = None) -> Any:
        """Repeats one call with one key until it is answered; the answer, or None where it was refused."""
        key = f"{step}-{subject}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        headers |= (
            {"Authorization": f"Bearer {self.tokens[who]}"} if who else {"Cookie": f"jcm_device={self.device(subject)}"}
        )
        raw, began = json.dumps(body).encode(), time.monotonic()
        while True:
            status, answer, failure = self.once(path, raw, headers)
            if failure is None and status not in AGAIN:
                break
            with self.seen.lock:
                self.seen.failures[failure or str(status)] += 1
                if status == 500:
                    self.seen.unexpected.append(f"{step} {subject}: {answer}")
            time.sleep(0.05 + self.random.random() * 0.2)
        with self.seen.lock:
            self.seen.slowest = max(self.seen.slowest, time.monotonic() - began)
            if status in SUCCESS:
                self.seen.acknowledged.append((step, subject, answer))
                return answer
            self.seen.refusals.append(f"{step} {subject}: {status} {answer}")
        return None

    def once(self, path: str, raw: bytes, headers: dict[str, str]) -> tuple[int, Any, str | None]:
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
            self.connection.request("POST", f"/api/v1{path}", raw, headers)
            response = self.connection.getresponse()
            said = response.read()
            return response.status, json.loads(said), None
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            return 0, None, type(error).__name__

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def device(self, subject: str) -> str:
        """The random value that the phone keeps: one a visit."""
        return f"{self.number}-{subject}".ljust(43, "x")[:43]


def missing_or_doubled(session: Session, seen: Seen) -> tuple[list[str], list[str]]:
    """What was acknowledged and is not there, and what is there more than once."""
    lost: list[str] = []
    facts: Counter[tuple[str, str]] = Counter()
    kinds = {"approve": "inspection.approved", "arrive": "inspection.arrived", "complete": "inspection.completed"}
    query = select(FactRow.kind, FactRow.subject_id, func.count()).where(FactRow.subject_kind == "inspection")
    for kind, subject, count in session.execute(query.group_by(FactRow.kind, FactRow.subject_id)):
        facts[kind, subject] = count
    by_clue = Counter(session.scalars(select(InspectionRow.clue_no)))
    codes = set(session.scalars(select(CodeRow.short_code)))
    rated = Counter(session.scalars(select(Speech.inspection).where(Speech.kind == "rating")))
    receipts = set(session.scalars(select(Speech.receipt_hash)))
    said = Counter(session.scalars(select(Speech.body).where(Speech.kind == "report")))
    for step, subject, answer in seen.acknowledged:
        if step == "apply":
            there = by_clue[f"clue-{subject}"] == 1 and facts["inspection.applied", answer["id"]] == 1
        elif step in ("rate", "report"):
            there = _receipt_hash(answer["receipt"]) in receipts
        else:
            there = facts[kinds[step], subject] >= 1
            there = there and (step != "approve" or answer["code"]["short_code"] in codes)
        if not there:
            lost.append(f"{step} {subject}")
    doubled = [f"applied {clue}" for clue, count in by_clue.items() if count > 1]
    doubled += [
        f"{kind} {subject}" for (kind, subject), count in facts.items() if kind != "inspection.seen" and count > 1
    ]
    doubled += [f"rating of {inspection}" for inspection, count in rated.items() if count > 1]
    doubled += [f"report {body}" for body, count in said.items() if count > 1]
    return lost, doubled
