"""Scores by the share of the others who are strictly below."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shop.groups.quantile_limits import limits_at, limits_passed

FIFTHS = tuple(Fraction(number, 5) for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([1, 2, 3, 4, 5], [0, 1, 2, 3, 4]),
        ([1, 1, 1, 2, 3], [0, 0, 0, 3, 4]),
        ([7, 7, 7], [0, 0, 0]),
        ([1, 2], [0, 2]),
        ([], []),
    ],
)
def test_by_hand(values: list[int], scores: list[int]) -> None:
    """Ties take the lowest place they hold: of five the two above three equal ones pass three and four limits."""
    numbers = np.array(values, dtype=np.float64)
    assert limits_passed(numbers, limits_at(numbers, FIFTHS)).tolist() == scores


@given(st.lists(st.integers(-5, 30), min_size=1, max_size=80))
def test_it_is_the_share_below(values: list[int]) -> None:
    """Whoever is there, so many fifths are passed as there are whole fifths of people strictly below."""
    numbers = np.array(values, dtype=np.float64)
    passed = limits_passed(numbers, limits_at(numbers, FIFTHS))
    below = [sum(other < value for other in values) for value in values]
    assert passed.tolist() == [5 * count // len(values) for count in below]
