"""How popular each item was at the cutoff: head, middle or tail, and how surprising it is to be shown it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from features.history import PURCHASE
from features.items import ItemStatistics
from features.pairs import TOUCH_KINDS

BANDS = ("head", "mid", "tail")
"""Bands of items by popularity."""

HEAD_SHARE = 0.2
"""The most bought items that together make up this share of all purchases are the head."""

TAIL_SHARE = 0.2
"""The least bought items that make up this share, with those that nobody has bought, are the tail."""


@dataclass(frozen=True)
class Popularity:
    """The popularity of every item of a catalogue before one moment."""

    band: Ints
    """Position of each item's band in ``BANDS``, int8, shape (n_items,)."""
    surprise_bits: Floats
    """Self-information of meeting the item, -log2 of its share of all touches, shape (n_items,)."""

    @classmethod
    def of(cls, statistics: ItemStatistics) -> Popularity:
        """Counted from the shop's sums.

        Bands go by purchases, or by all touches where nothing was ever bought. The self-information is that of
        Zhou et al., "Solving the apparent diversity-accuracy dilemma of recommender systems" (PNAS 2010), with one
        touch added to every item, so that what nobody has touched is most surprising, not infinitely so.
        """
        touches = statistics.counts[:, list(TOUCH_KINDS.values()), -1].sum(axis=1)
        purchases = statistics.counts[:, PURCHASE, -1]
        popular = purchases if purchases.any() else touches
        return cls(_bands(popular, touches), -np.log2((touches + 1) / max((touches + 1).sum(), 1)))

    def bands_of(self, item: Ints) -> Ints:
        """The band of each item code, shape of ``item``; codes beyond the catalogue, which nobody knew, are tail."""
        size = len(self.band)
        bands = np.full(np.shape(item), len(BANDS) - 1, dtype=np.int8)
        known = (item >= 0) & (item < size)
        bands[known] = self.band[item[known]]
        return bands


def _bands(popular: Floats, touches: Floats) -> Ints:
    order = np.lexsort((np.arange(len(popular)), -touches, -popular))
    above = np.cumsum(popular[order]) - popular[order]
    band = np.zeros(len(popular), dtype=np.int8)
    edges = np.array([HEAD_SHARE, 1 - TAIL_SHARE]) * popular.sum()
    band[order] = np.searchsorted(edges, above, side="right")
    return band
