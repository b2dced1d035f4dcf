"""Two zones: the public process serves enterprises alone, holds no key that signs, and has a narrow door to the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from app import create_app, zones
from app.config import ConfigError, load_config
from app.domain.errors import Refused
from app.domain.inspections import Inspection
from app.operating import doctor, metrics, zone_grants
from app.security import Access, access_of
from app.services import zone_sealing
from app.services.space import persons
from app.services.transparency import log as log_service
from app.services.trust import codes, unit_keys
from app.services.visiting import enterprise_codes, visits
from app.store.models import Contact, FactRow, IssueCounter, SpacePerson
from app.store.vault import VaultError
from tests.house import House, open_house
from tests.web.space.cast import PHONE, begun, digits_on_officers_page, enter, member

ROLE = "jcm_public"
OUTSIDE = {"JCM_ENV": "test", "JCM_ZONE": "public", "JCM_PUBLIC_URL": "http://localhost", "JCM_RATE_LIMITS": "off"}
_apps: dict[str, Flask] = {}


def public_of(house: House, folder: Path, url: str) -> House:
    """The public process beside an inside one: its own secret, its own key, the same database."""
    folder.mkdir(exist_ok=True)
    key = zones.public_key_of(house.installation.config.key_encryption_key).hex()
    env = {"JCM_DATABASE_URL": url, "JCM_INSTANCE": str(folder), "JCM_SECRET_KEY": "public secret " * 3}
    app = create_app(load_config(OUTSIDE | env | {"JCM_PUBLIC_ZONE_KEY": key}), house.clock)
    app.testing = True
    return House(app.extensions["jcm"], app, house.clock, house.people)


def code_at(house: House, visit: Inspection) -> str:
    """The permanent code (企业码) of the visit's enterprise, made by its inspector."""
    return str(house.perform(enterprise_codes.issue, house.people["inspector"], visit.enterprise_id).code)


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> Iterator[tuple[House, House]]:
    """(inside, public). On PostgreSQL the public one has a role of its own with the rights that `zones grants` writes."""
    inside = open_house(database_url, tmp_path / "instance", 7, _apps.get("inside"), JCM_ZONE="inside")
    _apps["inside"] = inside.app
    url = database_url
    if "postgresql" in database_url:
        engine = create_engine(inside.installation.config.database_url)
        with engine.begin() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}):
                connection.execute(text(f"CREATE ROLE {ROLE}"))
            for statement in zone_grants.statements(ROLE):
                connection.execute(text(statement))
        engine.dispose()
        url += ("&" if "?" in url else "?") + f"options=-crole%3D{ROLE}"
    public = public_of(inside, tmp_path / "public", url)
    yield inside, public
    for house in (inside, public):
        house.installation.database.dispose()


def test_enterprises_find_all_of_theirs_outside_and_none_of_the_staffs(both: tuple[House, House]) -> None:
    """The whole way of one enterprise through the public process, while staff work inside."""
    inside, public = both
    visit = inside.approved()
    with inside.installation.reading() as session:
        code: Any = codes.drawn(session, visit, "http://localhost")
    log_service.advance(inside.perform)
    browser = public.client()
    assert browser.get("/").status_code == 200 and "/login" not in browser.get("/").text
    assert browser.get(f"/q/{code.token}").status_code == 200
    assert browser.post("/api/v1/verify", json={"code": code.url}).json["verdict"] == "valid"  # type: ignore[index]
    assert 'class="digits"' in browser.post(f"/q/{code.token}/arrive").text
    assert browser.get(f"/q/{code.token}/proof").status_code == 200
    said = {"code": code.token, "rating": 2, "answers": {"gifts": True}, "comment": "要了礼品"}
    receipt = browser.post("/api/v1/feedback", json=said).json["receipt"]  # type: ignore[index]
    assert browser.get(f"/receipts/{receipt}").status_code == 200
    report = {
        "enterprise_name": "云汀示例一食品有限公司",
        "unit_code": "YT-YJJ",
        "visited_at": "2026-03-01T09:00:00+08:00",
    }
    report |= {"what": "收了现金，没有出示检查码", "contact": "13800000001"}
    assert browser.post("/api/v1/reports", json=report).status_code == 201
    browser.post(f"/my/join/{code.token}", data={"name": "王安", "contact": PHONE, "role": "legal"})
    assert enter(browser, digits_on_officers_page(inside, visit)).status_code == 303
    assert browser.get("/my/visits").status_code == 200
    assert "王安" in browser.get("/my/people").text
    for path in (
        "/plans",
        "/items",
        "/policy",
        "/figures",
        "/log/",
        "/log/keys",
        "/log/checkpoint",
        "/notice",
        "/readyz",
    ):
        assert browser.get(path).status_code in (200, 503), path
    for path in ("/login", "/inspect/", "/supervise/", "/admin/", "/api/v1/inspections", "/practice", "/account/"):
        assert browser.get(path).status_code == 404, path
    assert "只在政务网内打开" in browser.get("/login").text
    answer = inside.client().get("/my/")
    assert answer.status_code == 404 and "http://localhost/my/" in answer.text
    holder = browser.get(f"/e/{code_at(inside, visit)}").text
    assert "在政务网内打开" in holder and "/inspect/" not in holder
    with inside.installation.reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert inside.installation.vault.open(contact.sealed, f"contact:{contact.speech}") == b"13800000001"


