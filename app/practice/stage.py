"""What a room begins with: the invented district, three people to be, and an enterprise that was visited twice this week."""

import random
import secrets
from datetime import timedelta

from app.demo.district import DISTRICT
from app.demo.district import build as build_district
from app.demo.names import InventedEnterprise
from app.demo.plans import yearly
from app.demo.play import Cast, Script, play, visit
from app.demo.stories import at
from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.sign_in import SignInRules
from app.domain.times import shanghai_day
from app.services import registers
from app.services.flagging import flags
from app.services.people import accounts, sessions
from app.services.people.sessions import Whence
from app.store import actors
from app.store.unit_of_work import UnitOfWork

__all__ = ["DISTRICT", "ENTERPRISE", "PEOPLE", "UNIT", "become", "build"]
SEED, ENTERPRISES = 7, 24
ENTERPRISE = "云汀练习食品厂"  # the first of the register, whom the trainee visits
UNIT, OTHERS = "YT-YJJ", ("YT-XFJY", "YT-STHJ")
PEOPLE = (  # role and user name, unit, name
    (INSPECTOR, UNIT, "练习执法人员"),
    (HEAD, UNIT, "练习负责人"),
    (SUPERVISOR, "YT-SFJ", "练习监督人员"),
)


def build(work: UnitOfWork) -> None:
    """Builds the room into an empty database. The passwords are known to nobody: a button signs in."""
    source = random.Random(SEED)  # noqa: S311 every room is alike
    registers.adopt(work)
    invented = build_district(work, source, ENTERPRISES, first=ENTERPRISE)
    cast = _cast(work)
    supervisor = _person(work, *PEOPLE[2])
    yearly(work, {UNIT: cast.inspectors[UNIT]}, {UNIT: cast.heads[UNIT]}, supervisor)
    play(work, [visit(cast, source, script) for script in _history(work, invented)], work.now)
    flags.sweep(work)


def become(work: UnitOfWork, role: str, whence: Whence, rules: SignInRules) -> tuple[Actor, str]:
    """One of PEOPLE and the secret of a session of theirs: the trainee plays all of them, and nobody has a password."""
    user = accounts.user_of(work, role)
    actor = actors.by_id(work.session, user.actor, shanghai_day(work.now))
    assert actor is not None
    return actor, sessions.start(work, user.actor, whence, rules, way="practice", needs_code=False)


def _cast(work: UnitOfWork) -> Cast:
    """The trainee's inspector and head, and those of the two units that were there this week."""
    begin, work.now = work.now, work.now - timedelta(days=180)  # their roles began before the first visit
    inspectors = {UNIT: _person(work, *PEOPLE[0])}
    heads = {UNIT: _person(work, *PEOPLE[1])}
    for unit in OTHERS:
        inspectors[unit], heads[unit] = _actor(work, unit, INSPECTOR), _actor(work, unit, HEAD)
    work.now = begin
    return Cast(inspectors, heads)


def _history(work: UnitOfWork, invented: list[InventedEnterprise]) -> list[Script]:
    """Two bodies at the trainee's enterprise this week, so that a third visit is one too many; two visits elsewhere."""
    call = {"kind": "triggered", "cause": "complaint"}
    last = at(work.now, 1, 10)
    starts = (at(last, 1, 10), last)  # the two working days before today
    scripts = [
        Script(unit=unit, enterprise=invented[0], start=start, changes=call | {"clue_no": f"LX-{unit}"})
        for start, unit in zip(starts, OTHERS, strict=True)
    ]
    return [
        *scripts,
        Script(unit=UNIT, enterprise=invented[1], start=at(work.now, 9, 9), rating=5),
        Script(unit=UNIT, enterprise=invented[2], start=at(work.now, 6, 14), result="problem_found"),
    ]


def _person(work: UnitOfWork, role: str, unit: str, name: str) -> Actor:
    return accounts.add_user(work, role, name, unit, role, secrets.token_urlsafe(24))


def _actor(work: UnitOfWork, unit: str, role: str) -> Actor:
    actor_id = accounts.add_actor(work, "person", f"{unit} {role}", unit, role)
    work.session.flush()
    actor = actors.by_id(work.session, actor_id, shanghai_day(work.now))
    assert actor is not None
    return actor
