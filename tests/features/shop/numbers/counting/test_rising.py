"""What rises beyond chance: calm in a quiet shop, and not blind in a moving one."""

from __future__ import annotations

import numpy as np
import pytest

from features.shop.numbers.counting.rising import Growth, growth_of


def test_a_quiet_shop_has_few_risers() -> None:
    """Where every item only varies by chance, at most one shop in ten calls anything certain, and intervals hold 1."""
    rng = np.random.default_rng(3)
    found, held = [], []
    for _ in range(60):
        usual = rng.gamma(0.7, 30, size=400)
        growth = Growth.of(rng.poisson(usual * 1.3).astype(float), rng.poisson(usual).astype(float))
        found.append(growth.certain.any())
        held.append(np.mean((growth.low <= 1) & (growth.high >= 1)))
    assert np.mean(found) <= 0.1
    assert np.mean(held) >= 0.95


def test_planted_risers_are_found() -> None:
    """Items that double are found, most of them, and at most a few of the others are taken for one."""
    rng = np.random.default_rng(4)
    usual = np.full(500, 60.0)
    factor = np.where(np.arange(500) < 25, 2.0, 1.0)
    growth = Growth.of(rng.poisson(usual * factor).astype(float), rng.poisson(usual).astype(float))
    assert growth.certain[:25].mean() > 0.8
    assert growth.certain[25:].sum() <= 3
    assert growth.ratio[:25].mean() > 1.4


def test_intervals_hold_the_truth() -> None:
    """Where items truly grow by a gamma-like spread, the intervals hold the true growth about 95 times of 100."""
    rng = np.random.default_rng(5)
    share = rng.beta(30, 20, size=3000)
    both = rng.poisson(40, size=3000) + 1
    now = rng.binomial(both, share).astype(float)
    growth = Growth.of(now, both - now)
    shop = now.sum() / (both - now).sum()
    truth = share / (1 - share) / shop
    assert np.mean((growth.low <= truth) & (truth <= growth.high)) == pytest.approx(0.95, abs=0.02)


def test_small_counts_are_drawn_to_the_shop() -> None:
    """Three people of nobody before are drawn to 1 more than three hundred are, and never endless."""
    rng = np.random.default_rng(6)
    usual = rng.gamma(2, 30, size=300)
    now, before = rng.poisson(usual * rng.gamma(8, 1 / 8, size=300)), rng.poisson(usual)
    growth = Growth.of(np.append(now, [3, 300]).astype(float), np.append(before, [0, 10]).astype(float))
    assert 1 < growth.ratio[-2] < growth.ratio[-1] < 30
    assert growth.low[-2] < 1 < growth.low[-1]


@pytest.mark.parametrize(("now", "before"), [([], []), ([0.0], [3.0]), ([3.0], [0.0]), ([0.0, 5.0], [0.0, 0.0])])
def test_edges(now: list[float], before: list[float]) -> None:
    """Nothing at all, things that vanished or appeared, and a shop without a past give finite numbers."""
    growth = Growth.of(np.array(now), np.array(before))
    assert np.isfinite([growth.ratio, growth.low, growth.high, growth.p_value]).all()
    assert not growth.certain.any()


def test_growth_by_name() -> None:
    """What was counted in either period is told by its name; without a period before nothing is."""
    counts = {"current": {"tea": {"buyers": 9}}, "previous": {"tea": {"buyers": 3}, "cup": {"buyers": 4}}}
    found = growth_of(counts, "buyers")
    assert set(found) == {"tea", "cup"}
    assert (found["tea"][0].value or 0) > (found["cup"][0].value or 0)
    assert growth_of({"current": counts["current"]}, "buyers") == {}
