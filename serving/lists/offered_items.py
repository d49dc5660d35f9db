"""The items that a list offers to each of its people: the same that a page would show them, many people at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from features.arrays import Flags, Ints
from features.history import DAY_US
from features.moments import microseconds
from serving.arranging.again import not_again_of_many
from serving.recommending.offers import OPEN_CART, OPEN_FAVORITE
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.shelf import ItemFilter

POPULAR_ITEMS = 20
"""So many popular items are looked at where too few of the own may be offered."""

_BLOCK = 16_384


def offered_items(
    snapshot: Snapshot, rows: Ints, personalized: Flags, places: int, before: Callable[[Ints], Ints] | None = None
) -> Ints:
    """The first ``places`` items for the customers of some rows, ``NO_ITEM`` pads, shape ``(n, places)``.

    They are in stock, none is a variant of another, and none was bought and was not due again when the snapshot was
    made. ``before`` gives items that come first, for some rows, ``(n, any)``: what lies in their carts, say.
    Behind what is stored for them come popular items; who is not ``personalized`` gets nothing else.
    """
    best = np.full((len(rows), places), NO_ITEM, dtype=np.int64)
    if not len(snapshot.shelf) or not places:
        return best
    popular = snapshot.popular[snapshot.shelf.allowed(snapshot.popular, ItemFilter())][:POPULAR_ITEMS]
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        items, usable = _candidates(snapshot, rows[part], personalized[part, None], popular)
        if before is not None:
            own = before(rows[part])
            items = np.concatenate([own, items], axis=1)
            usable = np.concatenate([_in_stock(snapshot, own) & personalized[part, None], usable], axis=1)
        product = snapshot.traits.variant_group(np.maximum(items, 0))
        everyone = np.arange(len(items))
        for place in range(places):
            first = usable.argmax(axis=1)
            best[part, place] = np.where(usable[everyone, first], items[everyone, first], NO_ITEM)
            # Neither the same item nor a variant of it is offered again.
            usable &= product != product[everyone, first][:, None]
    return best


def _candidates(snapshot: Snapshot, rows: Ints, personalized: Flags, popular: Ints) -> tuple[Ints, Flags]:
    """What is stored for each row and behind it the popular items, and which may be offered; ``(n, places)`` both."""
    own = snapshot.recommended_items(rows).astype(np.int64)
    items = np.concatenate([own, np.broadcast_to(popular, (len(own), len(popular)))], axis=1)
    known = np.maximum(items, 0)
    usable = _in_stock(snapshot, items)
    usable[:, : own.shape[1]] &= personalized
    return items, usable & ~(_not_again(snapshot, rows, known) & personalized)


def _in_stock(snapshot: Snapshot, items: Ints) -> Flags:
    """Which items there are, and can be bought now; shape of ``items``."""
    allowed = snapshot.shelf.allowed(np.maximum(items, 0).ravel(), ItemFilter())
    there: Flags = (items != NO_ITEM) & allowed.reshape(items.shape)
    return there


def _not_again(snapshot: Snapshot, rows: Ints, items: Ints) -> Flags:
    """Which items each row had and was not due to buy again, but for those carted or favourited since."""
    customer, bought, occurred_us = snapshot.past.purchases_of(rows)
    days = (microseconds(snapshot.header.as_of) - occurred_us) / DAY_US
    unwanted = not_again_of_many(items, customer, bought, days, snapshot.shelf, snapshot.traits)
    source = snapshot.recommended_sources(rows)
    wanted = [place for place, name in enumerate(snapshot.header.sources) if name in (OPEN_CART, OPEN_FAVORITE)]
    unwanted[:, : source.shape[1]] &= ~np.isin(source, wanted)
    return unwanted
