"""Metrics of ranked recommendations against slow, obvious computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import hit_at, ndcg_at, recall_at, reciprocal_rank_at

PLACES = 6
people = st.lists(
    st.tuples(st.lists(st.booleans(), min_size=PLACES, max_size=PLACES), st.integers(0, 4)), min_size=1, max_size=6
)


def hits_of(*rows: str) -> np.ndarray:
    """Flags from text: ``x`` is a hit."""
    return np.array([[mark == "x" for mark in row] for row in rows])


@given(people, st.integers(1, PLACES))
def test_metrics_equal_the_obvious_computation(drawn: list[tuple[list[bool], int]], k: int) -> None:
    """For any hits and numbers bought all four metrics are those of a plain loop over one customer."""
    hits = np.array([row for row, _ in drawn])
    bought = np.array([sum(row) + missed if any(row) else missed for row, missed in drawn])
    for place, (row, _) in enumerate(drawn):
        got = [metric(hits, bought, k)[place] for metric in (recall_at, ndcg_at, reciprocal_rank_at, hit_at)]
        if not bought[place]:
            assert np.isnan(got).all()
            continue
        first = next((position for position in range(k) if row[position]), None)
        best = sum(1 / math.log2(position + 2) for position in range(min(k, bought[place])))
        gain = sum(1 / math.log2(position + 2) for position in range(k) if row[position])
        wanted = [
            sum(row[:k]) / min(k, bought[place]),
            gain / best,
            0.0 if first is None else 1 / (first + 1),
            float(any(row[:k])),
        ]
        assert got == pytest.approx(wanted)


def test_recall_by_hand() -> None:
    """Hits among the first k over what was bought, over k where that is more, missing where nothing was bought."""
    flags = hits_of("x..x......", "..........", "xxxxx.....", "..........")
    np.testing.assert_allclose(recall_at(flags, np.array([4, 1, 8, 0]), 5), [2 / 4, 0, 5 / 5, np.nan])
    np.testing.assert_allclose(recall_at(flags, np.array([4, 1, 8, 0]), 1), [1, 0, 1, np.nan])
    np.testing.assert_allclose(recall_at(flags, np.array([4, 1, 8, 0]), 20), [2 / 4, 0, 5 / 8, np.nan])


def test_ndcg_by_hand() -> None:
    """Each hit counts 1 / log2(place + 1), against the best order of what was bought."""
    found = ndcg_at(hits_of("x..", ".x.", "x.x", "..."), np.array([1, 1, 2, 3]), 3)
    second = 1 / math.log2(3)
    np.testing.assert_allclose(found, [1, second, (1 + 1 / 2) / (1 + second), 0])
    np.testing.assert_allclose(ndcg_at(hits_of("x"), np.array([5]), 3), [1 / (1 + second + 0.5)])


def test_perfect_and_worst_order() -> None:
    """The best order has ndcg and recall 1, also for who bought more than k; a hit in the last place is worth least."""
    for bought in (1, 3, 30):
        best = hits_of("x" * min(bought, 10) + "." * (10 - min(bought, 10)))
        assert ndcg_at(best, np.array([bought]), 10) == pytest.approx(1)
        assert recall_at(best, np.array([bought]), 10) == pytest.approx(1)
    assert ndcg_at(hits_of(".........x"), np.array([1]), 10) == pytest.approx(1 / math.log2(11))
    assert ndcg_at(hits_of(".........."), np.array([2]), 10) == 0


def test_reciprocal_rank_and_hit() -> None:
    """One over the place of the first hit; hits after k count neither way."""
    flags, bought = hits_of("x.x..", "..x..", "....x", "....."), np.array([2, 1, 1, 1])
    np.testing.assert_allclose(reciprocal_rank_at(flags, bought, 4), [1, 1 / 3, 0, 0])
    assert hit_at(flags, bought, 4).tolist() == [1, 1, 0, 0]


def test_nobody() -> None:
    """Without customers there are no numbers."""
    nobody = np.zeros((0, 3), dtype=bool)
    assert recall_at(nobody, np.zeros(0, dtype=np.int64), 3).shape == (0,)
