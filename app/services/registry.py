"""What an installation must know before anything else: its region, and the working-day calendar."""

from datetime import date, timedelta

import chinese_calendar
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.services import registers
from app.store.models import CalendarDay, Region
from app.store.unit_of_work import UnitOfWork

BEGINNING = date(2000, 1, 1)
FIRST_YEAR = 2024


def enter_region(work: UnitOfWork, code: str, name: str = "") -> list[str]:
    """Enters the installation's own district where it is not known yet; what was done, in words."""
    if work.session.get(Region, code) is not None:
        return []
    region = Region(code=code, name=name or code, level="district", parent=None, valid_from=BEGINNING)
    work.session.add(region)
    work.session.flush()
    registers.record(work, SYSTEM, code, [region])
    return [f"entered region {code}"]


def enter_calendar(work: UnitOfWork) -> list[str]:
    """Enters the public holidays and shifted working days that are known; other years stay Monday–Friday."""
    known = set(work.session.scalars(select(CalendarDay.day)))
    last = max(chinese_calendar.constants.holidays)
    day, added = date(FIRST_YEAR, 1, 1), []
    while day <= date(last.year, 12, 31):
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5) and day not in known:
            added.append(CalendarDay(day=day, version=1, working=working))
        day += timedelta(days=1)
    work.session.add_all(added)
    work.session.flush()
    registers.record(work, SYSTEM, work.default_jurisdiction, added)
    return [f"entered {len(added)} holidays and shifted working days up to {last.year}"] if added else []
