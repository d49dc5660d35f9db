"""The promotions that need not be told."""

from __future__ import annotations

from datetime import date

import pytest

from features.shop.promotions.built_in import BUILT_IN, CHINESE, INTERNATIONAL, built_in
from features.shop.promotions.promotion import PROMOTION_KINDS, Promotion


def of(calendar: str, year: int) -> dict[str, Promotion]:
    """The promotions of a calendar by key."""
    return {each.key: each for each in built_in(calendar, year)}


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("new_year", "2025-01-01", "2025-01-01"),
        ("spring_festival", "2025-01-28", "2025-02-04"),
        ("lantern", "2025-02-12", "2025-02-12"),
        ("womens_day", "2025-03-08", "2025-03-08"),
        ("labour_day", "2025-05-01", "2025-05-03"),
        ("may_20", "2025-05-20", "2025-05-20"),
        ("dragon_boat", "2025-05-31", "2025-05-31"),
        ("june_18", "2025-06-16", "2025-06-18"),
        ("qixi", "2025-08-29", "2025-08-29"),
        ("mid_autumn", "2025-10-06", "2025-10-06"),
        ("national_day", "2025-10-01", "2025-10-07"),
        ("double_11", "2025-11-10", "2025-11-11"),
        ("double_12", "2025-12-12", "2025-12-12"),
        ("year_end", "2025-12-27", "2025-12-31"),
    ],
)
def test_chinese_days_of_2025(key: str, first: str, last: str) -> None:
    """Every Chinese occasion has its days of 2025."""
    found = of(CHINESE, 2025)[key]
    assert (found.first_day.isoformat(), found.last_day.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("valentines_day", "2024-02-14", "2024-02-14"),
        ("easter", "2024-03-29", "2024-04-01"),
        ("mothers_day", "2024-05-12", "2024-05-12"),
        ("fathers_day", "2024-06-16", "2024-06-16"),
        ("halloween", "2024-10-31", "2024-10-31"),
        ("thanksgiving", "2024-11-28", "2024-11-28"),
        ("black_friday", "2024-11-29", "2024-12-01"),
        ("cyber_monday", "2024-12-02", "2024-12-02"),
        ("christmas", "2024-12-24", "2024-12-25"),
        ("boxing_day", "2024-12-26", "2024-12-26"),
    ],
)
def test_international_days_of_2024(key: str, first: str, last: str) -> None:
    """Every international occasion has its days of 2024."""
    found = of(INTERNATIONAL, 2024)[key]
    assert (found.first_day.isoformat(), found.last_day.isoformat()) == (first, last)


@pytest.mark.parametrize("year", [1997, 2001, 2012, 2020, 2027, 2030, 2033, 2050])
def test_spring_festival_and_lantern_of_other_years(year: int) -> None:
    """The New Year's Day of the moon is right also where its new moon is close to midnight (2027, 2030)."""
    known = {1997: (2, 7), 2001: (1, 24), 2012: (1, 23), 2020: (1, 25), 2027: (2, 6), 2030: (2, 3), 2033: (1, 31)}
    month, day = (known | {2050: (1, 23)})[year]
    found = of(CHINESE, year)
    assert (found["spring_festival"].last_day - date(year, month, day)).days == 6
    assert (found["lantern"].first_day - date(year, month, day)).days == 14


def test_every_year_has_every_occasion_with_two_names() -> None:
    """From 1990 to 2099 nothing is missing, and the kinds are those that there are."""
    for calendar, said in BUILT_IN.items():
        for year in range(1990, 2100):
            found = of(calendar, year)
            assert len(found) == len(said)
            assert all(
                each.kind in PROMOTION_KINDS and each.names["en"] and each.names["zh"] for each in found.values()
            )
            assert all(each.first_day <= each.last_day for each in found.values())


@pytest.mark.parametrize("year", [1, 1989, 2100])
def test_outside_these_years_nothing_is_built_in(year: int) -> None:
    """A year without known lunar dates has no built-in promotion at all."""
    assert of(CHINESE, year) == {}
