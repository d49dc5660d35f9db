"""Small arithmetic on arrays: what is quick for few says what numpy's own functions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import distinct, missing, places, ratio, run_lengths, run_starts

NUMBERS = st.lists(st.integers(-5, 5), max_size=30).map(lambda values: np.array(values, dtype=np.int64))


@given(NUMBERS)
def test_distinct(values: np.ndarray) -> None:
    """The distinct values and their places are those of ``np.unique``."""
    found, place = distinct(values)
    expected, inverse = np.unique(values, return_inverse=True)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(place, inverse)


@given(NUMBERS)
def test_runs(values: np.ndarray) -> None:
    """Runs begin where the value changes, and their lengths put them together again."""
    ordered = np.sort(values)
    starts = run_starts(ordered[1:] != ordered[:-1], len(ordered))
    np.testing.assert_array_equal(ordered[starts].repeat(run_lengths(starts, len(ordered))), ordered)
    np.testing.assert_array_equal(starts, np.unique(ordered, return_index=True)[1])


@given(NUMBERS)
def test_places(values: np.ndarray) -> None:
    """Places of set flags are those of ``np.flatnonzero``."""
    np.testing.assert_array_equal(places(values > 0), np.flatnonzero(values > 0))


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.float64])
def test_ratio(kind: type[np.generic]) -> None:
    """A share is the same whether or not another one has nothing below its line, and NaN where there is nothing."""
    part, whole = np.array([1, 2, 7], dtype=kind), np.array([3, 7, 0], dtype=kind)
    found = ratio(part, whole)
    assert found.dtype == np.float64
    assert np.isnan(found[2])
    np.testing.assert_array_equal(found[:2], ratio(part[:2], whole[:2]))
    np.testing.assert_array_equal(found[:2], part[:2] / whole[:2])


def test_missing() -> None:
    """Nothing is told of any entry."""
    assert np.isnan(missing((2, 3))).all()
    assert missing(0).shape == (0,)
