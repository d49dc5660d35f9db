"""The benchmark of campaigns, in small: it measures what it says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.campaigns import CASES, bootstrap_t, compared, holds, measured, seen_on_some_day, table
from features.estimate import Estimate


def test_every_share_is_one() -> None:
    """Between 0 and 1, one column for each interval, and a line of the table for each case."""
    name, case = next(iter(CASES.items()))
    found = measured(case, 5, 2)
    assert all(0 <= share <= 1 for share in found.values())
    assert "bootstrap-t" in found
    assert len(table({name: found})) == 3
    assert 0 <= compared(0.3, 3) <= 1


def test_what_an_interval_holds() -> None:
    """Its ends belong to it, and an end that is not known is as far as can be."""
    assert holds(Estimate(1.0, 0.0, 2.0), 2.0)
    assert not holds(Estimate(1.0, 0.0, 2.0), 2.1)
    assert holds(Estimate(1.0, 0.0, None), 1e9)


def test_who_looks_every_day_sees_more() -> None:
    """A difference on the first day is seen although it is gone at the end."""
    treated = np.arange(400) < 200
    day = np.where(treated, 0, 1)
    day[::2] = -1
    assert seen_on_some_day(treated, day, 2)
    assert not seen_on_some_day(treated, np.zeros(400, dtype=int), 1)


def test_the_bootstrap_agrees_where_nothing_is_skewed() -> None:
    """With many buyers of the same kind it is the usual interval."""
    random = np.random.default_rng(1)
    values, treated = random.normal(10, 2, 4_000), np.arange(4_000) % 2 == 0
    found = bootstrap_t(values, treated, random)
    assert found.low is not None
    assert found.value is not None
    assert found.value - found.low == pytest.approx(1.96 * 2 * (2 / 2_000) ** 0.5, rel=0.15)
