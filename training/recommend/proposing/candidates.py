"""Candidates: the items that named sources propose to each customer, with every source's score and rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from features.history import History, Pairs
from features.pairs import Touches
from training.recommend.counted.sources import Sources, interest
from training.recommend.top import rank_in_group, strongest

SOURCES = (
    "open_cart",
    "open_favorite",
    "buy_again",
    "viewed",
    "viewed_together",
    "bought_together",
    "category",
    "popular",
)
"""The named sources; of several that propose an item, the first in this order gives the reason."""

KNOWN_SOURCES = ("open_cart", "open_favorite", "buy_again", "viewed")
"""Sources that propose items the customer has touched before."""


@dataclass(frozen=True)
class Candidates:
    """Proposed pairs of customer and item, ordered by customer."""

    customer: Ints
    """Position of the customer in the history; shape (n,)."""
    item: Ints
    """Item code; shape (n,)."""
    score: Floats
    """Score from each source, 0 where it did not propose the item; shape (n, n_sources)."""
    rank: Floats
    """Position among the source's proposals for the customer from 0, NaN where not proposed; shape (n, n_sources)."""

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def source(self) -> Ints:
        """The first source in ``SOURCES`` that proposed each pair, shape ``(n,)``."""
        first: Ints = np.argmax(~np.isnan(self.rank), axis=1)
        return first

    def columns(self) -> dict[str, Floats]:
        """Scores and ranks as features of the pairs."""
        columns = {f"source_{name}_score": self.score[:, place] for place, name in enumerate(SOURCES)}
        columns |= {f"source_{name}_rank": self.rank[:, place] for place, name in enumerate(SOURCES)}
        return columns | {"source_count": (~np.isnan(self.rank)).sum(axis=1).astype(np.float64)}


def candidates(sources: Sources, history: History, touches: Touches) -> Candidates:
    """What every source proposes to each customer of ``history``, which must use the sources' catalogue."""
    proposals = list(_proposals(sources, history, touches))
    customer = np.concatenate([proposal.customer for proposal in proposals])
    item = np.concatenate([proposal.item for proposal in proposals])
    score = np.concatenate([proposal.score for proposal in proposals])
    source = np.repeat(np.arange(len(SOURCES)), [len(proposal.customer) for proposal in proposals])
    rank = np.concatenate([rank_in_group(proposal.customer) for proposal in proposals])
    size = np.int64(max(len(sources.catalogue), 1))
    key, place = np.unique(customer * size + item, return_inverse=True)
    scores = np.zeros((len(key), len(SOURCES)), dtype=np.float32)
    ranks = np.full((len(key), len(SOURCES)), np.nan, dtype=np.float32)
    scores[place, source] = score
    ranks[place, source] = rank
    return Candidates(key // size, key % size, scores, ranks)


@dataclass(frozen=True)
class _Proposal:
    """One source's pairs, ordered by customer and falling score."""

    customer: Ints
    item: Ints
    score: Floats


def _proposals(sources: Sources, history: History, touches: Touches) -> Iterator[_Proposal]:
    """One proposal for each of ``SOURCES``, in that order."""
    settings = sources.settings
    each = settings.per_source
    weight = touches.weight(settings.half_life_days)
    yield _newest(history.open_carts, touches, weight, each)
    yield _newest(history.open_favorites, touches, weight, each)
    yield _buy_again(touches, settings.half_life_days, each)
    kept = strongest(touches.customer, weight, each)
    yield _Proposal(touches.customer[kept], touches.item[kept], weight[kept])
    own = interest(history, settings, touches)
    bought = purchased(touches, settings.half_life_days)
    for kind, taste in (("viewed_together", own), ("bought_together", bought)):
        yield _from_matrix(sp_matmul_topn(taste, sources.related[kind], top_n=each, sort=True, n_threads=1))
    yield _from_matrix(
        sp_matmul_topn(_category_taste(sources, own), sources.category_items, top_n=each, sort=True, n_threads=1)
    )
    yield _popular(sources, len(history), each)


def _newest(pairs: Pairs, touches: Touches, weight: Floats, each: int) -> _Proposal:
    """The newest first; of those with the same time the one with the most interest (logs may know only the day)."""
    place, _ = touches.find(pairs.customer, pairs.item)
    order = np.lexsort((-weight[place], pairs.age_days, pairs.customer))
    kept = order[rank_in_group(pairs.customer[order]) < each]
    return _Proposal(pairs.customer[kept], pairs.item[kept], 1 / (1 + pairs.age_days[kept]))


def _buy_again(touches: Touches, half_life_days: float, each: int) -> _Proposal:
    """Items bought before, by how often and how lately they were bought."""
    count, age = touches.counts[:, 3], touches.ages_days[:, 3]
    bought = np.flatnonzero(count > 0)
    score = count[bought] * 0.5 ** (age[bought] / (4 * half_life_days))
    kept = strongest(touches.customer[bought], score, each)
    return _Proposal(touches.customer[bought][kept], touches.item[bought][kept], score[kept])


def purchased(touches: Touches, half_life_days: float) -> sparse.csr_matrix:
    """Each customer's bought items by how lately they were bought, shape ``(n_customers, n_items)``."""
    count, age = touches.counts[:, 3], touches.ages_days[:, 3]
    bought = np.flatnonzero(count > 0)
    weight = 0.5 ** (age[bought] / half_life_days)
    shape = (len(touches.history), len(touches.history.catalogue))
    return sparse.csr_matrix((weight.astype(np.float32), (touches.customer[bought], touches.item[bought])), shape=shape)


def _category_taste(sources: Sources, own: sparse.csr_matrix) -> sparse.csr_matrix:
    """The share of each customer's interest in each category, shape ``(n_customers, n_categories)``."""
    category = sources.catalogue.category
    known = np.flatnonzero(category != UNKNOWN)
    shape = (len(category), sources.category_items.shape[0])
    membership = sparse.csr_matrix((np.ones(len(known), dtype=np.float32), (known, category[known])), shape=shape)
    taste = (own @ membership).tocsr()
    total = np.asarray(taste.sum(axis=1)).ravel()
    taste.data /= np.repeat(np.maximum(total, 1e-9), np.diff(taste.indptr)).astype(np.float32)
    return sparse.csr_matrix(taste, dtype=np.float32)


def _from_matrix(matrix: sparse.csr_matrix) -> _Proposal:
    customer = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return _Proposal(customer, matrix.indices.astype(np.int64), matrix.data)


def _popular(sources: Sources, customers: int, each: int) -> _Proposal:
    items = sources.popular[:each]
    rank = np.tile(np.arange(len(items)), customers)
    return _Proposal(np.repeat(np.arange(customers), len(items)), np.tile(items, customers), 1 / (1.0 + rank))


def tiered_score(found: Candidates, tiers: Sequence[Sequence[str]]) -> Floats:
    """A rule as a score: pairs of an earlier tier come first, within a tier by the best rank among its sources.

    Pairs that no source of any tier proposed get minus infinity. Shape ``(n,)``.
    """
    score = np.full(len(found), -np.inf)
    for number, names in reversed(list(enumerate(tiers))):
        ranks = np.fmin.reduce(found.rank[:, [SOURCES.index(name) for name in names]], axis=1)
        proposed = ~np.isnan(ranks)
        score[proposed] = -(number + ranks[proposed] / 1e6)
    return score
