"""Rows that the ranker is trained on: all that were bought, the likely ones, and a weighted sample of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.arrays import Flags, Floats, Ints
from training.recommend.proposing.candidates import Candidates
from training.recommend.top import rank_in_group

LIKELY = 30
"""The first so many of each customer's candidates by the fixed blend are always trained on."""
SAMPLED = 15
"""So many of the other candidates of each customer are, each then counting for those left out."""


@dataclass(frozen=True)
class RankingRows:
    """Candidate pairs with their features and whether they were bought, the pairs of one customer together."""

    names: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """Features, float32, shape (n_pairs, n_features)."""
    bought: Flags
    """Labels, shape (n_pairs,)."""
    group_sizes: Ints
    """How many pairs each customer has, in order."""
    weight: Floats
    """How many candidates each row stands for, shape (n_pairs,)."""

    def take(self, rows: Ints, weight: Floats) -> RankingRows:
        """Some of the rows, by rising position, standing for ``weight`` candidates each."""
        group = np.repeat(np.arange(len(self.group_sizes)), self.group_sizes)[rows]
        sizes = np.bincount(group, minlength=len(self.group_sizes))
        return replace(
            self, values=self.values[rows], bought=self.bought[rows], group_sizes=sizes[sizes > 0], weight=weight
        )


def joined(parts: Sequence[RankingRows]) -> RankingRows:
    """The rows of several parts, which must have the same columns."""
    return RankingRows(
        parts[0].names,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.group_sizes for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def sampled(found: Candidates, bought: Flags, seed: int) -> tuple[Ints, Floats]:
    """Positions of the candidates to train on, rising, and how many candidates each stands for.

    Without the weights the share of bought candidates among the unlikely ones would look higher than it is.
    """
    draw = np.random.default_rng(seed).random(len(found))
    order = np.lexsort((-found.blend, found.customer))
    place = np.empty(len(found), dtype=np.int64)
    place[order] = rank_in_group(found.customer[order])
    always = bought | (place < LIKELY)
    rest = np.flatnonzero(~always)
    rest = rest[np.lexsort((draw[rest], found.customer[rest]))]
    drawn = rest[rank_in_group(found.customer[rest]) < SAMPLED]
    left = np.bincount(found.customer[rest], minlength=1)
    weight = np.ones(len(found))
    weight[drawn] = left[found.customer[drawn]] / np.minimum(left[found.customer[drawn]], SAMPLED)
    kept = np.sort(np.concatenate([np.flatnonzero(always), drawn]))
    return kept, weight[kept]
