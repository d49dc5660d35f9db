"""Several recommenders that answered the same people, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.arrays import Floats, Ints
from training.recommend.measuring.evaluation import (
    Judged,
    group_measures,
    group_sizes,
    joined,
    judged,
    measures,
)
from training.recommend.measuring.intervals import Told, differences
from training.recommend.measuring.popularity import Popularity
from training.recommend.people import People
from training.recommend.ranking.answers import Answers

SERVED = "served"
"""The name of what serves."""


class Trial:
    """Collects what every recommender answered, bucket by bucket, and tells how good it was."""

    def __init__(self, popularity: Popularity) -> None:
        self.popularity = popularity
        self.judged: dict[str, list[Judged]] = {}

    def add(self, name: str, items: Ints, people: People, answers: Answers) -> None:
        """Take the ranked ``items`` of one recommender, shape ``(n_customers, k)``."""
        self.judged.setdefault(name, []).append(judged(items, people, answers, self.popularity))

    def add_all(self, ranked: Mapping[str, Ints], people: People, answers: Answers) -> None:
        """Take what several recommenders answered the same people."""
        for name, items in ranked.items():
            self.add(name, items, people, answers)

    def models(self, seed: int) -> dict[str, dict[str, Any]]:
        """Every measure of every recommender, ``{name: {measure: told}}``."""
        size = len(self.popularity.band)
        return {name: measures(parts, size, seed) for name, parts in self.judged.items()}

    def groups(self, seed: int) -> dict[str, dict[str, Any]]:
        """The main measures by group of customers, ``{group: {"customers", "models": {name: {measure: told}}}}``."""
        sizes = group_sizes(self.judged[SERVED])
        told = {name: group_measures(parts, seed) for name, parts in self.judged.items()}
        return {
            group: {"customers": size, "models": {name: found[group] for name, found in told.items()}}
            for group, size in sizes.items()
            if size
        }

    def against(self, name: str, seed: int) -> dict[str, Told]:
        """What serves minus another recommender, paired over customers, with intervals."""
        return differences(self.values(SERVED), self.values(name), seed)

    def values(self, name: str) -> dict[str, Floats]:
        """Every measure of each customer of one recommender."""
        return joined(self.judged[name])

    @property
    def customers(self) -> int:
        """How many customers were measured."""
        return sum(len(part.bought) for part in self.judged[SERVED])

    def hits(self, name: str) -> Ints:
        """At which places each customer was shown what they bought, shape ``(n_customers, k)``."""
        return np.concatenate([part.hits for part in self.judged[name]])
