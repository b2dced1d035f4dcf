"""A district's own texts and numbers, and the days on which working differs from Monday to Friday."""

from dataclasses import fields
from datetime import date

from sqlalchemy import func, select

from app.domain import callbacks, deadlines, rectifications
from app.domain.actors import ADMIN, Actor
from app.domain.errors import Invalid, NotFound
from app.domain.papers.after import REMEDIES
from app.domain.papers.kinds import OF_BUREAU
from app.domain.papers.supervision import LONGEST_NAME, NAME_SETTING
from app.domain.times import shanghai_day
from app.services import registers
from app.services.keeping import periods
from app.store import registry
from app.store.models import CalendarDay, JurisdictionSetting
from app.store.unit_of_work import UnitOfWork

_TERMS = {f"{deadlines.SETTING}{term.name}_days": term.default for term in fields(deadlines.Terms)}
# The settings that are kept by hand, under the heads of their page.
GROUPS: dict[str, tuple[str, ...]] = {
    "enterprise": ("duty_phone", "hotline", "refusal_text", "district_name"),
    "visits": ("joint_window_days", "rectification_days", *REMEDIES),
    "followup": tuple(_TERMS),
    "callbacks": (*(f"callbacks_{pool}" for pool in callbacks.POOLS), "callbacks_days"),
    "papers": tuple(NAME_SETTING + kind.code for kind in OF_BUREAU),
}
SETTINGS = tuple(key for keys in GROUPS.values() for key in keys)
NEEDS_SOURCE = ("refusal_text",)  # a text on refusing says where it comes from (faces.md)
NUMBERS = {
    "joint_window_days": (0, registry.LONGEST_JOINT_WINDOW),
    "rectification_days": (1, rectifications.LONGEST_DAYS),
    **dict.fromkeys(_TERMS, (1, deadlines.LONGEST)),
    **{f"callbacks_{pool}": (0, callbacks.MOST_WANTED) for pool in callbacks.POOLS},
    "callbacks_days": (callbacks.FEWEST_DAYS, callbacks.MOST_DAYS),
}
# What holds where nothing was set.
PRESETS: dict[str, str] = {
    "joint_window_days": str(registry.JOINT_WINDOW),
    "rectification_days": str(rectifications.DEFAULT_DAYS),
    **REMEDIES,
    **{key: str(days) for key, days in _TERMS.items()},
    **{f"callbacks_{pool}": str(n) for pool, n in callbacks.PRESETS.items()},
    "callbacks_days": str(callbacks.DAYS),
    **{NAME_SETTING + kind.code: kind.title for kind in OF_BUREAU},
}
LONGEST = 1000
OPEN_YEARS = 2


def district_of(work: UnitOfWork, actor: Actor) -> str:
    """The district whose settings the administrator keeps. Raises Forbidden."""
    actor.require(ADMIN)
    return periods.jurisdiction(work, actor.region)


def set_value(work: UnitOfWork, actor: Actor, key: str, value: str, source: str, first: date | None) -> None:
    """What a setting says from a day on, today at the earliest. Raises Invalid at the field, NotFound."""
    district = district_of(work, actor)
    if key not in SETTINGS:
        raise NotFound("no_such_setting")
    if not value:
        raise Invalid("missing", "value")
    most = LONGEST_NAME if key.startswith(NAME_SETTING) else LONGEST
    if len(value) > most:
        raise Invalid("too_long", "value", most=most)
    if key in NUMBERS and not _is_between(value, *NUMBERS[key]):
        raise Invalid("out_of_range", "value", range=f"{NUMBERS[key][0]}–{NUMBERS[key][1]}")
    if key in NEEDS_SOURCE and not source:
        raise Invalid("setting_source", "source")
    where = (JurisdictionSetting.region == district, JurisdictionSetting.key == key)
    same = work.session.scalars(select(JurisdictionSetting).where(*where)).all()
    new = JurisdictionSetting(
        region=district, key=key, value=value, source=source or None, valid_from=first, recorded_at=work.now
    )
    periods.begin(work, actor, district, new, same)


def _is_between(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 3 and least <= int(value) <= most


def take_back(work: UnitOfWork, actor: Actor, key: str, period_id: int) -> None:
    district = district_of(work, actor)
    period = periods.of(work, JurisdictionSetting, period_id, "key", key)
    if period.region != district:
        raise NotFound("no_such_period")
    periods.take_back(work, actor, district, period)


def set_day(work: UnitOfWork, actor: Actor, day: date | None, working: bool) -> None:
    """A day to come is a working day, or is not; a new version of the day. Raises Invalid("day_…", "day").

    The calendar is one for the whole installation: it is the State Council's.
    """
    district = district_of(work, actor)
    if day is None:
        raise Invalid("missing", "day")
    today = shanghai_day(work.now)
    if day < today or day.year > today.year + OPEN_YEARS:
        raise Invalid("day_to_come", "day", year=today.year + OPEN_YEARS)
    newest = select(CalendarDay).where(CalendarDay.day == day).order_by(CalendarDay.version.desc()).limit(1)
    before = work.session.scalar(newest)
    if (before.working if before else day.weekday() < 5) == working:
        raise Invalid("day_unchanged", "day", day=day.isoformat())
    version = (work.session.scalar(select(func.max(CalendarDay.version)).where(CalendarDay.day == day)) or 0) + 1
    row = CalendarDay(day=day, version=version, working=working)
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, district, [row])
