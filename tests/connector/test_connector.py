"""The connector's other half: files instead of an interface, what cannot be taken, what goes back, who decides who issues."""

import json
import socket
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.config_connector import ConnectorSettings
from app.domain.errors import Forbidden, Invalid
from app.domain.mirroring import Issuing
from app.services.connector import received_figures, running
from app.services.connector.reading import visit_of_row
from app.services.connector.sources import FolderSource, HttpSource
from app.services.imports.rows import Row
from app.services.people import two_persons
from app.services.speaking import satisfaction
from app.store.issuing import issuing_on
from app.store.models import ConnectorRefusal, Officer, Plan, Unit
from tests.conftest import KINDS
from tests.connector.conftest import CITY, Beside, mirrors
from tests.connector.test_beside_the_city import mirrored
from tests.house import House, uscc

pytestmark = pytest.mark.parametrize(
    "database_url", KINDS[:1], indirect=True
)  # SQLite; test_beside_the_city.py is on PostgreSQL

HEADER = (
    "number,state,kind,uscc,enterprise_name,units,items,officers,window_start,window_end,applied_at,cause,clue_no,qr\n"
)


def row(number: str, item: str = "YJ-01", state: str = "approved") -> str:
    return (
        f"{number},{state},triggered,{uscc(1)},云汀示例一食品有限公司,YT-YJJ,{item},99010001;99010002,"
        f"2026-03-02 09:00,2026-03-02 17:00,2026-03-01 09:00,complaint,{number},ZF:{number}\n"
    )


@pytest.fixture
def folder(house: House, tmp_path: Path) -> FolderSource:
    mirrors(house)
    settings = ConnectorSettings(CITY, f"file://{tmp_path / 'exchange'}")
    config = replace(house.installation.config, connector=settings)
    house.app.extensions["jcm"] = replace(house.installation, config=config)
    (tmp_path / "exchange" / "in").mkdir(parents=True)
    return FolderSource(tmp_path / "exchange")


def put(folder: FolderSource, name: str, text: str) -> None:
    (folder.folder / "in" / name).write_text(text, encoding="utf-8")


def pull(house: House, folder: FolderSource) -> running.Round:
    done = running.run(house.perform, folder, CITY)
    assert done.problem is None, done.problem
    return done


def test_exchange_files_are_read_in_order_once_and_grow(house: House, folder: FolderSource) -> None:
    put(folder, "visits-20260301.csv", HEADER + row("QJ-1"))
    put(folder, "visits-20260302.csv.tmp", "half a file")
    assert pull(house, folder).visits.taken == 1
    assert pull(house, folder).visits.taken == 0
    put(folder, "visits-20260301.csv", HEADER + row("QJ-1") + row("QJ-2"))
    told = {"number": "QJ-3", "state": "approved", "kind": "triggered", "units": [{"code": "YT-YJJ"}]}
    told |= {
        "enterprise": {"uscc": uscc(1)},
        "items": [{"code": "YJ-01"}],
        "officers": [{"certificate_no": "99010001"}],
    }
    told |= {
        "window": {"start": "2026-03-02T09:00", "end": "2026-03-02T10:00"},
        "applied_at": "2026-03-01T09:00:00+08:00",
    }
    put(folder, "visits-20260302.jsonl", json.dumps(told) + "\nnot json\n")
    done = pull(house, folder)
    assert (done.visits.taken, done.visits.refused) == (2, 1)
    assert [i.number for i in mirrored(house)] == ["QJ-1", "QJ-2", "QJ-3"]
    page = house.client().get("/q/?code=ZF:QJ-1", follow_redirects=True).text
    assert f"已在{CITY}登记" in page


def test_a_line_that_is_half_written_waits_until_it_is_whole(house: House, folder: FolderSource) -> None:
    whole = json.dumps(
        visit_of_row(Row(2, dict(zip(HEADER.strip().split(","), row("QJ-9").strip().split(","), strict=True))))
    )
    name, half = "visits-20261128.jsonl", whole.replace("QJ-9", "QJ-10").encode()
    path = folder.folder / "in" / name
    path.write_bytes(whole.encode() + b"\n" + half[: half.index(b"QJ-10") + 3])
    done = pull(house, folder)
    assert (done.visits.taken, done.visits.refused) == (1, 0)
    path.write_bytes(whole.encode() + b"\n" + half)
    assert pull(house, folder).visits.taken == 1 and pull(house, folder).visits.taken == 0


def test_what_cannot_be_taken_waits_with_its_reason_until_it_fits(house: House, folder: FolderSource) -> None:
    put(folder, "visits-1.csv", HEADER + row("QJ-1", item="NEU-1") + row("QJ-2"))
    assert pull(house, folder).visits.refused == 1
    page = house.signed_in("admin").get("/admin/connector").text
    assert "QJ-1" in page and "NEU-1" in page
    put(folder, "items-1.csv", "code,unit,name\nNEU-1,YT-YJJ,新事项\n")
    house.clock.move(hours=2)
    done = pull(house, folder)
    assert (done.registers.taken, done.visits.taken) == (1, 1)
    with house.installation.reading() as session:
        assert session.scalars(select(ConnectorRefusal)).all() == []


