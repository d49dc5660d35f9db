"""Layers of customers by day rules: every customer is in exactly one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from features.arrays import Floats
from features.shop_folder import ShopSettings

LAYERS = ("new", "active", "high_win_back", "low_win_back", "lost", "visitor")
"""Names of the layers."""

BUYER_LAYERS = tuple(layer for layer in LAYERS if layer != "visitor")
"""The layers of those who have ordered."""

FIXED_WHY = {"en": "the day rules are those in shop.json", "zh": "分层天数采用 shop.json 中的设置"}
"""Why the limits are what they are, where the shop has set them."""


@dataclass(frozen=True)
class LayerLimits:
    """The day rules in force, and why it is these."""

    new_within_days: int
    """A customer whose only order is at most this old is new."""
    active_within_days: int
    """A customer silent for less than this is active."""
    high_win_back_within_days: int
    """Silent from ``active_within_days`` to this: high win-back."""
    lost_after_days: int
    """Silent from ``high_win_back_within_days`` to this: low win-back; longer: lost."""
    rule: str = "fixed"
    """Where they come from: ``fixed`` (shop.json) or ``own_cycle`` (the shop's own gaps between orders)."""
    why: Mapping[str, str] = field(default_factory=lambda: dict(FIXED_WHY))
    """Why, one sentence in ``en`` and ``zh``."""

    @classmethod
    def fixed(cls, settings: ShopSettings, why: Mapping[str, str] | None = None) -> LayerLimits:
        """The limits of the shop's settings."""
        return cls(
            settings.new_within_days,
            settings.active_within_days,
            settings.high_win_back_within_days,
            settings.lost_after_days,
            why=dict(why or FIXED_WHY),
        )

    @property
    def days(self) -> tuple[int, int, int, int]:
        """The four limits, rising."""
        return self.new_within_days, self.active_within_days, self.high_win_back_within_days, self.lost_after_days


def layers_of(order_count: Floats, days_since_last_order: Floats, limits: LayerLimits) -> np.ndarray:
    """The layer of each customer, text of shape ``(n,)``.

    Visitors have no order; new customers have one, at most ``new_within_days`` old; the others are told
    apart by how long they have been silent: from each limit on, the next layer.
    """
    silent = np.nan_to_num(days_since_last_order, nan=np.inf)
    by_silence = np.array(["active", "high_win_back", "low_win_back", "lost"])
    layer = by_silence[np.searchsorted(limits.days[1:], silent, side="right")].astype(object)
    layer[(order_count == 1) & (silent <= limits.new_within_days)] = "new"
    layer[~(order_count > 0)] = "visitor"
    return layer
