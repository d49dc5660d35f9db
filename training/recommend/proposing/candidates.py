"""Candidates: the items that named sources propose to each customer, with every source's score and rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.registry import PURCHASE_SOURCES, REGISTRY
from training.recommend.top import rank_in_group, strongest

RANK_OFFSET = 10.0
"""A source's place r is worth 1 / (r + this) in the fixed blend, so that no single source decides alone."""


@dataclass(frozen=True)
class Candidates:
    """Proposed pairs of customer and item, ordered by customer and item."""

    customer: Ints
    """Position of the customer in the history; shape (n,)."""
    item: Ints
    """Item code; shape (n,)."""
    score: Floats
    """Score from each source, 0 where it did not propose the item; shape (n, n_sources)."""
    rank: Floats
    """Position among the source's proposals for the customer from 0, NaN where not proposed; shape (n, n_sources)."""
    names: tuple[str, ...] = PURCHASE_SOURCES
    """The sources, in the order of the columns."""

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def source(self) -> Ints:
        """The source that gives the reason, as a position in ``names``; shape ``(n,)``.

        The first one that knows the item from the customer; where none does, the one that ranked it best.
        """
        known = [REGISTRY[name].known for name in self.names]
        order = np.where(known, np.arange(len(known)) - len(known), self.rank + np.arange(len(known)) / 1e3)
        best: Ints = np.argmin(np.where(np.isnan(self.rank), np.inf, order), axis=1)
        return best

    @property
    def blend(self) -> Floats:
        """A fixed blend of the sources, for choosing which candidates are looked at; shape ``(n,)``."""
        weight = np.array([REGISTRY[name].weight for name in self.names])
        worth: Floats = np.where(np.isnan(self.rank), 0.0, weight / (self.rank + RANK_OFFSET))
        return worth.sum(axis=1)

    def column(self, name: str) -> Floats:
        """Ranks from one source, all NaN where it was not asked; shape ``(n,)``."""
        if name not in self.names:
            return np.full(len(self), np.nan)
        return self.rank[:, self.names.index(name)]

    def take(self, rows: Ints | Flags) -> Candidates:
        """Some of the pairs."""
        return Candidates(self.customer[rows], self.item[rows], self.score[rows], self.rank[rows], self.names)

    def columns(self) -> dict[str, Floats]:
        """Scores and ranks as features of the pairs."""
        columns = {f"source_{name}_score": self.score[:, place] for place, name in enumerate(self.names)}
        columns |= {f"source_{name}_rank": self.rank[:, place] for place, name in enumerate(self.names)}
        columns["source_count"] = (~np.isnan(self.rank)).sum(axis=1).astype(np.float64)
        return columns | {"source_blend": self.blend}


def candidates(sources: Sources, people: People, names: Sequence[str] = PURCHASE_SOURCES) -> Candidates:
    """What the named sources propose to each of ``people``, the best ``most_candidates`` by the fixed blend."""
    each = sources.settings.per_source
    proposals = [REGISTRY[name].propose(sources, people, each) for name in names]
    customer = np.concatenate([proposal.customer for proposal in proposals])
    item = np.concatenate([proposal.item for proposal in proposals])
    source = np.repeat(np.arange(len(names)), [len(proposal) for proposal in proposals])
    size = np.int64(max(len(sources.catalogue), 1))
    key, place = np.unique(customer * size + item, return_inverse=True)
    scores = np.zeros((len(key), len(names)), dtype=np.float32)
    ranks = np.full((len(key), len(names)), np.nan, dtype=np.float32)
    scores[place, source] = np.concatenate([proposal.score for proposal in proposals])
    ranks[place, source] = rank_in_group(source * len(people) + customer)
    found = Candidates(key // size, key % size, scores, ranks, tuple(names))
    return _strongest(found, sources.settings.most_candidates)


def _strongest(found: Candidates, most: int) -> Candidates:
    """The ``most`` best of every customer by the fixed blend, still ordered by customer and item."""
    if np.bincount(found.customer).max(initial=0) <= most:
        return found
    return found.take(np.sort(strongest(found.customer, found.blend, most)))


def tiered_score(found: Candidates, tiers: Sequence[Sequence[str]]) -> Floats:
    """A rule as a score: pairs of an earlier tier come first, within a tier by the best rank among its sources.

    Pairs that no source of any tier proposed get minus infinity. Shape ``(n,)``.
    """
    score = np.full(len(found), -np.inf)
    for number, names in reversed(list(enumerate(tiers))):
        ranks = np.fmin.reduce([found.column(name) for name in names])
        proposed = ~np.isnan(ranks)
        score[proposed] = -(number + ranks[proposed] / 1e6)
    return score
