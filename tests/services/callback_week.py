"""A week of call-backs for tests."""

from typing import Any

from sqlalchemy import select

from app.services.supervising import callback_draws
from app.services.transparency import log as log_service
from app.store.models import Callback, Enterprise
from tests.house import House, uscc


def enterprises(house: House, count: int, first: int = 50) -> list[str]:
    """Enterprises of which the register knows no visit; their ids."""
    ids = [f"E{n:025d}" for n in range(first, first + count)]
    with house.installation.unit_of_work() as work:
        for n, one in enumerate(ids, first):
            name = f"云汀示例{n}号店"
            work.session.add(
                Enterprise(
                    id=one, uscc=uscc(n), name=name, search=name, initials="ytsl", region="990101001",
                    address=f"云汀路 {n} 号", first_known_at=work.now,
                )
            )  # fmt: skip
    return ids


def draw_week(house: House) -> None:
    """The last week's pools are fixed, logged and drawn."""
    house.perform(callback_draws.weekly)
    log_service.advance(house.perform)
    house.perform(callback_draws.weekly)


def rows(house: House, model: Any) -> list[Any]:
    with house.installation.reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def drawn(house: House) -> list[str]:
    """A week later: the ids of the call-backs."""
    house.clock.move(days=7)
    draw_week(house)
    return [c.id for c in rows(house, Callback)]
