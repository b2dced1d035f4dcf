"""Call-backs by lot: promised, drawn, asked by several at once, and what an answer brings about."""


from sqlalchemy import select

from app.services import callback_draws, lots
from app.services import log as log_service
from app.services.state_audit import state_discrepancies
from app.store.models import Callback, Lot
from tests.house import House
from tests.services.callback_week import enterprises, rows


def test_nothing_is_drawn_before_the_log_shows_the_promise(house: House) -> None:
    enterprises(house, 3)
    house.clock.move(days=7)
    house.perform(callback_draws.weekly)
    house.perform(callback_draws.weekly)
    assert rows(house, Callback) == []
    log_service.advance(house.perform)
    house.perform(callback_draws.weekly)
    house.perform(callback_draws.weekly)  # twice, as two workers would
    assert len(rows(house, Callback)) == 3
    with house.installation.reading() as session:
        for lot in session.scalars(select(Lot)):
            log_service.advance(house.perform)
            assert lots.problems(session, lot) == []
        assert list(state_discrepancies(session)) == []
