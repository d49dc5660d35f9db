"""Pairs and triples in one order: each order once, one customer in a few, the same as a slow count."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest

from tests.training.recommend.counted.ordered import orders, random_orders
from training.recommend.counted import bundle_counts as module
from training.recommend.counted.bundle_counts import LEAST_ORDERS, LEAST_PEOPLE, ORDERS_OF_ONE, OrderCounts, Sets


def slowly(counts: OrderCounts, size: int) -> dict[tuple[int, ...], tuple[float, ...]]:
    """Counted orders, new ones, people and all orders of every set of so many items, by loops."""
    lines = counts.lines
    held: dict[int, list[int]] = defaultdict(list)
    for place, order in enumerate(lines.order.tolist()):
        held[order].append(place)
    ages = sorted(int(lines.age_minutes[places[0]]) for places in held.values())
    middle = float(np.median(ages))
    new: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    old: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for places in held.values():
        half = new if lines.age_minutes[places[0]] < middle else old
        for some in combinations(lines.item[places].tolist(), size):
            half[some][int(lines.person[places[0]])] += 1
    found: dict[tuple[int, ...], tuple[float, ...]] = {}
    for some in new.keys() | old.keys():
        capped = [sum(min(count, ORDERS_OF_ONE) for count in half[some].values()) for half in (new, old)]
        people = len(new[some].keys() | old[some].keys())
        every = sum(new[some].values()) + sum(old[some].values())
        if sum(capped) >= LEAST_ORDERS and people >= LEAST_PEOPLE:
            by_person = [
                sum(min(half[some].get(who, 0), ORDERS_OF_ONE) for half in (new, old))
                for who in new[some].keys() | old[some].keys()
            ]
            squares = sum(count**2 for count in by_person)
            found[some] = tuple(map(float, (sum(capped), capped[0], people, every, squares)))
    return found


def told(sets: Sets) -> dict[tuple[int, ...], tuple[float, ...]]:
    """The same from what was counted."""
    columns = (sets.orders, sets.newest, sets.people, sets.all_orders, sets.squares)
    return {
        tuple(some): tuple(float(column[place]) for column in columns) for place, some in enumerate(sets.items.tolist())
    }


@pytest.mark.parametrize("at_once", [7, 10**6])
def test_a_slow_count_agrees(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Pairs and triples are those of the loops, with blocks of any size; customers who order often are among them."""
    monkeypatch.setattr(module, "MEETINGS_AT_ONCE", at_once)
    rng = np.random.default_rng(at_once % 5)
    rows = [
        (int(rng.integers(0, 12)), float(rng.integers(1, 200)), np.flatnonzero(rng.random(9) < 0.35).tolist())
        for _ in range(150)
    ]
    counts = OrderCounts(orders([row for row in rows if row[2]]), 9)
    pairs = counts.pairs()
    assert told(pairs) == slowly(counts, 2)
    triples, possible = counts.triples(pairs.items)
    assert told(triples) == {
        some: sums
        for some, sums in slowly(counts, 3).items()
        if all(pair in told(pairs) for pair in combinations(some, 2))
    }
    assert possible == sum(
        all(pair in told(pairs) for pair in combinations(some, 2)) for some in combinations(range(9), 3)
    )


def test_one_customer_counts_a_few_times() -> None:
    """A hundred orders of one customer count as a few; fewer than three customers make no pair."""
    many = [(0, float(day), [0, 1]) for day in range(1, 101)]
    assert len(OrderCounts(orders(many), 2).pairs()) == 0
    pairs = OrderCounts(orders([*many, (1, 5.0, [0, 1]), (2, 7.0, [0, 1])]), 2).pairs()
    assert (pairs.orders.tolist(), pairs.people.tolist(), pairs.all_orders.tolist()) == (
        [2 * ORDERS_OF_ONE + 2],
        [3],
        [102],
    )


def test_the_newer_half() -> None:
    """Half of the orders are new, whichever days they fall on."""
    counts = OrderCounts(random_orders(1, 101, 5), 5)
    ages = dict(zip(counts.lines.order.tolist(), counts.lines.age_minutes.tolist(), strict=True))
    assert counts.orders == len(ages)
    newest = {order for order, new in zip(counts.lines.order.tolist(), counts.is_new.tolist(), strict=True) if new}
    assert len(newest) == len(ages) // 2
    assert max(ages[order] for order in newest) < min(age for order, age in ages.items() if order not in newest)


def test_no_orders() -> None:
    """Without orders there are no sets."""
    counts = OrderCounts(orders([]), 4)
    pairs = counts.pairs()
    triples, possible = counts.triples(pairs.items)
    assert (counts.orders, len(pairs), len(triples), possible) == (0, 0, 0, 0)
