"""The public page of figures tells what the register sees and what it does not, and traces nobody."""

from datetime import date

from app.domain.callbacks import LAPSES_AFTER, Answer
from app.services.speaking import speech
from app.services.supervising import callback_draws, callbacks
from tests.house import House, uscc
from tests.services.callback_week import drawn, enterprises


def text_of(house: House, path: str = "/figures") -> str:
    answer = house.client().get(path)
    assert answer.status_code == 200
    return answer.text


def test_it_is_readable_with_nothing_in_the_register_and_with_any_address(house: House) -> None:
    for query in ("", "?year=2025", "?year=9999", "?year=٢٠٢٦", "?year=2025&lang=en"):
        assert "<h1>" in text_of(house, f"/figures{query}")


def test_a_rating_or_a_report_changes_nothing_on_it(house: House) -> None:
    """Promise 4: whoever looks before and after a visit learns nothing of who spoke."""
    done = house.completed()
    before = text_of(house)
    assert done.code is not None
    house.perform(speech.rate, speech.Rating(done.code.short_code, 1, {"gifts": True}, None), "a phone")
    told = speech.Report("云汀示例一食品有限公司", date(2026, 3, 1), "没看到码", uscc=uscc(1), unit_code="YT-YJJ")
    house.perform(speech.report, told)
    assert text_of(house) == before


def test_the_estimate_is_published_four_weeks_later_and_then_stays(house: House) -> None:
    enterprises(house, 10)
    supervisor = house.people["supervisor"]
    for n, one in enumerate(drawn(house)):
        house.perform(callbacks.claim, supervisor, one)
        said = Answer("telephone", "yes", "no", None, date(2026, 3, 3)) if n < 2 else Answer("telephone", "no")
        house.perform(callbacks.answer, supervisor, one, said)
    assert "问到的企业还太少" in text_of(house)
    assert "估计有" in house.signed_in("supervisor").get("/supervise/callbacks").text
    house.clock.now += LAPSES_AFTER
    house.perform(callback_draws.weekly)
    page = text_of(house)
    assert "估计有 100% 的检查没有登记过" in page and "问到 10 家，其中 2 家" in page


def test_it_is_linked_from_the_start_page(house: House) -> None:
    assert 'href="/figures"' in text_of(house, "/")
