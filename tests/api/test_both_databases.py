"""SQLite and PostgreSQL give the same answers to the same calls: status, fields, order, sentences, byte for byte.

What is random (ids, codes, receipts, keys) is numbered in the order of its appearance; everything else has to be equal.
"""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.times import rfc3339
from app.services.transparency import log
from tests.api.test_one_visit import body, get, post
from tests.conftest import KINDS, fresh_database
from tests.house import House, open_house, uscc

RANDOM = re.compile(
    r"[0-9]{100,}"  # a token in digits
    r"|\b[0-9A-HJKMNP-TV-Z]{26}\b"  # an id
    r"|\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b"  # a receipt
    r"|\b[0-9a-f]{16,}\b"  # a key's id, a hash
    r"|(?<=short_code\": \")[^\"]+|(?<=digits\": \")[0-9]{6}|(?<=cursor\": \")[^\"]+|(?<=next\": \")[^\"]+"
)


class Player:
    """Plays calls against a house and keeps what was answered."""

    def __init__(self, house: House) -> None:
        self.house, self.said, self._known = house, [], {}  # type: ignore[var-annotated]

    def _plain(self, text: str) -> str:
        return RANDOM.sub(lambda found: self._known.setdefault(found[0], f"<{len(self._known)}>"), text)

    def _keep(self, call: str, answer: Any) -> Any:
        told = json.dumps(answer.json, ensure_ascii=False) if answer.is_json else answer.mimetype
        self.said.append((self._plain(call), answer.status_code, self._plain(told)))
        return answer.json

    def get(self, path: str, who: str | None = None) -> Any:
        return self._keep(f"GET {path} by {who}", get(self.house, path, who))

    def post(self, path: str, sent: Any, who: str | None = None) -> Any:
        return self._keep(f"POST {path} by {who}", post(self.house, path, sent, who))

    def visit(self, outcome: str = "no_problem", **changes: Any) -> dict[str, Any]:
        """Applied for, approved, confirmed, done in an hour."""
        made = self.post("/inspections", body(self.house, **changes), "inspector")
        done = self.post(f"/inspections/{made['id']}/approve", {"override_reason": "当日必须到场"}, "head")
        self.post("/scans", {"code": done["code"]["url"], "action": "arrive"})
        self.house.clock.move(hours=1)
        results = [{"item": "YJ-01", "outcome": outcome, "note": "通道堵塞"}]
        sent = {"results": results, "ended_at": rfc3339(self.house.clock.now)}
        return self.post(f"/inspections/{made['id']}/complete", sent, "inspector")  # type: ignore[no-any-return]


def registers(play: Player) -> None:
    for path in (
        "/units",
        "/items",
        "/officers",
        "/plans",
        "/plans/none",
        "/invitations",
        "/units?limit=2",
        "/items?limit=0",
    ):
        for who in ("inspector", "neighbour"):
            play.get(path, who)
    for q in ("云汀", "示例", "ysl", "YT", "%", "_", "'", "91990101", "没有这家", "食品有限公司 ", "Ａ"):
        play.get(f"/enterprises?q={q}", "inspector")


def visits(play: Player) -> list[dict[str, Any]]:
    house = play.house
    done = [play.visit("problem_found" if n == 1 else "no_problem", clue_no=f"b-{n}") for n in range(3)]
    named = {"name": "云汀“引号”与\\反斜线 有限公司 ÄÖ𠮷", "no_uscc_reason": "个体摊贩"}
    play.visit(clue_no="c", enterprise=named)
    joint = play.post("/inspections", body(house, clue_no="d", joint_units=["YT-SCJG"]), "inspector")
    play.post(f"/inspections/{joint['id']}/reject", {"reason": "材料不全"}, "head")
    open_one = play.post("/inspections", body(house, clue_no="e", kind="contact", contact_kind="research"), "inspector")
    play.post(f"/inspections/{open_one['id']}/cancel", {"reason": "改期"}, "inspector")
    play.post("/inspections", body(house, items=["NOPE"]), "inspector")
    play.post("/inspections", {"kind": "x"}, "inspector")
    rows = [body(house, clue_no="f"), {"kind": "planned"}, body(house, officers=["0"])]
    play.post("/inspections/batch", {"inspections": rows}, "inspector")
    for query in (
        "",
        "?limit=2",
        "?state=completed",
        "?state=nope",
        "?from=2026-03-02&to=2026-03-02",
        f"?uscc={uscc(77)}",
    ):
        for who in ("inspector", "supervisor"):
            play.get(f"/inspections{query}", who)
    first = play.get("/inspections?limit=3", "supervisor")
    play.get(f"/inspections?limit=3&cursor={first['next']}", "supervisor")
    return done


def public_and_supervised(play: Player, done: list[dict[str, Any]]) -> None:
    house, code = play.house, done[0]["code"]
    for text in (code["url"], code["short_code"], code["url"][:-4] + "0000", "nonsense", "https://example.com/x"):
        play.post("/verify", {"code": text})
        play.post("/verify", {"code": text, "uscc": uscc(2)})
    rated = play.post("/feedback", {"code": code["url"], "rating": 1, "answers": {"gifts": True}, "comment": "收礼😀"})
    play.get(f"/receipts/{rated['receipt']}")
    visited = rfc3339(house.clock.now - timedelta(days=1))
    play.post(
        "/reports", {"enterprise_name": "云汀某店", "visited_at": visited, "what": "没有出示码", "unit_code": "YT-YJJ"}
    )
    records = [
        {
            "kind": "case",
            "source": "办案系统",
            "number": f"A-{n}",
            "day": "2026-03-02",
            "uscc": uscc(77 + n),
            "unit": "YT-YJJ",
        }
        for n in range(3)
    ]
    for _ in range(2):
        play.post("/case-records", {"records": records}, "supervisor")
    house.clock.move(days=1)
    log.advance(house.perform)
    flags = play.get("/flags", "supervisor")["items"]
    assert len(flags) >= 3
    for query in ("?severity=red", "?unit=YT-YJJ&limit=1", "?rule=repeat.day", "?state=nope", f"?uscc={uscc(77)}"):
        play.get(f"/flags{query}", "supervisor")
    for action in ("investigate", "send", "close", "nope"):
        play.post(f"/flags/{flags[0]['id']}/actions", {"action": action, "note": "请说明"}, "supervisor")
    for flag in flags:
        play.get(f"/flags/{flag['id']}", "supervisor")
    for by in ("unit", "town", "month", "rule", "item"):
        play.get(f"/stats?from=2026-01-01&to=2026-12-31&by={by}", "supervisor")
    page = play.get("/changes?limit=3", "supervisor")
    play.get(f"/changes?cursor={page['cursor']}", "supervisor")
    play.get("/changes", "inspector2")


@pytest.mark.skipif(set(KINDS) != {"sqlite", "postgresql"}, reason="both databases are compared")
def test_both_databases_answer_every_call_alike(
    templates: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told: dict[str, list[tuple[str, int, str]]] = {}
    for kind in KINDS:
        folder = tmp_path / kind
        folder.mkdir()
        with fresh_database(kind, templates, folder, tmp_path_factory) as url:
            house = open_house(url, folder / "instance")
            play = Player(house)
            registers(play)
            public_and_supervised(play, visits(play))
            house.installation.database.dispose()
            told[kind] = play.said
    assert len(told["sqlite"]) > 100
    for one, other in zip(told["sqlite"], told["postgresql"], strict=True):
        assert one == other
