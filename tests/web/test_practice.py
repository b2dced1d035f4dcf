"""A trainee plays alone, from application to flag, with real rules and real pages; nothing real is touched or shown."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.practice.door import cookies_inward
from app.store.models import FactRow, InspectionRow, LoginSession
from tests.house import PASSWORD, House

pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # a room is SQLite wherever the house is


class Trainee:
    """A signed-in inspector who follows the guide and presses its buttons."""

    def __init__(self, house: House) -> None:
        self.client: FlaskClient = house.signed_in("inspector")
        self.page = self.post("/practice")

    def get(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code, re.findall("class=.error.*", answer.text))
        self.page = answer.text
        return self.page

    def post(self, path: str, **data: object) -> str:
        answer = self.client.post(path, data=data, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code, re.findall("class=.error.*", answer.text))
        self.at = answer.request.path
        self.page = answer.text
        return self.page

    def goes_on(self) -> str:
        """The button of the bar: as whoever plays the next step, to its page."""
        form = re.search(
            r'action="(/practice/become/\w+)">\s*<input type="hidden" name="next" value="([^"]+)"', self.page
        )
        assert form is not None, self.page
        return self.post(form[1], next=form[2])


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stage that the first room was copied from is kept for the next tests."""
    return tmp_path_factory.mktemp("stage") / "practice"


@pytest.fixture
def trainee(house: House, stage: Path) -> Iterator[Trainee]:
    rooms = house.app.extensions["jcm_practice"].rooms
    if stage.exists():
        shutil.copytree(stage, rooms.folder)
    yield Trainee(house)
    if not stage.exists():
        shutil.copytree(rooms.folder, stage, ignore=shutil.ignore_patterns("room-*"))
    for name in list(rooms._open):
        rooms._forget(name)


def test_somebody_plays_alone_from_application_to_flag(house: House, trainee: Trainee) -> None:
    before = _counts(house)
    assert "练习一次检查" in trainee.page and "第 1 步：申请检查码" in trainee.page
    page = trainee.goes_on()
    assert 'action="/practice/inspect/apply"' in page
    uscc = re.search(r"\b9199\w{14}\b", trainee.client.get("/practice/inspect/enterprises?q=云汀练习食品厂").text)
    assert uscc is not None
    window = re.search(r'name="window.start"[^>]*value="([^"]+)"', page)
    assert window is not None
    officers = re.findall(r'name="officers" value="(\w+)"', page)[:2]
    applied = {
        "enterprise.uscc": uscc[0], "enterprise.name": "云汀练习食品厂", "kind": "triggered", "cause": "complaint",
        "clue_no": "LX-1", "reason": "市民来电", "items": "YJ-01", "officers": officers,
        "window.start": window[1], "window.end": _later(window[1]),
    }  # fmt: skip
    page = trainee.post("/practice/inspect/apply", go="check", **applied)
    assert "7 天内已是第 3 次被检查" in page  # the rules speak before the visit, as they do in earnest
    trainee.post("/practice/inspect/apply", go="send", **applied)
    visit = re.search(r"/practice/inspect/(\w{26})", trainee.at)
    assert visit is not None, trainee.page
    assert "云汀练习食品厂" in trainee.goes_on()  # the head's list
    trainee.post(f"/practice/inspect/{visit[1]}/approve", override_reason="练习")
    trainee.get("/practice/guide")
    page = trainee.goes_on()
    code = urlsplit(re.search(r'data-presented="(\d+)"', page)[1]).path
    assert "已登记并经批准" in page and "练习用，不是真的检查码" in page
    trainee.post(f"/practice/q/{code}/arrive")
    trainee.get("/practice/guide")
    page = trainee.goes_on()
    assert "第 4 步：记录结果" in page
    points = re.findall(r'name="(point\.[\w.-]+)"', trainee.get(f"/practice/inspect/{visit[1]}/result"))
    ended = {"ended_at": window[1], "outcome.YJ-01": "no_problem"}
    trainee.post(f"/practice/inspect/{visit[1]}/result", **dict.fromkeys(points, "no_problem"), **ended, go="complete")
    trainee.get("/practice/guide")
    trainee.goes_on()
    trainee.post(f"/practice/q/{code}/rate", rating="4", none="1")
    trainee.get("/practice/guide")
    page = trainee.goes_on()
    assert "云汀练习食品厂" in page and "第 6 步：办理预警" in page
    flag = trainee.at
    trainee.post(flag, action="investigate")
    assert "都做完了" in trainee.get("/practice/guide")
    assert _counts(house) == before
    stranger = house.client().get(f"/practice/q/{code}")
    assert stranger.status_code == 404 and "练习用的码，不是检查码" in stranger.text
    real = house.client().get(f"/q/{code}").text
    assert "未能核验为本平台签发" in real and "已登记并经批准" not in real


def test_a_room_is_left_behind_when_its_day_is_over(house: House, trainee: Trainee) -> None:
    rooms = house.app.extensions["jcm_practice"].rooms
    assert len(list(rooms.folder.glob("room-*"))) == 1
    assert 'href="/practice/guide"' in trainee.client.get("/practice").text
    house.clock.move(hours=25)
    assert trainee.client.get("/practice/guide").status_code == 404
    trainee.client.post("/login", data={"username": "inspector", "password": PASSWORD})
    assert "/practice/guide" not in trainee.client.get("/practice").text  # no link to what is not there
    trainee.client.post("/practice")  # whoever begins clears away what is over
    assert len(list(rooms.folder.glob("room-*"))) == 1
    trainee.client.post("/practice", data={"go": "end"})
    assert list(rooms.folder.glob("room-*")) == []


def test_cookies_of_the_room_and_of_the_house_do_not_meet(house: House, trainee: Trainee) -> None:
    """Signing in to play does not mark the device as one of staff, and the real session opens nothing in a room."""
    trainee.goes_on()
    cookies = {(c.key, c.path) for c in trainee.client._cookies.values()}
    inside = {key for key, path in cookies if path.startswith("/practice")}
    assert inside == {"jcm_practice", "practice-jcm_session"}
    assert (
        cookies_inward("jcm_session=real; jcm_staff=1; practice-jcm_session=own; lang=en") == "jcm_session=own; lang=en"
    )
    assert trainee.client.get("/inspect/").status_code == 200  # still signed in outside


def test_no_script_names_an_address_from_the_root(house: House) -> None:
    """It would reach past a room into the house: modules begin at their own address."""
    for script in Path(str(house.app.static_folder), "js").glob("*.js"):
        if script.name != "apply-worker.js":  # which no room registers
            assert not re.findall(r"""["'`]/(?:inspect|api|q|my|supervise|login)\b""", script.read_text()), script.name


def _later(start: str) -> str:
    day, clock = start.split("T")
    return f"{day}T{int(clock[:2]) + 2 if int(clock[:2]) < 22 else 23:02d}:{clock[3:]}"


def _counts(house: House) -> tuple[int, ...]:
    with house.installation.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(m)) for m in (FactRow, InspectionRow, LoginSession)
        )
