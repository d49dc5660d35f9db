"""Clusters of customers: how many the data bear, where their centres lie, and whose is the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from features.arrays import Floats, Ints

if TYPE_CHECKING:  # Only fitting needs it; a service tells of clusters without.
    from sklearn.cluster import KMeans

COUNTS = range(4, 13)
"""The numbers of clusters that are tried."""

LEAST_PEOPLE = 200
"""Fewer customers are not divided."""

LEAST_OF_EACH = 50
"""No more clusters are tried than would have so many different customers each, on average."""

SPLITS = 4
"""So many times the customers are halved by lot, to see whether both halves find the same clusters."""

STABLE = 0.8
"""Adjusted Rand index of two halves' clusters from which on they are the same."""

LESS_CLEAR = 0.05
"""Of the numbers that are stable the largest is taken whose silhouette is at most so much below the best."""

LEAST_STABILITY = 0.5
"""Below this, clusters are made up: another sample would find others."""

MOST_TRIED = 10_000
"""Customers with whom the numbers are tried."""

MOST_COMPARED = 4_000
"""Customers among whom the silhouette is told: it compares all pairs."""

SAME_PEOPLE = 0.5
"""A cluster keeps its number when it shares more than this of the people of both (Jaccard)."""

NO_CLUSTER = 0
"""The number of those who are in no cluster; clusters are numbered from 1."""


@dataclass(frozen=True)
class Clusters:
    """Some centres, in falling order of size when they were found."""

    centres: Floats
    """Their coordinates; shape (n_clusters, n)."""
    numbers: tuple[int, ...]
    """What each is called, from 1; a number stays with its people from training to training."""
    stability: float
    """Mean adjusted Rand index between the clusters that two halves of the customers find, 1 for the same ones."""
    silhouette: float
    """How clear the clusters are, -1 to 1; customers shade into one another, and .1 is usual."""
    tried: Mapping[int, float]
    """Stability by number of clusters."""

    def __len__(self) -> int:
        return len(self.centres)

    @classmethod
    def none(cls, dimensions: int, tried: Mapping[int, float] | None = None) -> Clusters:
        """No clusters."""
        return cls(np.zeros((0, dimensions)), (), 0.0, 0.0, tried or {})

    @classmethod
    def fit(cls, vectors: Floats, seed: int = 0) -> Clusters:
        """As many clusters as two halves agree on; none with fewer than ``LEAST_PEOPLE``, or if they agree on none."""
        if len(vectors) < LEAST_PEOPLE:
            return cls.none(vectors.shape[1])
        sample = np.random.default_rng(seed).permutation(len(vectors))[:MOST_TRIED]
        different = len(np.unique(vectors[sample], axis=0)) if vectors.shape[1] else 1
        counts = [count for count in COUNTS if count * LEAST_OF_EACH <= different]
        tried = {count: stability(vectors[sample], count, seed) for count in counts}
        best = max(tried.values(), default=0.0)
        if best < LEAST_STABILITY:
            return cls.none(vectors.shape[1], tried)
        centres = {
            count: np.asarray(_fitted(vectors, count, seed, starts=10).cluster_centers_, dtype=np.float64)
            for count in counts
            if tried[count] >= min(STABLE, best)
        }
        clear = {count: _silhouette(vectors[sample[:MOST_COMPARED]], found) for count, found in centres.items()}
        chosen = max(count for count in clear if clear[count] >= max(clear.values()) - LESS_CLEAR)
        sizes = np.bincount(nearest_centre(vectors, centres[chosen]), minlength=chosen)
        by_size = centres[chosen][np.argsort(-sizes, kind="stable")]
        return cls(by_size, tuple(range(1, chosen + 1)), tried[chosen], clear[chosen], tried)

    def of(self, vectors: Floats) -> Ints:
        """The number of each customer's cluster, ``NO_CLUSTER`` where there are none; shape ``(n_customers,)``."""
        if not len(self):
            return np.full(len(vectors), NO_CLUSTER, dtype=np.int64)
        return np.array(self.numbers, dtype=np.int64)[nearest_centre(vectors, self.centres)]

    def renumbered(self, mine: Ints, before: Ints, former: Sequence[int]) -> Clusters:
        """The same clusters under the numbers of the former ones that hold the same people.

        ``mine`` and ``before`` are the numbers of the same customers by these clusters and by the ``former``. A
        cluster of other people gets a number that none of those had, so that no number changes its meaning.
        """
        from scipy.optimize import linear_sum_assignment

        shared = _jaccard(mine, before, self.numbers, former)
        kept: dict[int, int] = {}
        for row, column in zip(*linear_sum_assignment(-shared), strict=True):
            if shared[row, column] > SAME_PEOPLE:
                kept[int(row)] = former[int(column)]
        unused = count(max(former, default=0) + 1)
        numbers = [kept[row] if row in kept else next(unused) for row in range(len(self))]
        return replace(self, numbers=tuple(numbers))

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "centres": self.centres.tolist(),
            "numbers": list(self.numbers),
            "stability": self.stability,
            "silhouette": self.silhouette,
            "tried": {str(count): value for count, value in self.tried.items()},
        }

    @classmethod
    def read(cls, said: Mapping[str, Any], dimensions: int) -> Clusters:
        """The clusters that :meth:`as_dict` wrote."""
        return cls(
            np.array(said["centres"], dtype=np.float64).reshape(len(said["numbers"]), dimensions),
            tuple(said["numbers"]),
            said["stability"],
            said["silhouette"],
            {int(count): value for count, value in said["tried"].items()},
        )


