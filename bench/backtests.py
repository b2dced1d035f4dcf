"""A backtest of a draft that changes every rule, over few visits and over many: what one visit costs must not grow."""

from collections.abc import Iterator
from datetime import timedelta

from app.domain.flags import settings as policy_settings
from app.domain.flags.policy import DEFAULTS
from app.services.flagging import backtest
from app.store.database import one_moment, reader_beside
from bench.district import REGION, YEARS
from bench.house import opened
from bench.measure import Ratio, worked
from bench.served import Place
from tests.house import MONDAY

MILLION, SECONDS = 1_000_000, 60
CHANGED = {
    "days": 40,
    "most": 4,
    "visits": 5,
    "hours": 2,
    "minutes": 7,
    "working_days": 6,
    "fewest": 3,
    "factor": 4,
    "times": 4,
}


def run(small: Place, large: Place, kind: str) -> Iterator[Ratio]:
    """Seconds of processor time, the database's own too, for each visit of the large district over the same of the small one."""
    a, b = _seconds(large), _seconds(small)
    value = a / large.size / (b / small.size)
    name = f"{kind}: backtest of every rule, {large.size:,} visits"
    yield Ratio(name, f"{small.size:,} visits, for each visit", "≤ 1.5", value, a, b, value <= 1.5)
    whole = a / large.size * MILLION
    told = f"{kind}: backtest of every rule, seconds for a million of {large.size:,} visits"
    yield Ratio(told, "the goal", f"≤ {SECONDS} s", whole, whole, SECONDS, whole <= SECONDS)


def draft() -> policy_settings.Settings:
    """Every rule that has a number has another one; the others are left to visits of other causes."""
    said = {}
    for rule, preset in DEFAULTS.items():
        own = {name: CHANGED[name] for name in preset if name in CHANGED}
        said[rule] = own or {"exempt": ["recheck"]}
    return policy_settings.checked(said)


def _seconds(place: Place) -> float:
    with opened(place.url, place.instance) as house:
        engine = house.perform(lambda work: reader_beside(work.session))
        last = MONDAY.date()
        first = last - timedelta(days=365 * YEARS + 1)
        begin = worked(house)
        with one_moment(engine) as session:
            found = backtest.run(session, MONDAY, REGION, draft(), first, last, lambda done, total: None)
        assert found.visits > place.size * 0.9
        return worked(house) - begin
