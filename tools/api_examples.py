"""The examples of the API's document, played as one story against the API: what it answers becomes the examples of answers.

`python -m tools.api_examples` writes app/api/v1/answer_examples.json anew. tests/api/test_examples.py plays the same story and
compares: an example that the API would refuse, or an answer that has changed, makes it fail.
"""

import json
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from app.api.v1 import views  # noqa: F401 declares the operations
from app.api.v1.operations import OPERATIONS
from app.services import registers
from app.services.transparency import log
from app.store.database import Database
from app.store.migrate import upgrade
from app.store.models import Certificate, Officer
from tests.district import seed
from tests.house import House, add_people, open_house

OUT = Path(__file__).resolve().parent.parent / "app" / "api" / "v1" / "answer_examples.json"
BY_NAME = {op.name: op for op in OPERATIONS}
MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # half an hour before the window of the example
OFFICERS = (
    ("9901001001", "张思源", "YT-YJJ"), ("9901001002", "赵晓岚", "YT-YJJ"), ("9901002001", "华海宁", "YT-SCJG"),
    ("9901002002", "钱宁", "YT-SCJG"),
)  # fmt: skip
QUERIES = {
    "find_enterprises": "?q=兰渚", "list_flags": "?rule=repeat.day", "list_inspections": "?number=YT-YJJ-2026-000001",
    "list_changes": "?limit=1",
    "get_stats": "?from=2026-11-01&to=2026-11-30&by=unit", "list_items": "?unit=YT-YJJ",
}  # fmt: skip
SECRET = ("url", "token", "short_code")


def prepare(house: House) -> None:
    """What the examples name and the small district of the tests lacks."""
    house.clock.now = MORNING
    with house.installation.database.write() as session:
        for n, (certificate, name, unit) in enumerate(OFFICERS):
            session.add(Officer(id=f"EX{n:024d}", certificate_no=certificate, name=name, unit=unit))
            session.flush()
            valid = {"valid_from": date(2024, 1, 1), "valid_until": date(2029, 12, 31)}
            session.add(Certificate(certificate_no=certificate, **valid))


class Story:
    """Plays calls with the requests of the document, in order; `path` and `body` fill in what only the run knows."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.told: dict[str, Any] = {}
        self.wrong: list[str] = []

    def play(
        self, name: str, who: str | None = None, body: dict[str, Any] | None = None, example: Any = None, **path: Any
    ) -> Any:
        """`body` is laid over the example of the document; `example` stands in its place."""
        op = BY_NAME[name]
        address = f"/api/v1{op.path}".format(**path) + QUERIES.get(name, "")
        headers = self.house.bearer(who) if who else {}
        client = self.house.client()
        if op.method == "GET":
            answer = client.get(address, headers=headers)
        else:
            answer = client.post(
                address, json=(op.example if example is None else example) | (body or {}), headers=headers
            )
        if answer.status_code != op.status:
            self.wrong.append(f"{name}: {answer.status_code} {answer.text[:300]}")
        if answer.is_json:
            self.told.setdefault(name, answer.json)
        return answer.json if answer.is_json else None


def play(house: House) -> Story:
    """The whole story: a visit, one that changes, one that another unit joins and that is rejected, and what follows."""
    prepare(house)
    story = Story(house)
    for name in ("list_units", "list_items", "list_officers"):
        story.play(name, "inspector")
    first = _a_visit(story)
    story.play("find_enterprises", "inspector")
    _a_visit_that_changes(story)
    _a_visit_with_another_unit(story)
    _what_follows(story, first)
    return story


def _a_visit(story: Story) -> str:
    play, house = story.play, story.house
    made = play("create_inspection", "inspector")["id"]
    code = {"code": play("approve_inspection", "head", id=made)["code"]["short_code"]}
    house.clock.move(minutes=40)
    for name in ("code_svg", "code_png", "notice_pdf", "list_papers"):
        play(name, "inspector", id=made)
    play("verify_code", body=code)
    play("record_scan", body=code)
    play("arrive", "inspector", id=made)
    house.clock.move(hours=2, minutes=20)
    play("complete_inspection", "inspector", id=made)
    log.advance(house.perform)
    play("proof", "inspector", id=made)
    rated = play("give_feedback", body=code)
    play("get_receipt", receipt=rated["receipt"])
    return str(made)


def _a_visit_that_changes(story: Story) -> None:
    play = story.play
    made = play("create_inspections", "inspector")["items"][0]["id"]
    told = play("approve_inspection", "head", {"override_reason": "当天投诉，须当日到场"}, id=made)
    for decided, who in (
        ("reject_amendment", "head"),
        ("withdraw_amendment", "inspector"),
        ("approve_amendment", "head"),
    ):
        n = play("amend_inspection", "inspector", id=made)["n"]
        reason = {"override_reason": "同意"} if decided == "approve_amendment" else None
        told = play(decided, who, reason, id=made, n=n)
    play("record_scan", body={"code": told["code"]["short_code"]})
    unseen = play("create_inspection", "inspector")["id"]
    play("cancel_inspection", "inspector", id=unseen)


def _a_visit_with_another_unit(story: Story) -> None:
    play = story.play
    for answered in ("leave", "decline"):
        made = play("create_inspection", "inspector")["id"]
        play("invite", "inspector", id=made)
        play("invitations", "inspector2")
        if answered == "leave":
            play("join", "inspector2", id=made)
            play("join", "head2", example={}, id=made)  # the own head confirms
        play(answered, "inspector2", id=made)
        play("reject_inspection", "head", id=made)


def _what_follows(story: Story, first: str) -> None:
    play = story.play
    play("get_inspection", "inspector", id=first)
    play("list_inspections", "supervisor")
    play("list_changes", "supervisor")
    flag = play("list_flags", "supervisor")["items"][0]["id"]
    play("get_flag", "supervisor", id=flag)
    play("act_on_flag", "supervisor", id=flag)
    play("report_visit")
    play("create_case_records", "supervisor")
    play("receive_figures", "supervisor")
    play("get_stats", "supervisor")


def written(told: dict[str, Any], public_url: str) -> str:
    """The file: addresses of an invented installation."""
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=False)
    return text.replace(public_url, "https://jcm.example.gov.cn") + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/jcm.sqlite3"
        database = Database(url)
        upgrade(database.engine)
        with database.write() as session:
            seed(session)
        database.dispose()
        house = open_house(url, Path(place) / "instance")
        house.perform(registers.adopt)
        add_people(house)
        story = play(house)
    if story.wrong:
        raise SystemExit("\n".join(story.wrong))
    known = json.loads(OUT.read_text(encoding="utf-8"))
    OUT.write_text(written(known | story.told, "http://localhost"), encoding="utf-8")


if __name__ == "__main__":
    main()