def nearest_centre(vectors: Floats, centres: Floats) -> Ints:
    """The place of the centre nearest to each; shape ``(n,)``. Alone, a vector gets the same as among others."""
    columns = np.ascontiguousarray(vectors.T, dtype=np.float64)
    best, place = np.full(len(vectors), np.inf), np.zeros(len(vectors), dtype=np.int64)
    for number, centre in enumerate(centres):
        far = np.zeros(len(vectors))
        # Coordinate after coordinate, not a matrix product, whose last digits depend on how many there are.
        for column, at in zip(columns, centre, strict=True):
            far += np.square(column - at)
        nearer = far < best
        best[nearer], place[nearer] = far[nearer], number
    return place


def stability(vectors: Floats, count: int, seed: int) -> float:
    """Mean adjusted Rand index, over several divisions, of the clusters that either half would divide everyone into."""
    from sklearn.metrics import adjusted_rand_score

    found = []
    for split in range(SPLITS):
        halves = np.array_split(np.random.default_rng((seed, split)).permutation(len(vectors)), 2)
        one, other = (_fitted(vectors[half], count, seed, starts=3).predict(vectors) for half in halves)
        found.append(adjusted_rand_score(one, other))
    return float(np.mean(found))


def _fitted(vectors: Floats, count: int, seed: int, starts: int) -> KMeans:
    from sklearn.cluster import KMeans

    return KMeans(count, n_init=starts, random_state=seed).fit(vectors)


def _silhouette(vectors: Floats, centres: Floats) -> float:
    from sklearn.metrics import silhouette_score

    places = nearest_centre(vectors, centres)
    return float(silhouette_score(vectors, places)) if len(np.unique(places)) > 1 else 0.0


def _jaccard(mine: Ints, before: Ints, numbers: Sequence[int], former: Sequence[int]) -> Floats:
    """The people that two clusters share, as a part of those of either; shape ``(n, n_former)``."""
    shared = np.zeros((len(numbers), len(former)))
    for row, number in enumerate(numbers):
        for column, old in enumerate(former):
            both, either = np.sum((mine == number) & (before == old)), np.sum((mine == number) | (before == old))
            shared[row, column] = both / max(int(either), 1)
    return shared
