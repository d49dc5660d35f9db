"""The bundles of the small shop: kettle and tea, and one with an item that is out of stock."""

from __future__ import annotations

import pyarrow as pa

from features.catalogue import Catalogue
from tests.training.recommend.counted.ordered import orders
from training.recommend.counted.bundles import Bundles

SOLD_TOGETHER = (("kettle", "tea 🍵", 12), ("apple", "gone", 10))
"""Two items and how many people ordered them together."""


def small_bundles(shelf: Catalogue) -> Bundles:
    """Bundles in 222 orders, where the shelf has their items; none elsewhere."""
    ids = set(shelf.ids.to_pylist())
    rows, person = [], 0
    for first, second, count in SOLD_TOGETHER:
        if {first, second} <= ids:
            pair = shelf.codes(pa.array([first, second], pa.string())).tolist()
            rows += [(person + who, 1.0 + 2 * who, pair) for who in range(count)]
            person += count
    if rows:
        last = len(shelf) - 1
        rows += [(person + who, 1.0 + who / 10, [who % len(shelf) if who % 5 == 0 else last]) for who in range(200)]
    return Bundles.of([orders(rows)], shelf.price, shelf.unit_cost)
