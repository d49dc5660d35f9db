"""Differences between two sides: found when they are there, and not when they are not."""

from __future__ import annotations

import numpy as np
import pytest

from features.estimate import Estimate, Z
from serving.shown.comparing.difference import MISMATCH_LEVEL, Difference, mismatch_chance
from serving.shown.ratio import ratio

PEOPLE = 3_000


def bought(rng: np.random.Generator, chance: float) -> Difference:
    """People of side a buy with a chance of 10 %, those of side b with another one."""
    sides = [(rng.random(PEOPLE) < each).astype(np.float64) for each in (0.1, chance)]
    a, b = (ratio(side, np.ones(PEOPLE)) for side in sides)
    return Difference.between(a, b)


def holds(estimate: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth."""
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high


def test_a_known_difference_is_recovered() -> None:
    """Absolute and relative intervals hold it in 95 of 100 cases, and it is found in eight of ten when large enough."""
    rng = np.random.default_rng(11)
    found = [bought(rng, 0.122) for _ in range(500)]
    assert 0.925 <= np.mean([holds(each.absolute, 0.022) for each in found]) <= 0.975
    assert 0.925 <= np.mean([holds(each.relative, 0.22) for each in found]) <= 0.975
    assert np.mean([each.smallest_found for each in found]) == pytest.approx(0.0226, abs=0.001)
    assert 0.72 <= np.mean([not holds(each.absolute, 0.0) for each in found]) <= 0.85


def test_no_difference_is_found_where_there_is_none() -> None:
    """Two equal sides differ in 5 of 100 cases."""
    rng = np.random.default_rng(12)
    found = [bought(rng, 0.1) for _ in range(500)]
    assert 0.025 <= np.mean([not holds(each.absolute, 0.0) for each in found]) <= 0.075


def test_too_little_to_compare() -> None:
    """With nobody, one person, or a side on which nothing happened there is no interval."""
    some, one = ratio(np.array([1.0, 0, 1]), np.ones(3)), ratio(np.ones(1), np.ones(1))
    for other in (None, one):
        assert Difference.between(some, other).absolute == Estimate.unknown()
    nothing = Difference.between(some, ratio(np.zeros(3), np.ones(3)))
    assert nothing.absolute == Estimate(-2 / 3, None, None)
    assert (nothing.relative, nothing.smallest_found) == (Estimate.unknown(), None)


def test_uneven_sides_are_noticed() -> None:
    """By the textbook's chi-square: Z deviations happen once in twenty; 5,200 to 4,800 cannot be chance."""
    assert mismatch_chance(5_000 + round(Z * 50), 5_000 - round(Z * 50), 0.5) == pytest.approx(0.05, abs=0.001)
    assert mismatch_chance(5_200, 4_800, 0.5) < MISMATCH_LEVEL
    assert mismatch_chance(900, 100, 0.1) == 1.0
    assert mismatch_chance(0, 0, 0.5) == 1.0
