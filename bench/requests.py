"""What the public and the units ask for most: a code looked at, verified, scanned; a visit applied for and approved."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain.applications import EnterpriseRef
from app.domain.codes.token import to_digits
from app.store.models import CodeRow
from bench.district import uscc_of
from bench.load import Flow, get, once, post
from tests.house import MONDAY, PASSWORD, House

CODES = 120  # visits whose codes are shown in turn


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests over one database, each as a flow that goes on to the next code or enterprise whenever it is begun."""

    page: Callable[[], Flow]
    verify: Callable[[], Flow]
    scan: Callable[[], Flow]
    visit: Callable[[], Flow]
    bare_page: Callable[[], Flow]
    bare_verify: Callable[[], Flow]
    bare_insert: Callable[[], Flow]
    pages: dict[str, bytes]


def prepared(house: House, size: int) -> Asked:
    """Approves the visits whose codes are shown, and signs a supervisor in."""
    house.clock.now = MONDAY
    ranks = itertools.count(size // 40)
    made = [house.approved(**_where(next(ranks))) for _ in range(CODES)]
    with house.installation.reading() as session:
        codes = itertools.cycle([to_digits(session.get_one(CodeRow, i.code.cti).token) for i in made if i.code])
    ids = itertools.cycle([i.id for i in made])
    inspector, head = house.token("inspector"), house.token("head")
    numbers = itertools.count()

    def visit() -> Flow:
        asked = _application(next(ranks), f"X-{next(numbers)}")
        applied = yield post("/api/v1/inspections", asked, inspector)
        yield post(f"/api/v1/inspections/{applied.json()['id']}/approve", {"override_reason": "测试理由"}, head)

    def scan() -> bytes:
        cookie = f"jcm_device={secrets.token_urlsafe(32)}"
        return post("/api/v1/scans", {"code": next(codes), "action": "arrive"}, cookie=cookie)

    return Asked(
        page=once(lambda: get(f"/q/{next(codes)}")),
        verify=once(lambda: post("/api/v1/verify", {"code": next(codes)})),
        scan=once(scan),
        visit=visit,
        bare_page=once(lambda: get("/bare/page")),
        bare_verify=once(lambda: post("/bare/verify", {"id": next(ids)})),
        bare_insert=once(lambda: post("/bare/insert", {"id": next(ids)})),
        pages=_pages(house, made[0].enterprise_id),
    )


def _where(rank: int) -> dict[str, Any]:
    return {"enterprise": EnterpriseRef(uscc=uscc_of(rank), name=None)}


def _application(rank: int, clue: str) -> dict[str, Any]:
    return {
        "enterprise": {"uscc": uscc_of(rank)},
        "kind": "triggered",
        "cause": "complaint",
        "clue_no": clue,
        "reason": "市民来电反映",
        "items": ["YJ-01"],
        "officers": ["99010001", "99010002"],
        "window": {"start": MONDAY.isoformat(), "end": (MONDAY + timedelta(hours=2)).isoformat()},
    }


def _pages(house: House, enterprise: str) -> dict[str, bytes]:
    client = house.client()
    assert client.post("/login", data={"username": "supervisor", "password": PASSWORD}).status_code == 303
    kept = client.get_cookie("jcm_session")
    assert kept is not None
    cookie = f"jcm_session={kept.value}"
    return {
        "dashboard": get("/supervise/", cookie),
        "flag list": get("/supervise/flags", cookie),
        "enterprise page": get(f"/supervise/enterprises/{enterprise}", cookie),
    }
