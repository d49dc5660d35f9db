"""Cohorts by the month of the first order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.cohorts import cohorts
from features.shop.numbers.shop_tables import ShopTables
from tests.small_shop import events, shop, stored

ROWS = [
    ("anna", "purchase", "tea", "2024-12-30T10:00Z", {"unit_price": "10"}),
    ("anna", "purchase", "tea", "2025-02-10T10:00Z", {"unit_price": "8"}),
    ("anna", "purchase", "tea", "2025-02-20T10:00Z", {"unit_price": "8"}),
    ("bo", "purchase", "tea", "2024-12-31T23:59Z", {"unit_price": "6"}),
    ("bo", "return", "tea", "2025-01-03T10:00Z", {"unit_price": "6"}),
    ("cy", "purchase", "tea", "2025-01-01T00:00Z", {"unit_price": "5"}),
    ("dee", "view", "tea", "2025-02-01T00:00Z"),
    ("eve", "return", "tea", "2025-02-01T00:00Z", {"unit_price": "50"}),
    ("cy", "purchase", "tea", "2025-02-14T00:00Z", {"unit_price": "5"}),
]


@pytest.fixture
def yearly(tmp_path: Path) -> Iterator[ShopTables]:
    """Two who began in December and one in January."""
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "yearly", events(*ROWS)))) as tables:
        yield tables


def test_what_a_cohort_did(yearly: ShopTables) -> None:
    """Of December's two nobody came in January, when one sent his back, and one came in February, twice."""
    december = cohorts(yearly).cohorts[0]
    assert (december.month, december.customers.value) == (date(2024, 12, 1), 2)
    table = [[figure.value for figure in month.figures.values()] for month in december.months]
    assert table == [[2, 1.0, 2, 16.0, 8.0], [0, 0.0, 0, -6.0, -3.0], [1, 0.5, 2, 16.0, 8.0]]


def test_cohorts_stand_beside_each_other(yearly: ShopTables) -> None:
    """January's second month stands beside December's; the cohort of a year before is not known."""
    january = cohorts(yearly).cohorts[1]
    retention = [month.figures["retention_rate"].values for month in january.months]
    assert retention == [(1.0, 1.0, None), (1.0, 0.0, None)]
    assert january.customers.values == (1, 2, None)


def test_last_years_cohort(yearly: ShopTables) -> None:
    """Asked again in December 2025, its cohort stands beside that of December 2024."""
    last = cohorts(yearly, date(2026, 1, 1), months=2).cohorts[-1]
    assert last.month == date(2025, 12, 1)
    assert last.customers.values == (0, 0, 2)


def test_months_that_are_not_whole_are_said(yearly: ShopTables) -> None:
    """December is known from its 30th day on, February to its 20th."""
    partial = [month.is_partial for month in cohorts(yearly).cohorts[0].months]
    assert partial == [True, False, True]


def test_nothing_after_the_day_counts(yearly: ShopTables) -> None:
    """Asked about the end of January, nobody knows of February."""
    found = cohorts(yearly, date(2025, 2, 1))
    assert [len(cohort.months) for cohort in found.cohorts] == [2, 1]
    assert cohorts(yearly, date(2025, 1, 1)).cohorts[0].customers.value == 2


def test_only_the_newest_are_told(yearly: ShopTables) -> None:
    """Two months ask for the cohorts of January and February."""
    assert [cohort.month.month for cohort in cohorts(yearly, months=2).cohorts] == [1, 2]


def test_a_shop_without_events(tmp_path: Path) -> None:
    """An empty shop has no cohorts, nor has a shop before its first day."""
    with ShopTables.on_duckdb(Behaviour.of(shop(tmp_path / "shop"))) as tables:
        assert cohorts(tables).cohorts == ()


def test_too_many_months_are_refused(yearly: ShopTables) -> None:
    """Between one month and ten years can be asked for."""
    with pytest.raises(HuitouError, match="months must be between 1 and 120; got 0. Ask for 13"):
        cohorts(yearly, months=0)


def test_it_is_said_in_plain_types(yearly: ShopTables) -> None:
    """The answer is JSON with the month as a word."""
    said = json.loads(json.dumps(cohorts(yearly).as_dict(), allow_nan=False))
    assert [cohort["month"] for cohort in said["cohorts"]] == ["2024-12", "2025-01", "2025-02"]
    assert set(said["cohorts"][0]["months"][0]["figures"]) < set(said["definitions"])
