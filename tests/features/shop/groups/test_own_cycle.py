"""Day rules from the shop's own gaps, and when the fixed ones hold instead."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import UNKNOWN
from features.shop.gap_curve import GapCurve, Gaps
from features.shop.groups.own_cycle import layer_limits, shop_cycle_days
from features.shop.layers import LayerLimits
from features.shop_folder import ShopSettings

OWN = ShopSettings(layer_days="own_cycle")
HUNDRED = list(range(1, 101)) * 10
"""A thousand gaps, ten of each length up to a hundred days: so many per cent ended by a day as it has days."""


def curve(ended: list[int]) -> GapCurve:
    """The curve of gaps that all ended, each of another customer."""
    days = np.array(ended, dtype=np.int64)
    people = np.arange(len(days))
    return GapCurve.of(Gaps(people, np.full(len(days), UNKNOWN), days, np.ones(len(days), dtype=bool)))


def test_by_hand() -> None:
    """The curve ends at day 98, where fewer than 30 gaps last longer, so half of what it sees is there by day 49."""
    found = layer_limits(curve(HUNDRED), 1_000, OWN)
    assert found.days == (45, 75, 90, 120)
    assert found.rule == "own_cycle"
    assert found.why["en"] == (
        "the shop's own cycle: of the orders that are followed by another, half are within 49 days, four of five "
        "within 79, 95 % within 94 and 99 % within 98; rounded to days to plan by"
    )
    assert found.why["zh"].startswith("采用店铺自身的复购周期：")
    assert shop_cycle_days(curve(HUNDRED), OWN) == 49


def test_the_settings_hold_unless_asked() -> None:
    """A shop that wants its fixed days has them, whatever its gaps say."""
    settings = ShopSettings(lost_after_days=400)
    assert layer_limits(curve(HUNDRED), 1_000, settings) == LayerLimits.fixed(settings)
    assert LayerLimits.fixed(settings).days == (45, 90, 180, 400)


def test_too_few_gaps() -> None:
    """With 99 gaps the fixed days hold, which is said, and half the active days stand for the cycle."""
    found = layer_limits(curve([10] * 99), 1_000, OWN)
    assert (found.rule, found.days) == ("fixed", (45, 90, 180, 360))
    assert found.why["en"] == (
        "the day rules are those in shop.json: 99 orders were followed by another so far, and the shop's own cycle "
        "needs 100"
    )
    assert "99" in found.why["zh"]
    assert shop_cycle_days(curve([10] * 99), OWN) == 45


def test_too_short_a_history() -> None:
    """Ten days of history cannot tell how many come later, which is said."""
    found = layer_limits(curve([4] * 100 + [6] * 100), 10, OWN)
    assert found.rule == "fixed"
    assert found.why["en"] == (
        "the day rules are those in shop.json: four of five repeat orders come within 6 days, and to see how many "
        "come later takes 18 days of history; there are 10"
    )
    assert "18" in found.why["zh"]
    assert layer_limits(curve([4] * 100 + [6] * 100), 18, OWN).rule == "own_cycle"


@given(st.lists(st.integers(0, 3_000), min_size=100, max_size=300))
def test_limits_rise(ended: list[int]) -> None:
    """Whatever the gaps, each limit is later than the one before, and none is zero."""
    found = layer_limits(curve(ended), 100_000, OWN)
    assert found.rule == "own_cycle"
    assert all(earlier < later for earlier, later in zip((0, *found.days), found.days, strict=False))
