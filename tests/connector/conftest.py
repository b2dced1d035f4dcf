"""Two installations: ours, and one of this platform that plays the city's system, called in this process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.domain.actors import SYSTEM
from app.domain.mirroring import MIRROR, Issuing
from app.services.connector import issuing
from app.services.connector.running import Round, run
from app.services.connector.sources import HttpSource
from app.services.transparency import log as log_service
from tests.conftest import fresh_database
from tests.house import House, open_house

CITY = "全市统一综合执法系统"
ENTRY = "https://city.example/apply"


_apps: dict[str, Flask] = {}


@dataclass(frozen=True, slots=True)
class InProcess(HttpSource):
    """API v1 of an application in this process instead of over the network."""

    app: Flask | None = None

    def _exchange(self, method: str, path: str, headers: dict[str, str], data: bytes | None) -> tuple[int, bytes]:
        assert self.app is not None
        answer = self.app.test_client().open(path, base_url=self.url, method=method, headers=headers, data=data)
        return answer.status_code, answer.data


@dataclass
class Beside:
    """`here` mirrors `city`; `pull` is one round of the connector."""

    here: House
    city: House
    source: Any

    def pull(self, **how: Any) -> Round:
        log_service.advance(self.city.perform)
        self.city.clock.now = self.here.clock.now = max(self.city.clock.now, self.here.clock.now)
        done = run(self.here.perform, self.source, CITY, **how)
        assert done.problem is None, done.problem
        return done


def mirrors(house: House, mode: str = MIRROR) -> None:
    house.perform(issuing.set_issuing, SYSTEM, "990101", Issuing(mode, CITY, ENTRY), date(2026, 1, 1))


@pytest.fixture
def beside(
    house: House, templates: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Beside]:
    folder = tmp_path / "city"
    folder.mkdir()
    with fresh_database("sqlite", templates, folder, tmp_path_factory) as url:
        city = open_house(url, folder / "instance", 11, _apps.get("city"), JCM_PUBLIC_URL="http://city.test")
        _apps["city"] = city.app  # routes and templates are compiled once a process
        units = {"YT-YJJ": city.token("inspector"), "YT-SCJG": city.token("inspector2")}
        source = InProcess("http://city.test", city.token("supervisor"), units, app=city.app)
        mirrors(house)
        yield Beside(house, city, source)
        city.installation.database.dispose()