def test_the_public_process_is_watched_and_examined_under_its_narrow_role(both: tuple[House, House]) -> None:
    _, public = both
    told = metrics.exposition(public.installation).decode()
    assert "jcm_up 1.0" in told and "jcm_outbox" not in told and "jcm_jobs" not in told
    found = {f.code: f.level for f in doctor.examine(public.installation.config, public.installation)}
    assert found["no_keys_outside"] == "ok" and not {"keys_open", "keys_sealed", "backup_never"} & found.keys()


def test_the_public_process_cannot_sign_and_opens_nothing_of_the_inside(both: tuple[House, House]) -> None:
    inside, public = both
    inside.approved()
    with pytest.raises((VaultError, ProgrammingError)):
        public.perform(unit_keys.signing_key, "YT-YJJ")
    if "postgresql" not in inside.installation.config.database_url:
        return
    for statement in (
        "SELECT * FROM users", "SELECT private FROM unit_keys", "SELECT * FROM speech_contacts", "SELECT * FROM leads",
        "SELECT * FROM outbox", "UPDATE facts SET body = ''", "DELETE FROM facts", "UPDATE codes SET token = ''",
        "INSERT INTO policies (id) VALUES ('x')", "DELETE FROM inspections", "SELECT * FROM second_factors",
        "SELECT * FROM role_assignments", "SELECT reason FROM officer_conflicts", "SELECT note FROM callbacks",
        "UPDATE inspections SET result_recorded_at = now()", "LOCK TABLE inspections IN ACCESS EXCLUSIVE MODE",
    ):  # fmt: skip
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            public.installation.database.write() as session,
        ):
            session.execute(text(statement))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_public_machine_writes_nothing_in_the_name_of_staff(both: tuple[House, House]) -> None:
    """Who holds it runs the program's own services there, with the names of officers: the database refuses."""
    inside, public = both
    visit, head = inside.approved(), inside.people["head"]
    number = inside.perform(lambda work: work.session.scalar(select(func.max(IssueCounter.value))))
    for step in (
        "inspection.cancelled",
        "inspection.arrival_withdrawn",
        "finding.dismiss",
        "role.given",
        "register.changed",
    ):
        with pytest.raises(ProgrammingError, match="row-level security"):
            public.perform(lambda work, kind=step: work.store_fact(work.fact(kind, ("users", "x"), {}, head, "990101")))
    with pytest.raises(ProgrammingError, match=r"denied|row-level security"):
        public.perform(visits.not_carried_out, inside.people["inspector"], visit.id, "closed", None)
    public.perform(lambda work: work.session.execute(update(IssueCounter).values(value=0)))
    assert inside.perform(lambda work: work.session.scalar(select(func.max(IssueCounter.value)))) == number
    with public.installation.reading() as session:
        subjects = set(session.scalars(select(FactRow.subject_kind)))
    assert "inspection" in subjects and not subjects & {"users", "role_assignments", "callback", "case_record"}


def test_a_route_of_staff_is_never_outside(house: House) -> None:
    for rule in house.app.url_map.iter_rules():
        access = access_of(house.app, rule.endpoint) or Access()
        outside = zones.serves("public", rule.endpoint, public=access.public, space=access.space)
        assert not (outside and access.roles), rule.rule
        assert not (outside and rule.rule.startswith(("/inspect", "/supervise", "/admin", "/login", "/practice"))), (
            rule.rule
        )


def test_what_was_sealed_before_there_were_zones_is_prepared_for_the_public_one(house: House, tmp_path: Path) -> None:
    person = member(house, begun(house))
    assert person.get("/my/people").status_code == 200
    config = house.installation.config
    inside = open_house(config.database_url, tmp_path / "instance", 7, _apps.get("inside"), JCM_ZONE="inside")
    public = public_of(inside, tmp_path / "public", config.database_url)
    with public.installation.reading() as session:
        row = session.scalars(select(SpacePerson)).one()
        with pytest.raises(VaultError):
            persons.details(public.installation.vault, row)
    for step in zone_sealing.STEPS:
        while inside.perform(step, "")[1]:
            break
    with public.installation.reading() as session:
        row = session.scalars(select(SpacePerson)).one()
        known = persons.details(public.installation.vault, row)
        assert known is not None and known.name == "王安"
    for other in (inside, public):
        other.installation.database.dispose()


def test_a_public_process_does_not_start_beside_the_inside_keys_and_runs_no_worker(tmp_path: Path) -> None:
    env = OUTSIDE | {"JCM_INSTANCE": str(tmp_path), "JCM_SECRET_KEY": "x" * 40, "JCM_PUBLIC_ZONE_KEY": "22" * 32}
    assert load_config(env).key_encryption_key == b"\x22" * 32
    with pytest.raises(ConfigError, match="must not be able to read"):
        load_config(env | {"JCM_KEY_ENCRYPTION_KEY": "11" * 32})
    (tmp_path / "root.key").write_text("x")
    with pytest.raises(ConfigError, match="must not be able to read"):
        load_config(env)
    with pytest.raises(Refused, match="public_zone"):
        zones.refuse_outside("public")
    with pytest.raises(ValueError, match="role"):
        list(zone_grants.statements("x; DROP TABLE facts"))
