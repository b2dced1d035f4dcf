"""A complete installation for a test, and the short words tests use to work with it."""

import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.clock import Clock
from app.config import Config, load_config
from app.domain.actors import Actor
from app.domain.applications import Application, EnterpriseRef
from app.domain.codes.keys import SigningKey
from app.domain.enterprises import organisation_check_character, uscc_check_character
from app.domain.ids import RandomBytes
from app.domain.inspections import Inspection, Result
from app.installation import Installation, open_installation
from app.services.applying import applications, decisions
from app.services.people import accounts, passwords, tokens
from app.services.visiting import visits
from app.store import actors, database
from app.store.models import User

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
PASSWORD = "a long test password"
PEOPLE = (  # user name, unit, role
    ("inspector", "YT-YJJ", "inspector"),
    ("head", "YT-YJJ", "head"),
    ("inspector2", "YT-SCJG", "inspector"),
    ("head2", "YT-SCJG", "head"),
    ("supervisor", "YT-SFJ", "supervisor"),
    ("city", "SL-SFJ", "supervisor"),
    ("neighbour", "GB-SFJ", "supervisor"),
    ("admin", "YT-SFJ", "admin"),
    ("supervisor2", "YT-SFJ", "supervisor"),
    ("discipline", "YT-JW", "discipline"),
    ("observer", "YT-SFJ", "observer"),
)

# Each test has a database of its own, and statements are the same: what SQLAlchemy made of one is not made again.
_engine_of_its_own = database._engine
_first_engines: dict[str, Any] = {}
STATEMENTS_KEPT = 5000


def _engine_that_shares(*args: Any, **named: Any) -> Any:
    engine = _engine_of_its_own(*args, **named)
    first = _first_engines.get(engine.dialect.name)
    if first is None or first.dialect.server_version_info is None:  # a server that never answered taught it nothing
        first = _first_engines[engine.dialect.name] = engine
    first._compiled_cache.capacity = STATEMENTS_KEPT
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


database._engine = _engine_that_shares

# What a password costs is tried in tests of signing in; elsewhere a thousand sign-ins need not cost 46 MiB each.
COSTLY_HASHER, passwords.HASHER = passwords.HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class MovableClock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class People(dict[str, Actor]):
    """The person of each user name, as they stood at the beginning (the clock moves on); looked up when first asked for."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.day = installation, installation.clock().date()

    def __missing__(self, name: str) -> Actor:
        with self.installation.reading() as session:
            (identity,) = session.scalars(select(User.actor).where(User.username == name))
            self[name] = actors.by_id(session, identity, self.day)
        return self[name]


@dataclass
class House:
    installation: Installation
    app: Flask
    clock: MovableClock
    people: dict[str, Actor]
    tokens: dict[str, str] = field(default_factory=dict)

    def perform(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        return self.installation.perform(use_case, *args, **kwargs)

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, name: str) -> FlaskClient:
        client = self.client()
        answer = client.post("/login", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def token(self, name: str) -> str:
        """An API token in the role and unit of one of PEOPLE."""
        if name not in self.tokens:
            actor = self.people[name]
            self.tokens[name] = self.perform(tokens.issue_token, actor.unit, actor.role, f"token of {name}")
        return self.tokens[name]

    def bearer(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(name)}"}

    def application(self, **changes: Any) -> Application:
        """A plain planned application of YT-YJJ for 示例一公司, from now for two hours."""
        plain: dict[str, Any] = {
            "enterprise": EnterpriseRef(uscc=uscc(1), name="云汀示例一食品有限公司"),
            "kind": "triggered",
            "cause": "complaint",
            "clue_no": f"XS-{next(_COUNTER)}",
            "reason": "市民来电反映",
            "items": ("YJ-01",),
            "officers": ("99010001", "99010002"),
            "window_start": self.clock.now,
            "window_end": self.clock.now + timedelta(hours=2),
        }
        return Application(**(plain | changes))

    def applied(self, who: str = "inspector", **changes: Any) -> Inspection:
        return self.perform(applications.apply, self.people[who], self.application(**changes)).inspection

    def approved(self, who: str = "inspector", head: str = "head", **changes: Any) -> Inspection:
        inspection = self.applied(who, **changes)
        return self.perform(decisions.approve, self.people[head], inspection.id, override_reason="测试理由")

    def completed(self, outcome: str = "no_problem", **changes: Any) -> Inspection:
        """Approved now, done an hour later."""
        inspection = self.approved(**changes)
        self.clock.move(hours=1)
        results = tuple(Result(item, outcome) for item in inspection.items)
        completion = visits.Completion(results, self.clock.now)
        return self.perform(visits.complete, self.people["inspector"], inspection.id, completion)


_COUNTER = itertools.count(1)


def uscc(number: int) -> str:
    """A valid USCC of the invented district for a test enterprise."""
    organisation = f"T{number:07d}"
    first = "91990101" + organisation + organisation_check_character(organisation)
    return first + uscc_check_character(first)


def house_config(database_url: str, instance: Path, **env: str) -> Config:
    return load_config(
        {
            "JCM_ENV": "test",
            "JCM_DATABASE_URL": database_url,
            "JCM_INSTANCE": str(instance),
            "JCM_SECRET_KEY": "test secret " * 4,
            "JCM_KEY_ENCRYPTION_KEY": "11" * 32,
            "JCM_RATE_LIMITS": "off",
            "JCM_PUBLIC_URL": "http://localhost",
            **env,
        }
    )


def open_house(database_url: str, instance: Path, seed: int = 7, app: Flask | None = None, **env: str) -> House:
    """The installation over a seeded database, with people. Randomness is seeded: failures can be repeated.

    `app`: one that a house with the same settings had before.
    """
    instance.mkdir(exist_ok=True)
    (instance / "root.key").write_text(SigningKey.generate(random=random.Random(1).randbytes).to_pem())
    clock = MovableClock()
    source = random.Random(seed)
    app = _app(house_config(database_url, instance, **env), clock, source.randbytes, own=bool(env), before=app)
    installation: Installation = app.extensions["jcm"]
    return House(installation, app, clock, People(installation))


def _app(config: Config, clock: Clock, random: RandomBytes, own: bool, before: Flask | None = None) -> Flask:
    """One application a process serves house after house: routes and templates are compiled once, the installation
    behind them is exchanged. A house with settings of its own gets an application of its own."""
    global _shared_app
    if before is not None:
        before.extensions |= {"jcm_config": config, "jcm": open_installation(config, clock, random)}
        return before
    if own or _shared_app is None:
        app = create_app(config, clock, random)
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        if not own:
            _shared_app = app
        return app
    _shared_app.extensions |= {"jcm_config": config, "jcm": open_installation(config, clock, random)}
    _shared_app.extensions.pop("jcm_oidc", None)
    return _shared_app


_shared_app: Flask | None = None


def add_people(house: House) -> None:
    """Accounts for PEOPLE; done once, in the template, because hashing passwords takes its time."""
    for name, unit, role in PEOPLE:
        house.perform(accounts.add_user, name, name, unit, role, PASSWORD)
