"""Several recommenders that answered the same people, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints
from training.recommend.measuring.customer_groups import GROUPS, customer_groups
from training.recommend.measuring.evaluation import Judged, joined, judged, measures
from training.recommend.measuring.intervals import Told, differences, intervals
from training.recommend.measuring.popularity import Popularity
from training.recommend.people import People
from training.recommend.ranking.answers import Answers

SERVED = "served"
"""The name of what serves."""

GROUP_MEASURES = ("recall@10", "ndcg@10", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10")
"""The measures that are told of every group of customers."""


class Trial:
    """Collects what every recommender answered, case by case, and tells how good it was."""

    def __init__(self, popularity: Popularity) -> None:
        self.popularity = popularity
        self.judged: dict[str, list[Judged]] = {}
        self._groups: list[dict[str, Flags]] = []

    def add(self, ranked: Mapping[str, Ints], people: People, answers: Answers) -> None:
        """Take the items that each recommender ranked for the same people, shapes ``(n_customers, k)``."""
        measured = answers.bought > 0
        self._groups.append({name: members[measured] for name, members in customer_groups(people).items()})
        for name, items in ranked.items():
            self.judged.setdefault(name, []).append(judged(items, people, answers, self.popularity))

    @property
    def customers(self) -> int:
        """How many customers were measured."""
        return sum(len(groups[GROUPS[0]]) for groups in self._groups)

    def values(self, name: str) -> dict[str, Floats]:
        """Every measure of each customer of one recommender."""
        return joined(self.judged[name])

    def models(self, seed: int) -> dict[str, dict[str, Any]]:
        """Every measure of every recommender, ``{name: {measure: told}}``."""
        size = len(self.popularity.band)
        return {name: measures(parts, size, seed) for name, parts in self.judged.items()}

    def groups(self, seed: int) -> dict[str, dict[str, Any]]:
        """The main measures by group of customers, ``{group: {"customers", "models": {name: {measure: told}}}}``."""
        values = {name: self.values(name) for name in self.judged}
        told = {}
        for group in GROUPS if self._groups else ():
            members = np.concatenate([groups[group] for groups in self._groups])
            models = {
                name: dict(intervals({measure: found[measure][members] for measure in GROUP_MEASURES}, seed))
                for name, found in values.items()
            }
            told[group] = {"customers": int(members.sum()), "models": models}
        return told

    def against(self, name: str, seed: int) -> dict[str, Told]:
        """What serves minus another recommender, paired over customers, with intervals."""
        return differences(self.values(SERVED), self.values(name), seed)
