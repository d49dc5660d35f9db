"""What arranging an answer asks of items: variants, how dear they are, what is bought twice and little seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN, Catalogue
from features.items import ItemFeatures, ItemStatistics
from serving.arranging.variants import variant_groups
from serving.snapshot_parts.array_file import broken, mapped, write_array
from training.recommend.top import strongest

LITTLE_SEEN_EVENTS = 20
"""An item with fewer events in all is little seen."""

LITTLE_SEEN_EACH = 50
"""So many little-seen items are kept for each category, those that came last."""


@dataclass(frozen=True)
class Seen:
    """What people did with the items of a catalogue; each array of shape ``(n_items,)``."""

    price_level: Floats
    """log(price / median price of the category), NaN where no price is known."""
    repeat_share: Floats
    """The share of an item's buyers who bought it on two days or more, NaN where nothing is known."""
    events: Floats
    """All events of an item."""
    age_days: Floats
    """Days since its first event, 0 where none."""

    @classmethod
    def of(cls, statistics: ItemStatistics, features: ItemFeatures) -> Seen:
        """What was counted of the items."""
        return cls(
            features.column("item_price_level"),
            features.column("item_repeat_buyer_share"),
            statistics.counts[:, :, -1].sum(axis=1),
            statistics.first_age_days,
        )

    @classmethod
    def nothing(cls, catalogue: Catalogue) -> Seen:
        """What the catalogue alone tells: list prices; no item counts as little seen."""
        size = len(catalogue)
        return cls(catalogue.price_level, np.full(size, np.nan), np.full(size, np.inf), np.zeros(size))


def write_traits(folder: Path, catalogue: Catalogue) -> None:
    """Write to ``folder`` what the catalogue tells of its items; no purchases and no events are known yet."""
    write_array(folder / "item_variant_group.npy", variant_groups(catalogue), np.int32)
    write_seen(folder, catalogue, Seen.nothing(catalogue))


def write_seen(folder: Path, catalogue: Catalogue, seen: Seen) -> None:
    """Write what people did with the items, and the little-seen items of each category."""
    write_array(folder / "item_price_level.npy", seen.price_level, np.float32)
    write_array(folder / "item_repeat_share.npy", seen.repeat_share, np.float32)
    fit = np.flatnonzero((seen.events < LITTLE_SEEN_EVENTS) & (catalogue.category != UNKNOWN) & catalogue.in_stock)
    kept = fit[strongest(catalogue.category[fit], -seen.age_days[fit], LITTLE_SEEN_EACH)]
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

    def repeat_share(self, codes: Ints) -> Floats:
        """The shares of their buyers who bought them on two days or more, NaN where nothing is known, ``(n,)``."""
        return self._repeat_share[codes]

    def little_seen(self, category: int) -> Ints:
        """Codes of the little-seen items of a category that are in stock, shape ``(n,)``, at most LITTLE_SEEN_EACH."""
        start = self._little_seen_end[category - 1] if category else 0
        return self._little_seen[start : self._little_seen_end[category]]
