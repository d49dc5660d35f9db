"""Sources of what was shown: counted by hand."""

from __future__ import annotations

import numpy as np

from training.recommend.measuring.sources_shown import SourcesShown
from training.recommend.ranking.answers import Answers
from training.recommend.recommender import Recommendations


def test_counts_by_hand() -> None:
    """Only the first ten places count, padding has no source, and a hit belongs to the source that showed it."""
    item = np.full((2, 12), -1, dtype=np.int32)
    source = np.full((2, 12), -1, dtype=np.int8)
    item[0, :3], source[0, :3] = (5, 6, 7), (0, 1, 1)
    item[1], source[1] = np.arange(12), 0
    best = Recommendations(item, np.zeros((2, 12), np.float32), source, np.full((2, 12), -1, np.int32))
    # The first bought 6 and 7, the second 3 and 11.
    answers = Answers(np.array([6, 7, 103, 111]), np.array([2, 2]), 100)
    counted = SourcesShown(("cart", "together", "never"))
    counted.add(best, answers)
    counted.add(best, answers)
    assert counted.told() == {
        "cart": {"shown@10": 22, "hits@10": 2},
        "together": {"shown@10": 4, "hits@10": 4},
        "never": {"shown@10": 0, "hits@10": 0},
    }
