"""The tests behind bundles: planted sets are told, coincidences are not, however many pairs were looked at."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control, fisher_exact

from tests.training.recommend.counted.ordered import habitual_orders, random_orders
from training.recommend.counted.bundle_counts import LEAST_ORDERS, OrderCounts
from training.recommend.counted.bundle_tests import false_discovery_rate, told_pairs, told_triples


def test_independent_items_make_no_bundles() -> None:
    """In twelve shops whose items are bought independently, hardly any of some ten thousand pairs is told."""
    told = 0
    for seed in range(12):
        counts = OrderCounts(random_orders(seed, 1500, 150), 150)
        pairs = told_pairs(counts)
        told += len(pairs) + len(told_triples(counts, pairs))
    assert told <= 2


def test_personal_habits_make_no_bundles() -> None:
    """Where each customer buys three things of their own every time, nothing goes together for the shop."""
    told = [len(told_pairs(OrderCounts(habitual_orders(seed, 500, 50, 15), 50))) for seed in range(4)]
    assert sum(told) <= 1


def test_planted_pairs_are_told_and_little_else() -> None:
    """All planted pairs come first, and of all pairs told at most one in twenty is a coincidence."""
    planted = [(2, 90), (10, 60), (20, 100), (33, 34), (70, 119)]
    wrong = right = 0
    for seed in range(4):
        counts = OrderCounts(random_orders(seed, 2500, 120, planted, share=0.03), 120)
        told = [tuple(row) for row in told_pairs(counts).items[:, :2].tolist()]
        assert set(told[: len(planted)]) == set(planted)
        right += len(planted)
        wrong += len(set(told) - set(planted))
    assert wrong / (right + wrong) <= 0.05


def test_a_planted_triple_is_told() -> None:
    """Three items that are bought as a set are one triple; three pairs that only share customers' orders are none."""
    counts = OrderCounts(random_orders(3, 3000, 80, [(11, 40, 77)], share=0.03), 80)
    pairs = told_pairs(counts)
    assert told_triples(counts, pairs).items.tolist() == [[11, 40, 77]]
    apart = OrderCounts(random_orders(4, 4000, 80, [(11, 40), (40, 77), (11, 77)], share=0.03), 80)
    pairs = told_pairs(apart)
    assert len(pairs) == 3
    assert len(told_triples(apart, pairs)) == 0


def test_the_test_is_fishers() -> None:
    """The p-value of a pair is that of scipy's exact test of the two-by-two table."""
    counts = OrderCounts(random_orders(5, 1200, 60, [(8, 30)], share=0.03), 60)
    pairs = told_pairs(counts)
    (place,) = (number for number, row in enumerate(pairs.items.tolist()) if row[:2] == [8, 30])
    both = int(pairs.orders[place])
    first, second = (int(counts.of_item[item]) for item in (8, 30))
    table = np.array([[both, first - both], [second - both, counts.orders - first - second + both]])
    assert pairs.p_value[place] == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-6)
    assert pairs.expected[place] == pytest.approx(first * second / counts.orders)


def test_pairs_that_never_came_were_tested_as_well() -> None:
    """The rate over some p-values is that of all, where those that are not given are 1."""
    p_value = np.array([1e-6, 0.2, 3e-4, 1e-3])
    every = false_discovery_control(np.append(p_value, np.ones(996)))
    np.testing.assert_allclose(false_discovery_rate(p_value, 1000), every[:4])
    assert false_discovery_rate(np.zeros(0), 0).tolist() == []


def test_pairs_of_rare_items_are_not_among_the_tests() -> None:
    """Items in too few orders to make a bundle do not make the others harder to find."""
    few = random_orders(6, 2000, 40, [(3, 30)])
    counts, wide = OrderCounts(few, 40), OrderCounts(few, 100_000)
    assert (counts.of_item >= LEAST_ORDERS).any()
    np.testing.assert_array_equal(told_pairs(counts).q_value, told_pairs(wide).q_value)


def test_the_lift_of_a_triple_is_that_of_its_weakest_rule() -> None:
    """Expected is what the pair and the third item give by chance, in the way that gives most."""
    counts = OrderCounts(random_orders(3, 3000, 80, [(11, 40, 77)], share=0.03), 80)
    pairs = told_pairs(counts)
    triple = told_triples(counts, pairs)
    joint = {tuple(row[:2]): orders for row, orders in zip(pairs.items.tolist(), pairs.all_orders, strict=True)}
    rules = [((11, 40), 77), ((11, 77), 40), ((40, 77), 11)]
    chance = max(joint[pair] * counts.of_item[third] / counts.orders for pair, third in rules)
    assert triple.expected.tolist() == [pytest.approx(chance)]
