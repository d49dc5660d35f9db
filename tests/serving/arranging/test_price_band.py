"""The prices that a person usually looks at."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.arranging.price_band import BAND_MARGIN, PriceBand

LEVELS = st.lists(st.floats(-5, 5), min_size=3, max_size=30)


def test_few_prices_make_no_band() -> None:
    """Two prices, or three of which one is not known, say nothing about a habit."""
    assert PriceBand.of(np.array([0.1, 0.2])) is None
    assert PriceBand.of(np.array([0.1, 0.2, np.nan])) is None
    assert PriceBand.of(np.zeros(0)) is None


@given(LEVELS)
def test_the_band_is_that_of_the_quantiles(levels: list[float]) -> None:
    """It reaches from half the lowest tenth to twice the highest, as numpy counts quantiles."""
    band = PriceBand.of(np.array(levels))
    assert band is not None
    low, high = np.quantile(levels, [0.1, 0.9])
    np.testing.assert_allclose([band.low, band.high], [low - BAND_MARGIN, high + BAND_MARGIN], atol=1e-12)


def test_far_outside_counts_less() -> None:
    """Inside nothing changes; four times the band's end at full respect counts for a quarter, at none for all."""
    band = PriceBand(-1.0, 1.0)
    levels = np.array([-1.0, 0.0, 1.0, np.nan, 1.0 + np.log(4), -1.0 - np.log(4)])
    np.testing.assert_allclose(band.damping(levels, 1.0), [1, 1, 1, 1, 0.25, 0.25])
    np.testing.assert_allclose(band.damping(levels, 0.5), [1, 1, 1, 1, 0.5, 0.5])
    np.testing.assert_allclose(band.damping(levels, 0.0), 1.0)


def test_what_the_band_holds() -> None:
    """Its ends belong to it; without a price an item fits any band."""
    found = PriceBand(-1.0, 1.0).holds(np.array([-1.1, -1.0, 0.0, 1.0, 1.1, np.nan]))
    assert found.tolist() == [False, True, True, True, False, True]
