"""Metrics of ranked recommendations against slow, obvious computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import (
    catalogue_coverage,
    hit_at,
    ndcg_at,
    rank_hits,
    recall_at,
    reciprocal_rank_at,
)

lists = st.lists(st.integers(-1, 9), min_size=6, max_size=6)
answers = st.sets(st.integers(0, 12), max_size=6)
customers = st.lists(st.tuples(lists, answers), min_size=1, max_size=6)


def arrays(people: list[tuple[list[int], set[int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ranked items, boundaries, bought items and how many each bought."""
    bought = np.array([len(answer) for _, answer in people])
    items = np.array([item for _, answer in people for item in sorted(answer)], dtype=np.int64)
    return np.array([ranked for ranked, _ in people]), np.append(0, np.cumsum(bought)), items, bought


def plain_hits(ranked: list[int], answer: set[int]) -> list[bool]:
    return [item in answer and item not in ranked[:place] for place, item in enumerate(ranked)]


@given(customers, st.integers(1, 6))
def test_metrics_equal_the_obvious_computation(people: list[tuple[list[int], set[int]]], k: int) -> None:
    """For any lists and answers all four metrics are those of a plain loop over one customer."""
    ranked, boundaries, items, bought = arrays(people)
    hits = rank_hits(ranked, boundaries, items)
    for row, (shown, answer) in enumerate(people):
        plain = plain_hits(shown, answer)
        assert hits[row].tolist() == plain
        got = [metric(hits, bought, k)[row] for metric in (recall_at, ndcg_at, reciprocal_rank_at, hit_at)]
        if not answer:
            assert np.isnan(got).all()
            continue
        first = next((place for place in range(k) if plain[place]), None)
        best = sum(1 / math.log2(place + 2) for place in range(min(k, len(answer))))
        gain = sum(1 / math.log2(place + 2) for place in range(k) if plain[place])
        wanted = [
            sum(plain[:k]) / min(k, len(answer)),
            gain / best,
            0.0 if first is None else 1 / (first + 1),
            float(any(plain[:k])),
        ]
        assert got == pytest.approx(wanted)


def test_a_perfect_list_scores_one() -> None:
    """Everything bought stands at the top: every metric is 1, whether k is below or above the number bought."""
    hits = rank_hits(np.array([[4, 2, 7]]), np.array([0, 2]), np.array([2, 4]))
    for k in (1, 2, 3):
        assert recall_at(hits, np.array([2]), k) == ndcg_at(hits, np.array([2]), k) == [1.0]


def test_padding_is_never_bought() -> None:
    """A short list is filled up with -1, which hits nothing and covers nothing."""
    ranked = np.array([[3, -1, -1]])
    assert rank_hits(ranked, np.array([0, 1]), np.array([3])).tolist() == [[True, False, False]]
    assert catalogue_coverage(ranked, 3, 4) == 0.25


def test_a_list_shorter_than_k_is_measured_at_k() -> None:
    """Two shown of three bought, both right: recall at 5 is two thirds."""
    hits = rank_hits(np.array([[0, 1]]), np.array([0, 3]), np.array([0, 1, 2]))
    assert recall_at(hits, np.array([3]), 5)[0] == pytest.approx(2 / 3)
    assert ndcg_at(hits, np.array([3]), 5)[0] < 1


def test_nobody_and_an_empty_catalogue() -> None:
    """Without customers there are no numbers, and an empty catalogue is covered by nothing."""
    nothing = np.zeros((0, 3), dtype=np.int64)
    hits = rank_hits(nothing, np.array([0]), np.zeros(0, dtype=np.int64))
    assert hits.shape == (0, 3)
    assert catalogue_coverage(nothing, 3, 0) == 0.0
