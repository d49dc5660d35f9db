"""Rates and means with intervals that know that one person gives many answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import Floats
from features.estimate import Estimate, Z
from serving.shown.ratio import mean, rate, ratio


def drawn(rng: np.random.Generator, people: int, *, alike: float) -> tuple[Floats, Floats]:
    """Clicks and items of people who click one item in ten, each at a rate of their own."""
    items = rng.integers(1, 40, people).astype(np.float64)
    own = rng.beta(0.1 * (1 / alike - 1), 0.9 * (1 / alike - 1), people)
    return rng.binomial(items.astype(int), own).astype(np.float64), items


@pytest.mark.parametrize("alike", [0.001, 0.2])
def test_the_interval_holds_the_truth(alike: float) -> None:
    """In 95 of 100 cases, whether people click alike or each at a rate of their own."""
    rng = np.random.default_rng(5)
    found = [rate(*drawn(rng, 200, alike=alike)) for _ in range(600)]
    held = np.mean([(each.low or 0) <= 0.1 <= (each.high or 0) for each in found])
    assert 0.925 <= held <= 0.975


def test_independent_answers_get_wilsons_interval() -> None:
    """One answer for each person is the textbook case: 10 of 100 gives 5.5 % to 17.4 %."""
    over = np.r_[np.ones(10), np.zeros(90)]
    found = rate(over, np.ones(100))
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.0552, 0.1744), abs=5e-4)


def test_repeating_a_person_tells_nothing_new() -> None:
    """Ten times the same answer from everybody is as uncertain as one."""
    rng = np.random.default_rng(1)
    clicked, items = (rng.random(80) < 0.3).astype(np.float64), np.ones(80)
    once, often = rate(clicked, items), rate(10 * clicked, 10 * items)
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_rare_clicks() -> None:
    """No click among fifty people leaves room above, and none below."""
    found = rate(np.zeros(50), np.full(50, 10.0))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(Z**2 / (50 + Z**2))


def test_too_little_to_tell() -> None:
    """Nobody gives nothing; one person a figure without an interval."""
    nobody = np.zeros(0)
    assert rate(nobody, nobody) == mean(nobody, nobody) == Estimate(None, None, None)
    one = np.ones(1)
    assert rate(one, 2 * one) == mean(one, 2 * one) == Estimate(0.5, None, None)
    assert ratio(one, 0 * one) is None


def test_means_of_any_size() -> None:
    """With one answer for each person it is the usual interval of a mean."""
    spent = np.array([0.0, 0, 10, 30, 0, 5])
    found = mean(spent, np.ones(6))
    half = Z * spent.std(ddof=1) / 6**0.5
    assert (found.value, found.low, found.high) == pytest.approx((7.5, 7.5 - half, 7.5 + half))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=2, max_size=30))
def test_a_rate_stays_between_none_and_all(people: list[tuple[int, int]]) -> None:
    """Whatever was seen, the interval holds the rate and lies between 0 and 1."""
    under = np.array([items for _, items in people], dtype=np.float64)
    over = np.minimum([clicks for clicks, _ in people], under).astype(np.float64)
    found = rate(over, under)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
