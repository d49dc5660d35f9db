"""Layers of customers by day rules: every customer is in exactly one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Floats
from features.errors import HuitouError
from features.shop_folder import ShopSettings

LAYERS = ("new", "active", "high_win_back", "low_win_back", "lost", "visitor")
"""Names of the layers."""

BUYER_LAYERS = tuple(layer for layer in LAYERS if layer != "visitor")
"""The layers of those who have ordered."""


def layers_of(order_count: Floats, days_since_last_order: Floats, settings: ShopSettings) -> np.ndarray:
    """The layer of each customer, text of shape ``(n,)``.

    Visitors have no order; new customers have one, at most ``new_within_days`` old; the others are told
    apart by how long they have been silent: from each limit on, the next layer.
    """
    silent = np.nan_to_num(days_since_last_order, nan=np.inf)
    limits = (settings.active_within_days, settings.high_win_back_within_days, settings.lost_after_days)
    by_silence = np.array(["active", "high_win_back", "low_win_back", "lost"])
    layer = by_silence[np.searchsorted(limits, silent, side="right")].astype(object)
    layer[(order_count == 1) & (silent <= settings.new_within_days)] = "new"
    layer[~(order_count > 0)] = "visitor"
    return layer


def checked_layers(names: Sequence[str]) -> tuple[str, ...]:
    """``names``; raises :class:`HuitouError` for one that is no layer."""
    for name in names:
        if name not in LAYERS:
            raise HuitouError(
                f"layer must be one of {', '.join(LAYERS)}; got {name!r}.",
                code="unknown_layer",
                field="layer",
                value=name,
                allowed=list(LAYERS),
            )
    return tuple(names)
