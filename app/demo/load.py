"""Loads the demonstration into an empty database, in one transaction."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.demo import above, callbacks, followup, onsite, papers, plans, space, stories, telling, together, watching
from app.demo.district import DISTRICT, build, items_of, protect, rows
from app.demo.names import InventedEnterprise, people
from app.demo.play import Cast, play, visit
from app.domain.actors import SYSTEM, Actor
from app.domain.codes.token import to_digits
from app.domain.errors import Refused
from app.domain.times import shanghai_day
from app.services import registers
from app.services.applying import drafts, templates
from app.services.flagging import flags
from app.services.keeping import people as keeping_people
from app.services.people import accounts
from app.services.speaking import satisfaction, speech
from app.services.trust import verification
from app.services.visiting import enterprise_codes
from app.store import actors, registry
from app.store.models import CodeRow, Region, User
from app.store.unit_of_work import UnitOfWork

SEED = 20250101
ACCOUNTS = (  # user name, unit, role, name
    ("inspector", "YT-YJJ", "inspector", "赵文博"),
    ("head", "YT-YJJ", "head", "钱静怡"),
    ("inspector2", "YT-SCJG", "inspector", "周思源"),
    ("head2", "YT-SCJG", "head", "吴明哲"),
    ("supervisor", "YT-SFJ", "supervisor", "孙知行"),
    ("supervisor2", "YT-SFJ", "supervisor", "何明远"),
    ("admin", "YT-SFJ", "admin", "李清和"),
    ("discipline", "YT-JW", "discipline", "郑守正"),
    ("observer", "YT-SFJ", "observer", "冯乐群"),
    ("admin2", "YT-SFJ", "admin", "施宁远"),
)
FLAGGED, TODAY = 60, 5  # enterprises set aside for the stories


def is_empty(work: UnitOfWork) -> bool:
    return work.session.scalar(select(Region.code).where(Region.code == DISTRICT)) is None


def load(work: UnitOfWork, password: str) -> int:
    """Builds the district, its accounts and a quarter of visits up to now; how many steps.

    Raises Refused("not_empty").
    """
    if not is_empty(work):
        raise Refused("not_empty")
    source = random.Random(SEED)  # noqa: S311 a fixed seed is the point
    registers.adopt(work)  # an empty register begins, too
    invented = build(work, source)
    cast = _cast(work, password)
    papers.letters(work, cast)
    supervisor = _supervisor(work)
    plans.yearly(work, cast.inspectors, cast.heads, supervisor)
    of_campaign = [_known(work, e) for e in invented[-plans.CAMPAIGN :]]
    plans.campaign(work, cast.inspectors, cast.heads, supervisor, [e.id for e in of_campaign])
    together_begin = FLAGGED + TODAY
    onsite_begin = together_begin + together.ENTERPRISES
    stories_end = onsite_begin + onsite.ENTERPRISES
    protected = invented[FLAGGED - 1]
    _protect(work, protected)
    scripts = [
        *stories.flagged(work.now, invented[: FLAGGED - 1]),
        *stories.today(work.now, invented[FLAGGED:together_begin]),
        *stories.ordinary(source, work.now, [protected, *invented[stories_end : -plans.CAMPAIGN]]),
        *stories.campaign(work.now, invented[-plans.CAMPAIGN :], plans.campaign_code(work.now)),
    ]
    steps = [visit(cast, source, script) for script in scripts]
    steps += onsite.scripts(cast, work.now, invented[onsite_begin:stories_end])
    steps += together.scripts(cast, work.now, invented[together_begin:onsite_begin])
    done = play(work, steps, work.now)
    papers.play(work, cast)
    _enterprise_codes(work)
    space.open_space(work, cast.inspectors["YT-YJJ"], invented[FLAGGED + 1], invented[stories_end])
    _reports(work, invented[stories_end : stories_end + 3])
    _forged(work)
    _begun(work, cast, invented[stories_end + 3])
    _waiting_power(work)
    flags.sweep(work)
    followup.play(work, cast, supervisor)
    satisfaction.close_quarters(work)
    above.play(work, supervisor, invented[stories_end + 5])
    watching.play(work, invented[stories_end : stories_end + 2])
    callbacks.weeks(work, supervisor, random.Random(SEED))  # noqa: S311
    telling.last_month(work, supervisor)
    return done


def load_registers(work: UnitOfWork, password: str) -> None:
    """The district's registers and accounts without a single visit: what stands beside another system, whose visits come in
    (docs/integrators.md). Raises Refused("not_empty")."""
    if not is_empty(work):
        raise Refused("not_empty")
    registers.adopt(work)
    build(work, random.Random(SEED))  # noqa: S311
    _cast(work, password)


def set_passwords(work: UnitOfWork, password: str) -> None:
    """Gives the accounts that this demonstration has a password and ends their sessions."""
    there = set(work.session.scalars(select(User.username)))
    for username in [name for name, *_ in ACCOUNTS if name in there]:
        accounts.set_password(work, username, password)


def has_accounts(work: UnitOfWork) -> bool:
    return work.session.scalar(select(User.actor).where(User.username == ACCOUNTS[0][0])) is not None


def _cast(work: UnitOfWork, password: str) -> Cast:
    """An inspector and a head for each unit that inspects; those of the emergency bureau can sign in."""
    inspectors: dict[str, Actor] = {}
    heads: dict[str, Actor] = {}
    begin = work.now
    invented_names = people(random.Random(SEED), {name for *_, name in ACCOUNTS})  # noqa: S311
    work.now = begin - timedelta(days=2 * stories.DAYS)  # their roles began before the first visit
    for username, unit, role, name in ACCOUNTS:
        actor = accounts.add_user(work, username, name, unit, role, password)
        {"inspector": inspectors, "head": heads}.get(role, {})[unit] = actor
    for unit in dict.fromkeys(i["unit"] for i in rows("demo_items.csv")):
        for role, found in (("inspector", inspectors), ("head", heads)):
            if unit not in found:
                found[unit] = _actor(work, unit, role, invented_names)
    work.now = begin
    assert all(items_of(unit) for unit in inspectors)
    return Cast(inspectors, heads)


def _actor(work: UnitOfWork, unit: str, role: str, invented: Iterator[str]) -> Actor:
    actor_id = accounts.add_actor(work, "person", next(invented), unit, role)
    work.session.flush()
    actor = actors.by_id(work.session, actor_id, shanghai_day(work.now))
    assert actor is not None
    return actor


def _waiting_power(work: UnitOfWork) -> None:
    """One administrator proposed a supervisor's account; the other has not confirmed it yet."""
    admin_id = work.session.scalar(select(User.actor).where(User.username == "admin"))
    admin = actors.by_id(work.session, str(admin_id), shanghai_day(work.now))
    assert admin is not None
    keeping_people.add_person(work, admin, "supervisor3", "韩亦清", "YT-SFJ", "supervisor", None)


