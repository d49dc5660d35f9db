"""A little deliberate exploration: now and then one place goes to an item that hardly anybody has seen yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from struct import Struct

import numpy as np

from features.arrays import Ints
from features.catalogue import UNKNOWN
from serving.arranging.price_band import PriceBand
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.shelf import Shelf

FIRST_PLACE, LAST_PLACE = 4, 10
"""The places, from 1, that may go to a little-seen item: never the first three."""

CATEGORIES = 5
"""So many of the person's categories are looked into, those of most of the items touched last."""

TOUCHED_ITEMS = 30
"""So many items, those touched last, say which categories those are."""

_STEPS = 2**64
_DRAWS = Struct("<3Q")


@dataclass(frozen=True)
class Chance:
    """What decides whether and where there is exploration: the same for one person, day and placement."""

    share: float
    """The share of answers with exploration, 0 to 1."""
    draws: tuple[float, float, float]
    """Three even draws from [0, 1): whether, which item, and at which place."""

    @classmethod
    def of(cls, share: float, person: str, day: date, placement: str) -> Chance:
        """The chance of a person on a day: every answer of that day agrees with the others, on every host."""
        whether, which, where = _drawn(person, day, placement)
        return cls(share, (whether / _STEPS, which / _STEPS, where / _STEPS))

    @property
    def is_drawn(self) -> bool:
        """Whether this answer explores, when there is an item for it."""
        return self.draws[0] < self.share


def is_drawn(share: float, person: str, day: date, placement: str) -> bool:
    """Whether :meth:`Chance.of` the same is drawn; most are not, and this is all that they need."""
    return _drawn(person, day, placement)[0] / _STEPS < share


def _drawn(person: str, day: date, placement: str) -> tuple[int, ...]:
    text = person.encode("utf-8", "surrogatepass") + _occasion(day, placement)
    return _DRAWS.unpack(blake2b(text, digest_size=24, person=b"huitou-explore").digest())


@lru_cache(maxsize=256)
def _occasion(day: date, placement: str) -> bytes:
    return f"\0{day.isoformat()}\0{placement}".encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Explored:
    """One little-seen item in an answer, and how likely it was to be there."""

    item: int
    """Its code."""
    place: int
    """Where it stands, from 1."""
    propensity: float
    """The chance that exploration put just this item at just this place for this person on this day, above 0 to 1."""


def explore(chance: Chance, fitting: Ints, pinned: Collection[int]) -> Explored | None:
    """The item and its place, each drawn evenly; None where this answer does not explore or nothing fits.

    ``pinned`` are the places that are taken.
    """
    places = [place for place in range(FIRST_PLACE, LAST_PLACE + 1) if place not in pinned]
    if not (chance.is_drawn and len(fitting) and places):
        return None
    return Explored(
        int(fitting[int(chance.draws[1] * len(fitting))]),
        places[int(chance.draws[2] * len(places))],
        chance.share / (len(fitting) * len(places)),
    )


def little_seen_items(touched: Ints, band: PriceBand | None, shelf: Shelf, traits: ItemTraits) -> Ints:
    """Little-seen items of the categories of those ``touched``, the newest first, in the price band; rising codes."""
    best = _categories(shelf.category(touched[:TOUCHED_ITEMS]))
    items = np.sort(np.concatenate([np.zeros(0, np.int32), *(traits.little_seen(category) for category in best)]))
    return items if band is None else items[band.holds(traits.price_level(items))]


def _categories(categories: Ints) -> Sequence[int]:
    """The most frequent categories, of equals those that come first."""
    found, first, count = np.unique(categories[categories != UNKNOWN], return_index=True, return_counts=True)
    return found[np.lexsort((first, -count))[:CATEGORIES]].tolist()
