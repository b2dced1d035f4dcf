"""What people write in the cells of a plan is read as they mean it, or not at all."""

from datetime import date

import pytest

from app.domain.plan_text import read_cap, read_date, read_joint, read_objects, read_period


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年3月", "2026-03-01", "2026-03-31"), ("３－５月", "2026-03-01", "2026-05-31"),
        ("3月至5月", "2026-03-01", "2026-05-31"), ("2026年3-5月", "2026-03-01", "2026-05-31"),
        ("2026.3-2026.5", "2026-03-01", "2026-05-31"), ("2026.3.1-2026.5.31", "2026-03-01", "2026-05-31"),
        ("三月至五月", "2026-03-01", "2026-05-31"), ("第二季度", "2026-04-01", "2026-06-30"),
        ("一、二季度", "2026-01-01", "2026-06-30"), ("Q3", "2026-07-01", "2026-09-30"),
        ("全年", "2026-01-01", "2026-12-31"), ("2027年全年", "2027-01-01", "2027-12-31"),
        ("上半年", "2026-01-01", "2026-06-30"), ("2025年下半年", "2025-07-01", "2025-12-31"),
        ("6月底前", "2026-01-01", "2026-06-30"), ("2026年9月30日前完成", "2026-01-01", "2026-09-30"),
        ("年底前", "2026-01-01", "2026-12-31"), ("3月起", "2026-03-01", "2026-12-31"),
        ("11月至次年2月", "2026-11-01", "2027-02-28"), ("3月1日-15日", "2026-03-01", "2026-03-15"),
        ("3月上旬至4月中旬", "2026-03-01", "2026-04-20"), ("3月、6月、9月", "2026-03-01", "2026-09-30"),
        ("46082", "2026-03-01", "2026-03-01"), ("2026-03-01 00:00:00", "2026-03-01", "2026-03-01"),
        ("2026-03-01至2026-05-31", "2026-03-01", "2026-05-31"), ("每季度", "2026-01-01", "2026-12-31"),
        ("2028年2月", "2028-02-01", "2028-02-29"),
    ],
)  # fmt: skip
def test_periods(text: str, first: str, last: str) -> None:
    assert read_period(text, 2026) == days(first, last)


@pytest.mark.parametrize(
    "text", ["", "适时", "13月", "2月30日", "3-", "-", "待定", "根据工作需要", "3", "99999", "月", "〇"]
)
def test_what_is_unclear_is_no_period(text: str) -> None:
    assert read_period(text, 2026) is None


@pytest.mark.parametrize(
    "text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "46082", "２０２６-３-１"]
)
def test_days(text: str) -> None:
    assert read_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("双随机 5%", (None, 500)), ("危化品企业 ３２ 家", (32, None)), ("约120余户", (120, None)), ("全覆盖", (None, None)),
        ("重点企业10家,一般企业双随机5.5％", (10, 550)), ("12个月", (None, None)), ("0家", (None, None)), ("1,200家", (1200, None)),
    ],
)  # fmt: skip
def test_objects(text: str, objects: tuple[int | None, int | None]) -> None:
    assert read_objects(text) == objects


def test_caps_a_year() -> None:
    said = {
        "每年不超过2次": 2,
        "２次／年": 2,
        "每半年一次": 2,
        "每季度1次": 4,
        "每月1次": 12,
        "两次": 2,
        "按需": None,
        "": None,
    }
    assert {text: read_cap(text) for text in said} == said


def test_joint_visits() -> None:
    assert read_joint("否") == (None, None, True)
    assert read_joint("是（牵头：市场监管局）") == ("lead", "市场监管局", True)
    assert read_joint("配合单位：消防") == ("partner", "消防", True)
    assert read_joint("待商")[2] is False
