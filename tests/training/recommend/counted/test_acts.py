"""Acts: what was viewed and bought, each thing once, bounded for each person, and what follows what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from tests.small_shop import events, history, moment
from training.recommend.counted.acts import MOST_LINES, MOST_ORDERS, MOST_VIEWS, Acts

CUTOFF = moment("2025-03-11T00:00Z")


def at(days: float) -> datetime:
    """A moment so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


def bought(*rows: Any) -> Acts:
    """The orders of some people."""
    return Acts.orders(history(events(*rows), CUTOFF))


def viewed(*rows: Any) -> Acts:
    """The views of some people."""
    return Acts.views(history(events(*rows), CUTOFF))


def test_an_item_counts_once_in_an_order() -> None:
    """Quantities and repeated lines are no matter; the order's moment is that of its first line."""
    acts = bought(
        ("anna", "purchase", "tea", at(2), {"order_id": "a", "quantity": 40}),
        ("anna", "purchase", "tea", at(1), {"order_id": "a"}),
        ("anna", "purchase", "cup", at(1), {"order_id": "a"}),
        ("bo", "purchase", "cup", at(3)),
    )
    assert (acts.people, acts.person.tolist(), acts.order.tolist()) == (2, [0, 0, 1], [0, 0, 1])
    assert (acts.item.tolist(), acts.age_days.tolist()) == ([0, 1, 0], [2, 2, 3])


def test_an_item_counts_once_a_day() -> None:
    """Whoever looks at one thing all day looked once; the next day is another."""
    acts = viewed(*(("anna", "view", "tea", at(2.9 - part / 10)) for part in range(8)), ("anna", "view", "tea", at(1)))
    assert acts.age_days.tolist() == [2.9, 1.0]


def test_what_one_person_can_say_is_bounded() -> None:
    """The newest orders and views count, and an order that is a stock list is left out."""
    orders = [("anna", "purchase", "tea", at(100 - number), {"order_id": f"o{number}"}) for number in range(40)]
    assert bought(*orders).age_days.tolist() == list(range(60 + MOST_ORDERS, 60, -1))
    views = [("bot", "view", f"i{number}", at(5 - number / 1000)) for number in range(1000)]
    acts = viewed(*views)
    assert len(acts) == MOST_VIEWS
    assert acts.age_minutes.max() <= 1440 * (5 - 0.9)
    stock = [("shop", "purchase", f"i{number}", at(1)) for number in range(MOST_LINES + 1)]
    assert len(bought(*stock)) == 0
    assert len(bought(*stock[1:])) == MOST_LINES


def test_buckets_add_up() -> None:
    """People and orders of several buckets stay apart, and an empty bucket changes nothing."""
    rows = [
        ("anna", "purchase", "tea", at(3), {"order_id": "a"}),
        ("bo", "purchase", "tea", at(2), {"order_id": "a"}),
        ("bo", "purchase", "cup", at(2), {"order_id": "a"}),
    ]
    whole = history(events(*rows), CUTOFF)
    parts = [Acts.orders(whole.part(0, 1)), Acts.none(), Acts.orders(whole.part(1, 2))]
    both, joined = Acts.orders(whole), Acts.joined(parts)
    for name in ("people", "person", "order", "item", "age_minutes"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(both, name))


def test_same_order() -> None:
    """Each act knows where its order begins and ends."""
    acts = bought(
        ("anna", "purchase", "tea", at(3)), ("anna", "purchase", "cup", at(3)), ("anna", "purchase", "cup", at(1))
    )
    start, stop = acts.same_order()
    assert (start.tolist(), stop.tolist()) == ([0, 0, 2], [2, 2, 3])
    assert len(Acts.none().same_order()[0]) == 0


def test_what_follows() -> None:
    """Only the same person's later acts within the days follow; at the same minute only where that is asked for."""
    views = viewed(
        ("anna", "view", "tea", at(9)),
        ("anna", "view", "tea", at(3)),
        ("bo", "view", "tea", at(3)),
        ("cy", "view", "tea", at(3)),
    )
    orders = bought(
        ("anna", "purchase", "cup", at(3)), ("anna", "purchase", "pot", at(1)), ("bo", "purchase", "cup", at(4))
    )
    # Cy has never bought: in the orders' history there is no such person, and bo is the second in both.
    start, stop = views.followed_by(orders, 7, at_once=True)
    assert [list(range(first, last)) for first, last in zip(start, stop, strict=True)] == [[0], [0, 1], [], []]
    start, stop = views.followed_by(orders, 7, at_once=False)
    assert [list(range(first, last)) for first, last in zip(start, stop, strict=True)] == [[0], [1], [], []]


def test_some_people() -> None:
    """The acts of who is set aside can be taken out."""
    acts = bought(("anna", "purchase", "tea", at(1)), ("bo", "purchase", "cup", at(1)))
    kept = acts.of(np.array([False, True]))
    assert (kept.people, kept.person.tolist(), kept.item.tolist()) == (2, [1], [0])
