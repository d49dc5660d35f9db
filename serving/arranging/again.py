"""What a person has bought already, and whether it is time to buy it again."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Ints
from serving.arranging.person import Person
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.shelf import Shelf

JUST_BOUGHT_DAYS = 1.0
"""So long after a purchase no item is due again."""

DUE_SHARE = 0.05
"""From this share of its cycle on an item that is often bought again is due: gaps vary widely, and the ranker knows
the person's own. In the simulated shop, over the next four days, ndcg@10 is .657 when nothing is left out, .659 at
.05, .654 at .1 and .653 at .2."""

RARELY_AGAIN_SHARE = 0.08
"""What a smaller share of the buyers bought twice is due after a whole cycle; without a cycle it never is. With
it ndcg@10 becomes .660."""

VARIANT_DAYS = 30.0
"""So long after a purchase the item's variants are left out, too."""


def not_again(items: Ints, person: Person, shelf: Shelf, traits: ItemTraits) -> Flags:
    """Which items the person has and is not due to buy again, shape ``(n,)``."""
    unwanted = np.zeros(len(items), dtype=bool)
    if not len(person.bought):
        return unwanted
    newest = dict(zip(person.bought.tolist(), person.bought_days.tolist(), strict=True))
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
    cycle_days = shelf.cycle(item).days
    often = traits.repeat_share(item) >= RARELY_AGAIN_SHARE
    if cycle_days is None:
        return often and days >= JUST_BOUGHT_DAYS
    return days >= max(JUST_BOUGHT_DAYS, cycle_days * (DUE_SHARE if often else 1.0))
