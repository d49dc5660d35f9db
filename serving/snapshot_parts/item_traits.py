"""What arranging an answer asks of items: their variants, how dear they are, who buys them twice, who is little seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN, Catalogue
from serving.arranging.variants import variant_groups
from serving.snapshot_parts.array_file import broken, mapped, write_array
from training.recommend.top import strongest

LITTLE_SEEN_EVENTS = 20
"""An item with fewer events in all is little seen."""

LITTLE_SEEN_EACH = 50
"""So many little-seen items are kept for each category, those that came last."""


def write_traits(folder: Path, catalogue: Catalogue) -> None:
    """Write to ``folder`` what the catalogue tells of its items; no purchases and no events are known yet."""
    write_array(folder / "item_variant_group.npy", variant_groups(catalogue), np.int32)
    write_array(folder / "item_price_level.npy", catalogue.price_level, np.float32)
    nothing = np.zeros(len(catalogue))
    write_seen(folder, catalogue, np.full(len(catalogue), np.nan), nothing + LITTLE_SEEN_EVENTS, nothing)


def write_seen(folder: Path, catalogue: Catalogue, repeat_share: Floats, events: Floats, age_days: Floats) -> None:
    """Write the share of each item's buyers who bought it twice, and the little-seen items of each category.

    ``events`` are all events of an item and ``age_days`` the days since its first, 0 where none; ``(n_items,)``.
    """
    write_array(folder / "item_repeat_share.npy", repeat_share, np.float32)
    fit = np.flatnonzero((events < LITTLE_SEEN_EVENTS) & (catalogue.category != UNKNOWN) & catalogue.in_stock)
    kept = fit[strongest(catalogue.category[fit], -age_days[fit], LITTLE_SEEN_EACH)]
    ends = np.cumsum(np.bincount(catalogue.category[kept], minlength=len(catalogue.categories)))
    write_array(folder / "little_seen_item.npy", kept, np.int32)
    write_array(folder / "little_seen_end.npy", ends, np.int64)


class ItemTraits:
    """The traits of the items of one snapshot."""

    def __init__(self, folder: Path, item_count: int) -> None:
        """Map the files of ``folder``; raises :class:`HuitouError` when one does not fit ``item_count`` items."""
        self._group = mapped(folder / "item_variant_group.npy", np.int32)
        self._price_level = mapped(folder / "item_price_level.npy", np.float32)
        self._repeat_share = mapped(folder / "item_repeat_share.npy", np.float32)
        self._little_seen = mapped(folder / "little_seen_item.npy", np.int32)
        self._little_seen_end = mapped(folder / "little_seen_end.npy", np.int64)
        if {len(self._group), len(self._price_level), len(self._repeat_share)} != {item_count}:
            raise broken(folder / "item_variant_group.npy", f"the traits are not those of {item_count} items")

    def variant_group(self, codes: Ints) -> Ints:
        """One number for all variants of a product: the lowest of their codes, shape ``(n,)``."""
        return self._group[codes]

    def price_level(self, codes: Ints) -> Floats:
        """log(price / median price of the category), NaN where no price is known, shape ``(n,)``."""
        return self._price_level[codes]

    def repeat_share(self, code: int) -> float:
        """The share of an item's buyers who bought it on two days or more, NaN where nothing is known."""
        return float(self._repeat_share[code])

    def little_seen(self, category: int) -> Ints:
        """Codes of the little-seen items of a category that are in stock, shape ``(n,)``, at most LITTLE_SEEN_EACH."""
        start = self._little_seen_end[category - 1] if category else 0
        return self._little_seen[start : self._little_seen_end[category]]
