"""How often each source was the reason for one of the first ten items, and how often it was right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.recommend.ranking.answers import Answers
from training.recommend.recommender import Recommendations

TOP = 10
"""Places that are counted."""


class SourcesShown:
    """Counts the sources of what was shown."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.shown = np.zeros(len(self.names), dtype=np.int64)
        self.hits = np.zeros(len(self.names), dtype=np.int64)

    def add(self, best: Recommendations, answers: Answers) -> None:
        """Take the answers to some people."""
        item, source = best.item[:, :TOP], best.source[:, :TOP]
        right = answers.hold(np.arange(len(item))[:, None], item)
        self.shown += np.bincount(source[source >= 0], minlength=len(self.names))
        self.hits += np.bincount(source[right], minlength=len(self.names))

    def told(self) -> dict[str, dict[str, int]]:
        """By source: places in the first ten, and how many of them were bought."""
        return {
            name: {"shown@10": int(shown), "hits@10": int(hits)}
            for name, shown, hits in zip(self.names, self.shown, self.hits, strict=True)
        }
