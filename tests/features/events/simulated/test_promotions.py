"""The simulated shop's sales: when, for what, and the same each year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.events.simulate import SimulatedShop, SimulationSettings, simulate
from features.events.simulated.promotions import (
    NAMES,
    YEAR_DAYS,
    Promotion,
    discounts,
    plan_promotions,
    promotion_days,
    promotion_table,
)

CATEGORIES = [f"category-{number}" for number in range(6)]
SETTINGS = SimulationSettings(customers=1, seed=5, days=3 * YEAR_DAYS)


def planned(days: int, seed: int = 5) -> tuple[Promotion, ...]:
    return plan_promotions(replace(SETTINGS, days=days, seed=seed), len(CATEGORIES))


@pytest.mark.parametrize("seed", range(5))
def test_sales_come_again_each_year(seed: int) -> None:
    """The same sale, of the same length and discount, on the day a year later; every other one for everything."""
    first, second, third = np.array_split(np.array(planned(3 * YEAR_DAYS, seed), dtype=object), 3)
    assert 3 <= len(first) <= 5
    for years, sales in ((1, second), (2, third)):
        for sale, before in zip(sales, first, strict=True):
            assert sale.first_day == before.first_day + years * YEAR_DAYS
            np.testing.assert_array_equal(sale.categories, before.categories)
            same = ("name", "length_days", "discount", "everything")
            assert [getattr(sale, name) for name in same] == [getattr(before, name) for name in same]
    assert [sale.everything for sale in first] == [place % 2 == 0 for place in range(len(first))]


@pytest.mark.parametrize("seed", range(5))
def test_a_longer_history_keeps_its_sales(seed: int) -> None:
    """More years add sales at the end; those of the first year are the ones that a year alone has."""
    one, more = planned(YEAR_DAYS, seed), planned(2 * YEAR_DAYS + 100, seed)
    assert [sale.first_day for sale in more[: len(one)]] == [sale.first_day for sale in one]
    assert 2 * len(one) < len(more) < 3 * len(one)


@pytest.mark.parametrize("days", [10, 11, 30, 85, 200, 365, 366, 500, 900])
def test_sales_lie_inside_the_history(days: int) -> None:
    """In order, without overlap, each of one to six days, of a tenth to three tenths off, over by the last day."""
    for seed in range(20):
        sales = planned(days, seed)
        assert sales
        ends = [sale.first_day + sale.length_days for sale in sales]
        assert ends[-1] <= days
        assert all(start.first_day >= end for start, end in zip(sales[1:], ends, strict=False))
        assert all(sale.first_day >= 0 and 1 <= sale.length_days <= 6 for sale in sales)
        assert all(0.1 <= sale.discount <= 0.3 for sale in sales)


def test_a_week_has_no_sale() -> None:
    """Too short a history is a history without sales: no day, no discount, an empty table."""
    assert planned(9) == ()
    assert len(promotion_days(())) == 0
    assert not discounts((), 9, 6).any()
    assert promotion_table((), replace(SETTINGS, days=9), CATEGORIES).num_rows == 0


def test_discounts_are_taken_on_the_days_of_a_sale() -> None:
    """Of what it covers and of nothing else."""
    sales = planned(2 * YEAR_DAYS)
    table = discounts(sales, 2 * YEAR_DAYS, len(CATEGORIES))
    for sale in sales:
        there = table[sale.day_numbers]
        assert np.all(there[:, sale.categories] == sale.discount)
        assert np.count_nonzero(there) == there.shape[0] * len(sale.categories)
    off = np.setdiff1d(np.arange(len(table)), promotion_days(sales))
    assert not table[off].any()
    assert len(promotion_days(sales)) == sum(sale.length_days for sale in sales)


def test_the_table_of_sales_says_days_of_the_shop() -> None:
    """First and last day, named by their month; the same months each year, as a year has 365 days here."""
    sales = planned(2 * YEAR_DAYS)
    rows = promotion_table(sales, SETTINGS, CATEGORIES).to_pylist()
    for row, sale in zip(rows, sales, strict=True):
        assert (row["starts_on"] - SETTINGS.start).days == sale.first_day
        assert (row["ends_on"] - row["starts_on"]).days == sale.length_days - 1
        assert row["categories"] == ([] if sale.everything else [CATEGORIES[place] for place in sale.categories])
        assert row["name"] in NAMES
    half = len(rows) // 2
    assert [row["starts_on"].replace(year=2000) for row in rows[:half]] == [
        row["starts_on"].replace(year=2000) for row in rows[half:]
    ]
    assert {row["starts_on"].year for row in rows} == {2025, 2026}
    assert SETTINGS.start == date(2025, 1, 1)


def test_a_shop_of_two_years_is_busier_in_the_same_weeks() -> None:
    """On the days of its sales it sells more than on others, in the second year as in the first."""
    shop: SimulatedShop = simulate(SimulationSettings(customers=1_500, items=200, days=2 * YEAR_DAYS, seed=3))
    frames = [chunk.select(["kind", "occurred_at"]).to_pandas() for chunk in shop.event_chunks()]
    bought = pd.concat(frames)
    bought = bought[bought["kind"] == "purchase"]["occurred_at"].dt.tz_convert(shop.settings.timezone)
    number = (bought.dt.tz_localize(None).dt.normalize() - pd.Timestamp(shop.settings.start)).dt.days
    lines = np.bincount(number, minlength=2 * YEAR_DAYS)[: 2 * YEAR_DAYS]
    sales = promotion_days(plan_promotions(shop.settings, len(set(shop.items["category"].to_pylist()))))
    for year in (0, 1):
        days = np.arange(year * YEAR_DAYS, (year + 1) * YEAR_DAYS)
        on_sale = np.isin(days, sales)
        assert lines[days[on_sale]].mean() > 1.2 * lines[days[~on_sale]].mean()
