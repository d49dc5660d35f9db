"""The items that a list offers before all others: what lies in people's carts, what they need again, the one item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from features.arrays import Ints
from serving.audiences.fresh import Fresh
from serving.audiences.meaning.acts import open_now
from serving.audiences.ready import DUE_AGAIN, OPEN_CART, OPEN_FAVORITE, THE_ITEM
from serving.audiences.templates import Template
from serving.recommending.related import code_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.open_items import Open
from serving.snapshot_parts.customer_files import NO_ITEM

BUY_AGAIN = "buy_again"
"""The source of items that people buy again and again."""

OPENED: Mapping[str, str] = MappingProxyType({OPEN_CART: "cart", OPEN_FAVORITE: "favorite"})
"""Where a template's items lie open."""


def own_items(snapshot: Snapshot, fresh: Fresh, ready: Template, places: int) -> Callable[[Ints], Ints] | None:
    """What gives the items of a template for some rows, ``(n, any)``; None where each has their recommendations.

    ``fresh`` is what happened since the snapshot: what lies open now is offered.
    """
    if ready.items in OPENED:
        lying = open_now(snapshot, fresh.events, OPENED[ready.items])
        return lambda rows: open_items(lying, rows, places)
    if ready.items == DUE_AGAIN:
        return lambda rows: items_to_buy_again(snapshot, rows, places)
    if ready.items == THE_ITEM:
        code = code_of(snapshot, str(ready.parameters["item"]))
        return lambda rows: np.full((len(rows), 1), code, dtype=np.int64)
    return None


def open_items(pairs: Open, rows: Ints, places: int) -> Ints:
    """The newest ``places`` items that lie open for the customers of some rows, ``NO_ITEM`` pads, ``(n, places)``."""
    start = np.searchsorted(pairs.row, rows)[:, None]
    end = np.searchsorted(pairs.row, rows, side="right")[:, None]
    place = start + np.arange(places)
    there = place < end
    found = np.full(place.shape, NO_ITEM, dtype=np.int64)
    found[there] = pairs.item[place[there]]
    return found


def items_to_buy_again(snapshot: Snapshot, rows: Ints, places: int) -> Ints:
    """The ``places`` likeliest of the items that are due again, ``NO_ITEM`` pads, ``(n, places)``."""
    items = snapshot.recommended_items(rows).astype(np.int64)
    sources = snapshot.header.sources
    again = sources.index(BUY_AGAIN) if BUY_AGAIN in sources else NO_ITEM
    due = (items != NO_ITEM) & (snapshot.recommended_sources(rows) == again)
    first = np.argsort(~due, axis=1, kind="stable")[:, :places]
    everyone = np.arange(len(rows))[:, None]
    return np.where(due[everyone, first], items[everyone, first], NO_ITEM)
