"""Candidates: the items that named sources propose to each customer, with every source's score and rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from features.arrays import Flags, Floats, Ints, distinct, places
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal
from training.recommend.proposing.registry import PURCHASE_SOURCES, REGISTRY
from training.recommend.proposing.spread import Spread, spread_out
from training.recommend.top import rank_in_group, strongest_places

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
    blend: Floats
    """A fixed blend of the sources, for choosing which candidates are looked at; shape (n,)."""
    names: tuple[str, ...] = PURCHASE_SOURCES
    """The sources, in the order of the columns."""

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def source(self) -> Ints:
        """The source that gives the reason, as a position in ``names``; shape ``(n,)``.

        The first one that knows the item from the customer; where none does, the one that ranked it best.
        """
        return reasons(self.rank, self.names)

    def column(self, name: str) -> Floats:
        """Ranks from one source, all NaN where it was not asked; shape ``(n,)``."""
        if name not in self.names:
            return np.full(len(self), np.nan)
        return self.rank[:, self.names.index(name)]

    def take(self, rows: Ints | Flags) -> Candidates:
        """Some of the pairs."""
        return Candidates(
            self.customer[rows], self.item[rows], self.score[rows], self.rank[rows], self.blend[rows], self.names
        )

    def columns(self) -> dict[str, Floats]:
        """Scores and ranks as features of the pairs."""
        told = _told(self.names)
        columns = dict(zip(told.columns, (*self.score.T, *self.rank.T), strict=True))
        columns["source_count"] = np.add.reduce(~np.isnan(self.rank), axis=1, dtype=np.float64)
        columns["source_blend"] = self.blend
        return columns


def reasons(rank: Floats, names: tuple[str, ...]) -> Ints:
    """:attr:`Candidates.source` of pairs with these ranks, ``(n, n_sources)``; shape ``(n,)``."""
    told = _told(names)
    order = rank * told.by_rank + told.before
    order[np.isnan(order)] = np.inf
    best: Ints = order.argmin(axis=1)
    return best


class _Told(NamedTuple):
    """What the registry says of some sources; arrays have the shape ``(n_sources,)``."""

    weight: Floats
    """How much their places count in the fixed blend."""
    by_rank: Floats
    """Whether the rank decides if one of them gives the reason: 0 for those that know the item from the person."""
    before: Floats
    """What stands before others of the same rank."""
    columns: tuple[str, ...]
    """Names of the features that hold their scores and ranks."""


@lru_cache(maxsize=8)
def _told(names: tuple[str, ...]) -> _Told:
    known = np.array([REGISTRY[name].known for name in names], dtype=bool)
    place = np.arange(len(names))
    weight = np.array([REGISTRY[name].weight for name in names], dtype=np.float64)
    columns = tuple(f"source_{name}_{what}" for what in ("score", "rank") for name in names)
    return _Told(weight, (~known).astype(np.float64), np.where(known, place - len(names), place / 1e3), columns)


def candidates(sources: Sources, people: People, names: Sequence[str] = PURCHASE_SOURCES) -> Candidates:
    """What the named sources propose to each of ``people``, the best ``most_candidates`` by the fixed blend."""
    proposals = proposed(sources, people, names)
    customer = np.concatenate([proposal.customer for proposal in proposals])
    item = np.concatenate([proposal.item for proposal in proposals])
    source = np.arange(len(names)).repeat([len(proposal) for proposal in proposals])
    score = np.concatenate([proposal.score for proposal in proposals])
    rank = rank_in_group(source * len(people) + customer)
    size = np.int64(max(len(sources.catalogue), 1))
    key, place = distinct(customer * size + item)
    blend = _blend(place, source, rank, names, len(key))
    kept = _strongest(key // size, blend, sources.settings.most_candidates)
    if len(kept) < len(key):
        number = np.full(len(key), -1)
        number[kept] = np.arange(len(kept))
        place = number[place]
        told = places(place >= 0)
        place, source, score, rank = place[told], source[told], score[told], rank[told]
        key, blend = key[kept], blend[kept]
    scores = np.zeros((len(key), len(names)), dtype=np.float32)
    ranks = np.full((len(key), len(names)), np.nan, dtype=np.float32)
    scores[place, source], ranks[place, source] = score, rank
    return Candidates(*np.divmod(key, size), scores, ranks, blend, tuple(names))


def fixed_blend(rank: Floats, names: Sequence[str]) -> Floats:
    """The fixed blend of pairs by their ranks from the named sources, ``(n, n_sources)``; shape ``(n,)``."""
    pair, source = np.nonzero(~np.isnan(rank))
    return _blend(pair, source, rank[pair, source], names, len(rank))


def _blend(pair: Ints, source: Ints, rank: Floats | Ints, names: Sequence[str], pairs: int) -> Floats:
    worth = _told(tuple(names)).weight[source] / (rank + RANK_OFFSET)
    return np.bincount(pair, weights=worth, minlength=pairs).astype(np.float64)


def proposed(sources: Sources, people: People, names: Sequence[str]) -> list[Proposal]:
    """What each of the named sources proposes to each of ``people``."""
    each = sources.settings.per_source
    asked = {name: REGISTRY[name].propose for name in names}
    spreads = {name: source for name, source in asked.items() if isinstance(source, Spread)}
    found = dict(zip(spreads, spread_out([*spreads.values()], sources, people, each), strict=True))
    return [found[name] if name in found else source(sources, people, each) for name, source in asked.items()]


def _strongest(customer: Ints, blend: Floats, most: int) -> Ints:
    """Positions of the ``most`` best of every customer by the fixed blend, still ordered by customer and item."""
    kept = strongest_places(customer, blend, most)
    return np.arange(len(customer)) if isinstance(kept, slice) else kept


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
