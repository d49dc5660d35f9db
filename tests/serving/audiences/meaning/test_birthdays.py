"""Whose birthday it is; that the right people are found is compared with SQL in test_matching.py."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.moments import day_number
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.matching import matching
from serving.audiences.meaning.birthdays import days_of_the_year
from tests.serving.audiences.audience_shop import NOW, AudienceShop


@pytest.mark.parametrize(
    ("first", "last", "met", "not_met"),
    [
        (date(2024, 12, 31), date(2025, 1, 2), [(12, 31), (1, 1), (1, 2)], [(12, 30), (1, 3)]),
        (date(2024, 2, 28), date(2024, 2, 28), [(2, 28)], [(2, 29), (3, 1)]),
        (date(2024, 2, 29), date(2024, 2, 29), [(2, 29)], [(2, 28), (3, 1)]),
        (date(2025, 2, 28), date(2025, 2, 28), [(2, 28), (2, 29)], [(2, 27), (3, 1)]),
        (date(2100, 2, 28), date(2100, 3, 1), [(2, 28), (2, 29), (3, 1)], [(3, 2)]),
    ],
)
def test_days(first: date, last: date, met: list[tuple[int, int]], not_met: list[tuple[int, int]]) -> None:
    """The year does not count, and leap days are met in every year."""
    found = days_of_the_year(day_number(first), day_number(last))
    assert all(found[day] for day in met)
    assert not any(found[day] for day in not_met)


def test_many_years_are_every_day_once() -> None:
    """A range of many years costs no more than one of a year, and nobody without a birthday is in it."""
    found = days_of_the_year(day_number(date(1, 1, 1)), day_number(date(9998, 12, 31)))
    assert found.sum() == 366
    assert not found[0].any()
    assert not found[:, 0].any()


def test_who_did_not_tell_a_birthday(made: AudienceShop) -> None:
    """They are in no range, and everybody else is in that of a whole year."""
    flags = matching(made.snapshot, parse_filter({"birthday": ["2024-01-01", "2024-12-31"]}), Fresh.nothing(), NOW)
    known = ~np.isnan(made.snapshot.audience.columns.values("birthday_month"))
    assert flags.tolist() == known.tolist()
    assert 0 < flags.sum() < len(flags)
