"""Trends and correlations."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import DaySorts
from features.shop.promotions.trending.plain_days import PlainDays, slope_over
from features.shop.promotions.trending.shop_trends import shop_trends
from features.shop.promotions.trending.trend_sentences import trend_words
from features.shop.promotions.trending.trends import Trends, find_trends
from tests.small_shop import random_events, stored

DAYS = [date(2025, 1, 1) + timedelta(days=day) for day in range(182)]
SORTS = DaySorts.of(Calendar(("chinese",)), DAYS)
WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.4, 1.2])


def drawn(rng: np.random.Generator, monthly: float = 0.0, with_: Floats | None = None) -> Floats:
    """Counts around 60 whose level wanders, with weekdays, sales and a trend; ``with_`` moves them from day to day."""
    wandering = np.zeros(len(DAYS))
    for day in range(1, len(DAYS)):
        wandering[day] = 0.4 * wandering[day - 1] + rng.normal(0, 0.06)
    logs = wandering + np.log1p(monthly) / 30 * np.arange(len(DAYS)) + (0 if with_ is None else with_)
    return rng.poisson(60 * np.exp(logs) * WEEK[SORTS.weekday] * np.where(SORTS.sort == 1, 4, 1)).astype(float)


def found(**values: Floats) -> Trends:
    """The trends of some numbers."""
    return find_trends(DAYS, SORTS, values)


def test_a_planted_trend_is_found() -> None:
    """Views that rise by 12 % a month are told so, the interval holds the truth; steady orders have no trend."""
    rng = np.random.default_rng(1)
    views, orders = found(views=drawn(rng, 0.12), orders=drawn(rng)).trends
    change = views.monthly_change
    assert change.low is not None
    assert change.high is not None
    assert 0 < change.low <= 0.12 <= change.high
    assert not orders.monthly_change.leaves_out_zero


def test_numbers_that_move_together_are_found() -> None:
    """What shares its days is correlated, what does not is not, though all have the same weekdays and sales."""
    rng = np.random.default_rng(2)
    shared = rng.normal(0, 0.3, len(DAYS))
    told = found(views=drawn(rng, with_=shared), carts=drawn(rng, with_=shared), favourites=drawn(rng))
    clear = [(each.one, each.other) for each in told.correlations if each.rank_correlation.leaves_out_zero]
    assert clear == [("views", "carts")]


def test_two_rising_numbers_are_not_correlated_for_that() -> None:
    """A common trend alone is no correlation from day to day."""
    rng = np.random.default_rng(3)
    (pair,) = found(views=drawn(rng, 0.2), carts=drawn(rng, 0.2)).correlations
    assert not pair.rank_correlation.leaves_out_zero


def test_nothing_is_told_of_quiet_numbers() -> None:
    """Of sixteen quiet shops with three numbers each at most two are told anything certain."""
    rng = np.random.default_rng(4)
    wrong = 0
    for _ in range(16):
        told = found(views=drawn(rng), carts=drawn(rng), orders=drawn(rng))
        wrong += any(each.monthly_change.leaves_out_zero for each in told.trends) or any(
            each.rank_correlation.leaves_out_zero for each in told.correlations
        )
    assert wrong <= 2


def test_the_same_days_give_the_same_intervals() -> None:
    """Draws repeat: two looks at the same days agree."""
    values = drawn(np.random.default_rng(5))
    assert found(views=values) == found(views=values)


def test_small_numbers_and_few_days_are_left_out() -> None:
    """Numbers below five a day have no trend, and six weeks of ordinary days are needed."""
    assert found(views=np.ones(len(DAYS))).trends == ()
    sorts = DaySorts.of(Calendar(), DAYS[:41])
    few = find_trends(DAYS[:41], sorts, {"views": drawn(np.random.default_rng(6))[:41]})
    assert few.trends == ()
    assert trend_words(few) == [
        {"en": "41 ordinary days are too few to tell a trend", "zh": "只有41个平日，不足以判断趋势"}
    ]


def test_weekdays_are_taken_out_and_the_slope_is_robust() -> None:
    """A line with weekdays and two wild days has the slope of the line."""
    values = 50 * np.exp(0.004 * np.arange(len(DAYS))) * WEEK[SORTS.weekday]
    values[[30, 90]] = 5000
    plain = PlainDays.of(values, DaySorts.of(Calendar(), DAYS))
    assert plain is not None
    assert slope_over(plain.days)(plain.logs) == pytest.approx(0.004, abs=0.0002)


def test_sentences_of_both_kinds() -> None:
    """A trend, a correlation and how sure all are together are told in both languages."""
    rng = np.random.default_rng(7)
    shared = rng.normal(0, 0.3, len(DAYS))
    told = found(views=drawn(rng, 0.2, shared), carts=drawn(rng, 0, shared))
    english, chinese = ([words[language] for words in trend_words(told)] for language in ("en", "zh"))
    assert english[0].startswith("Views: rises by +")
    assert english[1].startswith("Carts: no certain trend (")
    assert "Views and Carts move together from day to day (rank correlation 0." in english[2]
    assert english[-1].endswith("all 3 intervals hold together in 95 of 100 cases")
    assert chinese[0].startswith("浏览次数：每30天上升+")
    assert "同向变动" in chinese[2]
    json.dumps(told.as_dict(), allow_nan=False)


def test_the_trends_of_a_shop(tmp_path: Path) -> None:
    """The newest days that are over are looked at; impossible numbers of days are refused."""
    folder = stored(tmp_path / "shop", random_events(3, 3000, days=100, first="2025-01-01T00:00Z"))
    behaviour = Behaviour.of(folder)
    told = shop_trends(behaviour, datetime(2025, 4, 11, tzinfo=UTC), 60)
    assert (told.first, told.last) == (date(2025, 2, 10), date(2025, 4, 10))
    for days in (59, 1101):
        with pytest.raises(HuitouError, match=f"days must be between 60 and 1100; got {days}"):
            shop_trends(behaviour, datetime(2025, 4, 11, tzinfo=UTC), days)