def test_a_source_that_is_away_is_told_and_the_next_round_goes_on(house: House, folder: FolderSource) -> None:
    put(folder, "visits-1.csv", HEADER + row("QJ-1"))
    inbox = folder.folder / "in"
    inbox.rename(folder.folder / "away")
    assert "no folder" in (running.run(house.perform, folder, CITY).problem or "")
    assert "no folder" in house.signed_in("supervisor").get("/supervise/connector").text
    (folder.folder / "away").rename(inbox)
    assert pull(house, folder).visits.taken == 1


def test_an_answer_that_is_no_http_is_told_like_a_city_that_is_away(house: House, folder: FolderSource) -> None:
    """Something else listens there: no trace in the log, the reason on the page."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as peer:
                peer.recv(65536)
                peer.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        source = HttpSource(f"http://127.0.0.1:{server.getsockname()[1]}", "token")
        done = running.run(house.perform, source, CITY)
        thread.join()
    assert "BadStatusLine" in (done.problem or "")
    assert "BadStatusLine" in house.signed_in("supervisor").get("/supervise/connector").text


def test_registers_come_from_the_city(beside: Beside) -> None:
    with beside.city.installation.database.write() as session:
        session.add(Officer(id="9" * 26, certificate_no="99010077", name="新来的", unit="YT-YJJ"))
        session.add(Unit(code="SL-YJJ", name="示例市应急管理局", level="市", region="990100", role="inspecting"))
    house = beside.here
    beside.pull()
    with house.installation.reading() as session:
        assert session.scalar(select(Officer.name).where(Officer.certificate_no == "99010077")) == "新来的"
        assert session.scalars(select(Plan.code)).all() == []
        assert session.get(Unit, "SL-YJJ")  # a bureau of the city inspects here, too


def test_only_closed_figures_of_units_go_back(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.domain.satisfaction import Figure, Quarter

    quarter = Quarter(2026, 1)
    figures = [Figure("YT-YJJ", quarter, 9, 12, 15, quarter), Figure("YT-SCJG", quarter, None, 3, 3, quarter)]
    beside.here.perform(satisfaction._store, quarter, figures)
    assert beside.pull().figures == 1
    assert beside.pull().figures == 0
    with beside.city.installation.reading() as session:
        (known,) = received_figures.received(session)
    assert known.figure == received_figures.Figure("YT-YJJ", "2026-Q1", 9)
    assert "2026年第1季度" in beside.city.signed_in("supervisor").get("/supervise/connector").text


def test_figures_of_another_district_are_not_taken(beside: Beside) -> None:
    said = {"system": "x", "figures": [{"unit": "GB-YJJ", "quarter": "2026-Q1", "points": 4.5}]}
    answer = beside.city.client().post("/api/v1/figures", json=said, headers=beside.city.bearer("supervisor"))
    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "unknown_unit")


def test_changes_are_told_in_the_order_of_the_log_to_who_may_see_them(beside: Beside) -> None:
    there = beside.city.approved()
    beside.pull()
    ask = beside.city.client().get
    said: Any = ask("/api/v1/changes", headers=beside.city.bearer("supervisor")).json
    assert [i["id"] for i in said["items"]] == [there.id] and said["more"] is False
    assert ask("/api/v1/changes?cursor=" + said["cursor"], headers=beside.city.bearer("supervisor")).json["items"] == []
    assert ask("/api/v1/changes", headers=beside.city.bearer("neighbour")).json["items"] == []
    assert ask("/api/v1/changes?cursor=99999999", headers=beside.city.bearer("supervisor")).status_code == 422


def test_two_administrators_decide_who_issues(house: House) -> None:
    from app.services.people import accounts
    from app.store import actors

    admin = house.people["admin"]
    later = house.clock().date() + timedelta(days=7)
    with pytest.raises(Invalid, match="missing"):
        house.perform(two_persons.propose_issuing, admin, Issuing("mirror", ""), later)
    client = house.signed_in("admin")
    form = {"mode": "mirror", "system": CITY, "entry": "一网统管", "valid_from": later.isoformat()}
    assert client.post("/admin/issuing", data=form).status_code == 303
    page = client.get("/admin/proposals").text
    assert CITY in page
    proposal = page.split("/admin/proposals/")[1].split('"')[0]
    with pytest.raises(Forbidden, match="own_act"):
        house.perform(two_persons.confirm, admin, proposal)
    house.perform(accounts.add_user, "other", "other", "YT-SFJ", "admin", "a long test password")
    with house.installation.reading() as session:
        from app.store.models import User

        user = session.scalars(select(User).where(User.username == "other")).one()
        other = actors.by_id(session, user.actor, house.clock().date())
    house.perform(two_persons.confirm, other, proposal)
    with house.installation.reading() as session:
        assert issuing_on(session, "990101", house.clock().date()).mode == "own"
        assert issuing_on(session, "990101", later) == Issuing("mirror", CITY, "一网统管")
        assert issuing_on(session, "990102", date(2026, 12, 31)).mode == "own"
