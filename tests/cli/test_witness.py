"""The witness against a real server: first look, trust, continuing, a fork, a shrunken tree, two at once."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from werkzeug.serving import make_server

from app.cli import witness as witness_cli
from app.services.transparency import log, log_witnesses
from tests.house import House


@pytest.fixture
def served(house: House) -> Iterator[str]:
    house.clock.now = datetime.now(UTC)
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def look(state: Path, url: str, *more: str) -> Result:
    return CliRunner().invoke(witness_cli.witness, ["--state", str(state), "--name", "sfj.test/witness", *more, url])


def grow(house: House) -> None:
    house.approved()
    log.advance(house.perform)


def trust(house: House, state: Path) -> None:
    house.perform(log_witnesses.trust, house.people["admin"], str(witness_cli.load(state).signer.key))


def test_from_the_first_look_to_a_cosigned_checkpoint(house: House, served: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    grow(house)
    first = look(state, served)
    assert first.exit_code == 1 and "log trust" in first.output and "422" in first.output
    assert state.stat().st_mode & 0o777 == 0o600
    trust(house, state)
    for _ in range(3):
        house.clock.now = datetime.now(UTC)
        grow(house)
        done = look(state, served + "/log")
        assert done.exit_code == 0 and done.output.startswith("ok "), done.output
    with house.installation.reading() as session:
        (seen,) = log_witnesses.states(session)
    assert seen.size == json.loads(state.read_text())["seen"]["size"] and seen.last_at is not None
    page = house.client().get("/log/").text
    assert "sfj.test/witness" in page
    assert "sfj.test/witness" in house.signed_in("supervisor").get("/supervise/").text


def test_a_shrunken_or_forked_log_is_refused_and_not_signed(house: House, served: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    grow(house)
    look(state, served)
    trust(house, state)
    assert look(state, served).exit_code == 0
    before = state.read_text()
    with house.installation.database.engine.begin() as connection:  # the operator begins the last entries anew
        connection.execute(text("DELETE FROM log_cosignatures"))
        connection.execute(text("DELETE FROM log_heads"))
        connection.execute(text("DELETE FROM log_tiles"))
        connection.execute(text("DELETE FROM log_entries"))
        connection.execute(text("DELETE FROM log_queue"))
        connection.execute(
            text("INSERT INTO log_queue (leaf, held) SELECT leaf, false FROM facts ORDER BY seq DESC LIMIT 2")
        )
    log.advance(house.perform)
    shrunken = look(state, served)
    assert shrunken.exit_code == 1 and "REFUSED (shrunken)" in shrunken.output
    with house.installation.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM log_queue"))
        connection.execute(text("INSERT INTO log_queue (leaf, held) SELECT salt, false FROM facts"))  # never the same
    grow(house)
    forked = look(state, served)
    assert forked.exit_code == 1 and "REFUSED (fork)" in forked.output
    assert state.read_text() == before


def test_the_first_key_of_a_log_is_kept(house: House, served: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    grow(house)
    look(state, served)
    trust(house, state)
    said = json.loads(state.read_text())
    other = witness_cli.create(tmp_path / "other.json", "other", said["log_key"])
    refused = look(state, served, "--log-key", str(other).replace("other", "x"))
    assert refused.exit_code == 1
    with pytest.raises(ValueError):
        witness_cli.load(Path(__file__))


def test_one_witness_for_one_state(house: House, served: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    grow(house)
    with witness_cli._locked(state):
        assert "Another witness" in look(state, served).output


def test_what_is_public_under_log(house: House, served: str) -> None:
    client = house.client()
    assert client.get("/log/checkpoint").status_code == 404  # not begun
    grow(house)
    for path, status in (
        ("/log/checkpoint", 200), ("/log/keys", 200), ("/log/tile/0/000.p/2", 200), ("/log/tile/entries/000.p/2", 200),
        ("/log/tile/0/000", 404), ("/log/tile/0/0", 404), ("/log/tile/9/000", 404), ("/log/tile/0/../000", 404),
        ("/.well-known/inspection-log.json", 200),
    ):  # fmt: skip
        assert client.get(path).status_code == status, path
    assert len(client.get("/log/tile/0/000.p/2").data) == 64
    assert client.post("/log/cosignatures", data=b"x" * 50_000).status_code == 422
