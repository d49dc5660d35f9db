"""Counts of transitions: parts add up block by block, and neither bots nor many pairs make them large."""

from __future__ import annotations

import numpy as np
import pytest

from tests.small_shop import events, history
from tests.training.recommend.counted.walked import CUTOFF, walk
from training.recommend.counted import transition_counts
from training.recommend.counted.transition_counts import TransitionCounts, added
from training.recommend.counted.visits import Visits


def test_bots_count_no_more_than_keen_people() -> None:
    """Of an endless visit only the newest steps are counted."""
    rows = [("bot", "view", "ab"[step % 2], f"2025-03-10T{step // 60:02}:{step % 60:02}Z") for step in range(900)]
    counts = TransitionCounts.of(Visits.of(history(events(*rows), CUTOFF)), 2, 1e9)
    assert counts.sums[:, 0].sum() == transition_counts.LONGEST_VISIT - 1


def test_the_lightest_pairs_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more pairs than are kept, the closest and newest stay."""
    monkeypatch.setattr(transition_counts, "MOST_PAIRS", 3)
    counts = TransitionCounts.of(Visits.of(history(events(*walk("anna", "abcd")), CUTOFF)), 4, 1e9)
    assert [(key // 4, key % 4) for key in counts.key.tolist()][:1] == [(0, 1)]
    assert {(0, 1), (1, 2), (2, 3)} <= {(key // 4, key % 4) for key in counts.key.tolist()}
    assert len(counts.key) == 4


def test_columns() -> None:
    """Pairs are counted next to each other, by nearness, by recency, and together."""
    rows = [*walk("anna", "abc", 10), *walk("bo", "ab", 1)]
    counts = TransitionCounts.of(Visits.of(history(events(*rows), CUTOFF)), 3, 9.0)
    assert counts.key.tolist() == [1, 2, 5]
    lately, long_ago = (0.5 ** (days / 9) for days in (14 / 24, 9 + 14 / 24))
    expected = [
        [2, 2, lately + long_ago, lately + long_ago],
        [0, 0.6, 0.6 * lately, lately],
        [1, 1, lately, lately],
    ]
    np.testing.assert_allclose(counts.sums, expected, rtol=1e-4)
    np.testing.assert_allclose(counts.steps, [lately + long_ago, lately + long_ago, lately], rtol=1e-4)


def test_joined_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows are added up at a time, the parts together are the whole, by rising key."""
    rng = np.random.default_rng(3)
    rows = [row for who in range(40) for row in walk(f"v{who:02}", "".join(rng.choice(list("abcdefgh"), 6)))]
    past = history(events(*rows), CUTOFF)
    whole = TransitionCounts.of(Visits.of(past), 8, 14.0)
    parts = [TransitionCounts.of(Visits.of(past.part(start, start + 9)), 8, 14.0) for start in range(0, 40, 9)]
    for block in (1, 7, 10_000):
        monkeypatch.setattr(transition_counts, "ROWS_AT_ONCE", block)
        joined = TransitionCounts.joined(parts)
        assert joined.key.tolist() == whole.key.tolist()
        np.testing.assert_allclose(joined.sums, whole.sums, rtol=1e-5)
        np.testing.assert_allclose(joined.again, whole.again)


def test_added() -> None:
    """Rows of one key are added up, by rising key; of nothing there is nothing."""
    key, sums = added(np.array([5, 1, 5]), np.array([[1.0], [2.0], [4.0]]))
    assert key.tolist() == [1, 5]
    assert sums.tolist() == [[2.0], [5.0]]
    assert len(added(np.zeros(0, dtype=np.int64), np.zeros((0, 4)))[0]) == 0
