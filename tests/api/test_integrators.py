"""What docs/examples shows to integrators works: a visit registered from outside, a webhook told from a forged one; and both
databases give the same answers."""

import base64
import importlib.util
import json
import re
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from werkzeug.serving import make_server

from app.config import ROOT
from app.outside import Outside
from app.services.sending import outbox, senders, webhook_keys
from app.services.supervising import desk
from tests.api.test_one_visit import body, get, post
from tests.conftest import KINDS, fresh_database
from tests.house import House, open_house
from tests.services.test_outbox import Gateway, queued, serving


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "examples" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_registers_a_visit(house: House, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        register = example("register_visits")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("JCM_URL", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("JCM_TOKEN", house.token("inspector"))
        monkeypatch.setenv("JCM_HEAD_TOKEN", house.token("head"))
        (tmp_path / "visit.json").write_text(json.dumps(body(house) | {"case_no": "云应急检〔2026〕1号"}))
        for _ in range(2):  # sent twice, registered once
            assert register.main(["apply", "visit.json"]) == 0
        first, again = (line for line in capsys.readouterr().out.splitlines() if line.endswith("applied"))
        assert first == again
        inspection = first.split()[0]
        assert register.main(["approve", inspection, "急"]) == 0
        assert b"<svg" in (tmp_path / f"{inspection}.svg").read_bytes()
        (tmp_path / "result.json").write_text(json.dumps({"not_carried_out": {"reason": "closed"}}))
        assert register.main(["complete", inspection, "result.json"]) == 0
        assert "not_carried_out" in capsys.readouterr().out
        (tmp_path / "visit.json").write_text(json.dumps(body(house, items=["NO-1"]) | {"case_no": "2"}))
        with pytest.raises(register.Refused, match=r"422 unknown_item(.|\n)*items"):
            register.main(["apply", "visit.json"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_is_told_from_a_forged_an_old_and_a_repeated_one(house: House) -> None:
    verify, headers, bodies = example("verify_webhook"), [], []

    class Receiver(Gateway):
        def do_POST(self) -> None:
            headers.append(dict(self.headers))
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(500 if len(bodies) == 1 else 200)  # the first is taken and yet sent again
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(Receiver) as port:
        queued(house, "webhook", f"http://127.0.0.1:{port}/hook")
        ways = senders.from_config(Outside(sms_webhook_key="a key"), anywhere=True, clock=house.clock)
        outbox.deliver(house.perform, ways)
        house.clock.move(minutes=1)
        outbox.deliver(house.perform, ways)
    first, again = ({k.lower(): v for k, v in one.items()} for one in headers)
    now, seen = house.clock.now.timestamp(), set()
    assert all(verify.is_ours(one, text, b"a key", now) for one, text in zip((first, again), bodies, strict=True))
    assert [verify.is_new(one, seen) for one in (first, again)] == [True, False]
    assert not verify.is_ours(first, bodies[0] + b" ", b"a key", now)
    assert not verify.is_ours(first, bodies[0], b"another key", now)
    assert not verify.is_ours(first, bodies[0], b"a key", now + 3600)
    assert not verify.is_ours(first | {"webhook-timestamp": str(int(now))}, bodies[0], b"a key", now)
    assert len(base64.b64decode(first["webhook-signature"].removeprefix("v1,"))) == 32


def test_each_webhook_has_its_own_key_and_an_exchange_overlaps(house: House) -> None:
    verify, who = example("verify_webhook"), house.people["supervisor"]
    house.perform(desk.subscribe, who, "webhook", "https://hook.example.cn/x")
    house.perform(desk.subscribe, house.people["supervisor2"], "webhook", "https://hook.example.cn/x")

    def shown() -> bytes:
        page = house.signed_in("supervisor").get("/supervise/desk").text
        return verify.key_of(re.search(r"whsec_[A-Za-z0-9+/=]+", page)[0])  # type: ignore[index]

    def signed() -> list[dict[str, str]]:
        house.clock.move(days=1)
        house.perform(desk.digests)
        sent: list[dict[str, str]] = []

        def keep(m: outbox.Message) -> None:
            sent.append(
                senders._signed(m, m.text.encode(), "common" if m.common else "", house.clock) | {"body": m.text}
            )

        outbox.deliver(house.perform, {outbox.WEBHOOK: keep})
        return sent

    def ours(message: dict[str, str], key: bytes) -> bool:
        return bool(verify.is_ours(message, message["body"].encode(), key, house.clock.now.timestamp()))

    first, sent = shown(), signed()
    assert [ours(m, first) for m in sent].count(True) == 1 and len(sent) == 2  # the other one's messages are not ours
    assert not any(ours(m, b"common") for m in sent)
    assert house.signed_in("supervisor").post("/supervise/desk", data={"go": "exchange"}).status_code == 303
    second, sent = shown(), signed()
    assert first != second
    assert [(ours(m, first), ours(m, second)) for m in sent].count((True, True)) == 1
    house.clock.move(days=8)
    house.perform(desk.try_out, who, "webhook")  # waits while the key is exchanged
    house.perform(webhook_keys.exchange, who)
    third, sent = shown(), signed()
    mine = [(ours(m, second), ours(m, third)) for m in sent]
    assert mine.count((True, True)) == 2 and not any(ours(m, first) for m in sent)
    house.clock.move(days=8)
    first, second, sent = second, third, signed()
    assert not any(ours(m, first) for m in sent) and any(ours(m, second) for m in sent)


_IDS = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})")
_SECRET = ("token", "url", "short_code", "svg_url", "png_url", "digits", "receipt")


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "…" if k in _SECRET and v else masked(v) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v) for v in value]
    return _TIMES.sub("<time>", _IDS.sub("<id>", value)) if isinstance(value, str) else value


def test_both_databases_give_the_same_answers(
    templates: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One scenario on each; ids, times and codes masked."""
    told = []
    for kind in KINDS:
        with fresh_database(kind, templates, tmp_path, tmp_path_factory) as url:
            house = open_house(url, tmp_path / kind)
            told.append(scenario(house))
            house.installation.database.dispose()
    assert all(answers == told[0] for answers in told)


def scenario(house: House) -> list[tuple[int, Any]]:
    answers = []
    for clue in ("b", "a"):
        made = post(house, "/inspections", body(house, clue_no=clue), "inspector")
        code = post(house, f"/inspections/{made.json['id']}/approve", {"override_reason": "急"}, "head")
        url = code.json["code"]["url"]
        answers += [
            made,
            code,
            post(house, "/scans", {"code": url, "action": "arrive"}),
            post(house, "/verify", {"code": url}),
        ]
        house.clock.move(minutes=1)
    answers.append(post(house, "/inspections", body(house, items=["NO"]), "inspector"))
    for path, who in (
        ("/inspections", "supervisor"), ("/inspections?limit=1", "inspector"), ("/flags", "supervisor"), ("/units", "admin"),
        ("/items", "admin"), ("/officers", "inspector"), ("/enterprises?q=新来", "inspector"), ("/plans", "inspector"),
        ("/stats?from=2026-01-01&to=2026-12-31&by=month", "supervisor"),
        ("/stats?from=2026-01-01&to=2026-12-31&by=rule", "supervisor"),
    ):  # fmt: skip
        answers.append(get(house, path, who))
    return [(a.status_code, masked(a.json)) for a in answers]
