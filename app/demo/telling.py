"""The supervisor's monthly report of the demonstration: last month, as PDF where this server has fonts."""

from app.domain.actors import Actor
from app.domain.telling import MONTHLY, PDF, XLSX, asked, last_whole
from app.domain.times import shanghai_day
from app.store.unit_of_work import UnitOfWork
from app.telling import making
from app.telling.gathering import gather
from app.typesetting import engine


def last_month(work: UnitOfWork, supervisor: Actor) -> None:
    today = shanghai_day(work.now)
    wanted = asked(MONTHLY, last_whole(MONTHLY, today), PDF if engine.can_set() else XLSX, today)
    region = str(supervisor.region)
    document, data = making.set_out(gather(work.session, region, supervisor.regions, wanted), work.now)
    making.keep(work, supervisor, region, wanted, document.title, data)