def _protect(work: UnitOfWork, enterprise: InventedEnterprise) -> None:
    protect(work, _known(work, enterprise).id, shanghai_day(work.now) - timedelta(days=200))


def _known(work: UnitOfWork, enterprise: InventedEnterprise) -> Any:
    found = registry.enterprise_by_uscc(work.session, enterprise.uscc)
    assert found is not None
    return found


def _supervisor(work: UnitOfWork) -> Actor:
    actor_id = work.session.scalar(select(User.actor).where(User.username == "supervisor"))
    found = actors.by_id(work.session, str(actor_id), shanghai_day(work.now))
    assert found is not None
    return found


def _enterprise_codes(work: UnitOfWork) -> None:
    """Every enterprise has its permanent code (企业码) at the door."""
    after: str | None = ""
    while after is not None:
        _, after = enterprise_codes.make_some(work, SYSTEM, after)


def _forged(work: UnitOfWork) -> None:
    """Somebody checks a code of which one digit was changed."""
    token = work.session.scalar(select(CodeRow.token).order_by(CodeRow.issued_at).limit(1))
    assert token is not None
    digits = to_digits(token)
    forged = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    verification.note_bad(work, verification.look(work.session, forged, work.now), "a stranger's phone")


def _begun(work: UnitOfWork, cast: Cast, enterprise: InventedEnterprise) -> None:
    """A colleague's draft and a template of the unit, for the inspector to go on with."""
    unit = "YT-YJJ"
    typed = {
        "kind": "planned",
        "plan_code": plans.plan_code(unit, shanghai_day(work.now).year),
        "items": items_of(unit)[:1],
    }
    named = {"enterprise.uscc": enterprise.uscc, "enterprise.name": enterprise.name}
    drafts.save(work, cast.heads[unit], "demonstration-draft", typed | named, enterprise.name)
    templates.save(work, cast.inspectors[unit], typed, "安全生产日常检查", for_unit=True)


def _reports(work: UnitOfWork, enterprises: list[InventedEnterprise]) -> None:
    """Three enterprises report visits that nobody registered; one has something to say to discipline inspection alone."""
    told = (
        (5, "YT-CGZF", "两个人来店里看了一圈，没有出示检查码，也没有说依据。", None),
        (19, "YT-CGZF", "说是例行检查，拍了照片就走了，没有检查码。", "走的时候拿了两条烟，没有给钱。"),
        (2, None, "自称区里的，没说单位，要求停业整改。", None),
    )
    for (days, unit, what, sealed), enterprise in zip(told, enterprises, strict=True):
        day = shanghai_day(work.now) - timedelta(days=days)
        speech.report(
            work,
            speech.Report(
                enterprise_name=enterprise.name,
                uscc=enterprise.uscc,
                visited_on=day,
                what=what,
                unit_code=unit,
                concerns=("gifts",) if sealed else (),
                concern_note=sealed,
            ),
        )
