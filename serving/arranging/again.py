"""What a person has bought already, and whether it is time to buy it again."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Ints
from serving.arranging.person import Person
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.shelf import Shelf

DUE_SHARE = 0.5
"""An item is due again from this share of its repurchase cycle on: half of those who buy it again do so before a
whole one."""

OFTEN_AGAIN_SHARE = 0.2
"""Without a known cycle an item is shown again when at least this share of its buyers bought it twice."""

VARIANT_DAYS = 30.0
"""So long after a purchase the item's variants are left out, too."""


def not_again(items: Ints, person: Person, shelf: Shelf, traits: ItemTraits) -> Flags:
    """Which items the person has and is not due to buy again, shape ``(n,)``."""
    unwanted = np.zeros(len(items), dtype=bool)
    if not len(person.bought):
        return unwanted
    newest = {item: days for item, days in zip(person.bought.tolist(), person.bought_days.tolist(), strict=True)}
    variants: dict[int, float] = {}
    for group, days in zip(traits.variant_group(person.bought).tolist(), newest.values(), strict=True):
        if days < variants.get(group, VARIANT_DAYS):
            variants[group] = days
    for place, (item, group) in enumerate(zip(items.tolist(), traits.variant_group(items).tolist(), strict=True)):
        days = newest.get(item, variants.get(group))
        if days is not None:
            unwanted[place] = not _is_due(item, days, shelf, traits)
    return unwanted


def _is_due(item: int, days: float, shelf: Shelf, traits: ItemTraits) -> bool:
    """Whether one who bought the item so many days ago may want it again."""
    cycle = shelf.cycle(item).days
    if cycle is None:
        return traits.repeat_share(item) >= OFTEN_AGAIN_SHARE
    return days >= DUE_SHARE * cycle
