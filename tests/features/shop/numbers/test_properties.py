"""Over random shops every number is what plain loops find."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from features.behaviour import Behaviour
from features.shop.numbers.attention import attention
from features.shop.numbers.best_sellers import SOLD_NAMES, best_sellers
from features.shop.numbers.cohorts import COHORT_NAMES, cohorts
from features.shop.numbers.counting.figure import Figure
from features.shop.numbers.daily import DAILY_NUMBERS, daily_numbers
from features.shop.numbers.funnel import FUNNEL_PEOPLE, funnel
from features.shop.numbers.overview import overview
from features.shop.numbers.period import Period, compared
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.plain_numbers import (
    PlainShop,
    cohort_numbers,
    day_numbers,
    funnel_numbers,
    interest_numbers,
    overview_numbers,
    share,
    sold_numbers,
)
from tests.features.shop.numbers.random_shop import random_shop

SEEDS = st.integers(0, 10_000)
FIRSTS = st.dates(date(2024, 1, 15), date(2025, 1, 20))
LENGTHS = st.integers(1, 120)


def figures(found: Mapping[str, Figure], period: str) -> dict[str, float | None]:
    return {name: dict(zip(compared_names, figure.values, strict=True))[period] for name, figure in found.items()}


compared_names = ("current", "previous", "last_year")


@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(SEEDS, FIRSTS, LENGTHS)
def test_everything_equals_plain_loops(seed: int, first: date, days: int) -> None:
    """Overview, funnel, cohorts, sales, interest and days equal plain loops, in all three periods."""
    period = Period(first, first + timedelta(days=days))
    with TemporaryDirectory() as folder:
        shop = random_shop(Path(folder), seed)
        plain = PlainShop.of(shop)
        with ShopTables.on_duckdb(Behaviour.of(shop)) as tables:
            check_overview(tables, plain, period)
            check_funnel(tables, plain, period)
            check_cohorts(tables, plain, period.until)
            check_things(tables, plain, period)
            check_days(tables, plain, period)


def check_overview(tables: ShopTables, plain: PlainShop, period: Period) -> None:
    found = overview(tables, period)
    for name, each in compared(period).items():
        told = figures(found.figures, name)
        if found.scope.periods[name].coverage == "none":
            assert set(told.values()) == {None}
            continue
        expected = overview_numbers(plain, (each.first, each.until))
        assert {key: told[key] for key in expected} == close(expected)


def check_funnel(tables: ShopTables, plain: PlainShop, period: Period) -> None:
    days = (period.first, period.until)
    [row] = funnel(tables, period).rows
    whole = funnel_numbers(plain, days, lambda _: "")[""]
    assert {name: row.figures[name].value for name in FUNNEL_PEOPLE} == whole
    rate = row.figures["browse_to_purchase_rate"].value
    assert rate == share(whole["browse_then_purchase_people"], whole["browse_people"])
    by_category = funnel_numbers(plain, days, plain.category)
    rows = funnel(tables, period, "category").rows
    assert {
        each.category or "": {name: each.figures[name].value for name in FUNNEL_PEOPLE} for each in rows
    } == by_category
    for each in funnel(tables, period, "days", max(1, period.days // 3)).rows:
        assert each.days is not None
        expected = funnel_numbers(plain, (each.days.first, each.days.until), lambda _: "")[""]
        values = {name: each.figures[name].value for name in FUNNEL_PEOPLE}
        assert values == expected or set(values.values()) == {None}


def check_cohorts(tables: ShopTables, plain: PlainShop, until: date) -> None:
    expected = cohort_numbers(plain, until)
    for cohort in cohorts(tables, until, months=20).cohorts:
        for month in cohort.months:
            buyers, orders, revenue = expected.get((f"{cohort.month:%Y-%m}", month.months_since), (0, 0, 0.0))
            size = cohort.customers.value
            numbers = (buyers, share(buyers, size or 0), orders, revenue, share(revenue, size or 0))
            told = {name: month.figures[name].value for name in COHORT_NAMES}
            assert told == close(dict(zip(COHORT_NAMES, numbers, strict=True)))


def check_things(tables: ShopTables, plain: PlainShop, period: Period) -> None:
    days = (period.first, period.until)
    for by, name in (("item", lambda deed: deed["item_id"]), ("category", plain.category)):
        best = best_sellers(tables, period, by, n=50).best
        expected = {thing: numbers for thing, numbers in sold_numbers(plain, days, name).items() if numbers[0]}
        assert {each.name or "" for each in best} == set(expected)
        for each in best:
            told = {figure: each.figures[figure].value for figure in SOLD_NAMES}
            assert told == close(dict(zip(SOLD_NAMES, expected[each.name or ""], strict=True)))
    people = {each.item_id: each.interested_people.value for each in attention(tables, period, n=50).popular}
    assert people == interest_numbers(plain, days)


def check_days(tables: ShopTables, plain: PlainShop, period: Period) -> None:
    found = daily_numbers(tables, period.until, period.first)
    for number, day in list(enumerate(found.days))[:3]:
        told = {name: None if np.isnan(row[0, number]) else row[0, number] for name, row in found.values.items()}
        assert told == close(day_numbers(plain, day))
    parts = daily_numbers(tables, period.until, period.first, "channel")
    for name in ("views", "net_revenue", "gross_revenue"):
        assert parts.values[name].sum() == pytest.approx(found.values[name].sum())
    assert set(found.values) == set(DAILY_NUMBERS)


def close(numbers: Mapping[str, Any]) -> Any:
    return {name: value if value is None else pytest.approx(value, abs=1e-9) for name, value in numbers.items()}
