"""Looks: all verdicts on one thing together err in five per cent at most."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from training.campaigns.looks import quantile_of_look


def test_later_looks_want_more() -> None:
    """The quantiles rise, and the chances of error of the first thousand add up to less than 5 %."""
    quantiles = [quantile_of_look(look) for look in range(1, 1_001)]
    assert quantiles == sorted(quantiles)
    assert 2 * float(np.sum(norm.sf(quantiles))) < 0.05
    assert quantiles[0] == pytest.approx(2.264, abs=0.001)


def test_who_looks_after_each_finds_nothing_where_there_is_nothing() -> None:
    """A sum of twenty parts without effect is looked at after each: less than 5 % ever seem to have one."""
    sums = np.random.default_rng(1).normal(size=(4_000, 20)).cumsum(axis=1) / np.sqrt(np.arange(1, 21))
    limits = np.array([quantile_of_look(look) for look in range(1, 21)])
    assert (np.abs(sums) > limits).any(axis=1).mean() < 0.05
    assert (np.abs(sums) > 1.96).any(axis=1).mean() > 0.15
