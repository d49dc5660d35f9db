"""Heterogeneity: a worked example, what chance alone does, and what is expected of the next."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from features.estimate import Estimate
from training.campaigns.heterogeneity import heterogeneity
from training.campaigns.proportions import QUANTILE


def told(value: float, error: float) -> Estimate:
    return Estimate(value, value - QUANTILE * error, value + QUANTILE * error)


def test_by_hand() -> None:
    """Two effects of the same sureness, four deviations apart: Q is 8 and DerSimonian and Laird's variance 7."""
    found = heterogeneity([told(0.0, 1.0), told(4.0, 1.0)])
    assert found.between == pytest.approx(7)
    assert found.between_share == pytest.approx(7 / 8)
    assert found.chance == pytest.approx(0.00468, abs=1e-4)
    assert found.mean == pytest.approx(2)
    assert found.next_one.low is None
    assert found.shrunk == pytest.approx((2 - 7 / 8 * 2, 2 + 7 / 8 * 2))


def test_alike_effects_are_drawn_together() -> None:
    """What differs by chance alone is told as one mean."""
    found = heterogeneity([told(1.0, 1.0), told(1.2, 1.0), told(0.9, 2.0)])
    assert found.between == 0
    assert found.shrunk == pytest.approx([found.mean] * 3)
    assert found.next_one.low is not None
    assert found.next_one.low < 0.9


def test_the_chance_is_one() -> None:
    """Among equal effects it is spread evenly."""
    random = np.random.default_rng(6)
    chances = [heterogeneity([told(random.normal(0, 0.5), 0.5) for _ in range(4)]).chance for _ in range(400)]
    assert kstest([chance for chance in chances if chance is not None], "uniform").pvalue > 0.01


@pytest.mark.parametrize("effects", [[], [told(1.0, 1.0)], [Estimate.unknown(), told(1.0, 1.0)]], ids=len)
def test_one_effect_says_nothing_about_others(effects: list[Estimate]) -> None:
    """There is no chance and no variance; what is not known stays out."""
    found = heterogeneity(effects)
    assert found.chance is None
    assert found.between == 0
    assert len(found.shrunk) == len(effects)
