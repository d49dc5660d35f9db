"""What is known of the one who will see the answer."""

from __future__ import annotations

import numpy as np

from features.events.event import KIND_CODES
from serving.arranging.person import Person


def person(*events: tuple[str, int, float]) -> Person:
    """Somebody with these events: kind, item, days ago."""
    kinds, items, days = zip(*events, strict=True) if events else ((), (), ())
    return Person.of(np.array([KIND_CODES[kind] for kind in kinds], dtype=int), np.array(items, int), np.array(days))


def test_the_newest_purchase_of_each_item_counts() -> None:
    """An item bought twice was bought as long ago as the newer purchase."""
    found = person(("purchase", 4, 90.0), ("purchase", 2, 20.0), ("purchase", 4, 10.0))
    assert (found.bought.tolist(), found.bought_days.tolist()) == ([4, 2], [10.0, 20.0])


def test_touched_items() -> None:
    """What was viewed, favourited, carted or bought is touched, newest first; taking out and returning are not."""
    found = person(
        ("view", 5, 9.0),
        ("cart", 5, 8.0),
        ("favorite", 1, 7.0),
        ("purchase", 3, 6.0),
        ("uncart", 8, 5),
        ("return", 9, 4),
    )
    assert found.touched.tolist() == [3, 1, 5]


def test_nobody() -> None:
    """Without events there is nothing, and neither is of nobody in particular."""
    for found in (person(), Person()):
        assert len(found.touched) == len(found.bought) == len(found.bought_days) == 0
        assert (found.layer, found.kind) == (None, None)
