"""People who are in a comparison several times make it less sure, and the intervals know it."""

from __future__ import annotations

import numpy as np
import pytest

from training.campaigns.proportions import QUANTILE
from training.campaigns.repeated_people import RepeatedPeople


def test_the_same_people_four_times_are_worth_one_time() -> None:
    """Who does the same in each of four campaigns makes the interval twice as wide."""
    random = np.random.default_rng(1)
    once = random.random(2_000) < 0.1
    treated = np.arange(2_000) % 3 > 0
    rows = RepeatedPeople(np.tile(treated, 4), np.repeat(np.arange(4), 2_000), np.tile(np.arange(2_000), 4))
    assert rows.quantile(np.tile(once, 4).astype(float)) == pytest.approx(2 * QUANTILE, rel=0.01)


def test_new_decisions_each_time_are_worth_nearly_all() -> None:
    """Who decides anew each time counts each time."""
    random = np.random.default_rng(2)
    treated = np.arange(2_000) % 3 > 0
    rows = RepeatedPeople(np.tile(treated, 4), np.repeat(np.arange(4), 2_000), np.tile(np.arange(2_000), 4))
    assert rows.quantile((random.random(8_000) < 0.1).astype(float)) < 1.1 * QUANTILE


def test_nobody_is_there_twice() -> None:
    """Then nothing changes, and neither does it where nobody did anything."""
    treated, stratum = np.array([True, True, False, False]), np.zeros(4, dtype=np.int64)
    values = np.array([1.0, 0.0, 1.0, 0.0])
    assert RepeatedPeople(treated, stratum).quantile(values) == QUANTILE
    assert RepeatedPeople(treated, stratum, np.arange(4)).quantile(values) == pytest.approx(QUANTILE)
    assert RepeatedPeople(treated, stratum, np.arange(4), 3.0).quantile(np.zeros(4)) == 3.0
