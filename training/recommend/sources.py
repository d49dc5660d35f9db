"""What is counted over the whole shop before anyone can be recommended anything: popularity and item-to-item tables.

Nothing here is learned: fitting is counting up to a cutoff, so publishing can do it again on the newest data with the
ranker that an earlier training chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN, Catalogue
from features.events.engine import Progress
from features.history import PURCHASE, History
from features.items import ItemFeatures, ItemStatistics, item_features, item_statistics
from features.pairs import Touches

RELATED_KINDS = ("viewed_together", "bought_together")
"""Kinds of item-to-item table."""


@dataclass(frozen=True)
class SourceSettings:
    """How candidate sources count."""

    half_life_days: float = 14.0
    """A touch's weight in a customer's own history halves in this time."""
    neighbours: int = 50
    """Related items kept for each item."""
    history_items: int = 50
    """A customer's strongest items that related items are looked up for; also a bound on what bots can do."""
    per_source: int = 50
    """Candidates taken from each source for each customer."""


@dataclass(frozen=True)
class Sources:
    """The shop's counts at one cutoff."""

    cutoff: datetime
    """Only what was known before it is counted."""
    settings: SourceSettings
    """How it was counted."""
    catalogue: Catalogue
    """The items."""
    statistics: ItemStatistics
    """Sums over all customers."""
    items: ItemFeatures
    """Features of the items."""
    related: Mapping[str, sparse.csr_matrix]
    """Item-to-item scores by kind, (n_items, n_items), each row holding its best; a score is a damped cosine."""
    popular: Ints
    """Items by recent purchases, then recent views; all items that had any event."""
    category_items: sparse.csr_matrix
    """The trending items of each category, scores within 0 and 1, (n_categories, n_items)."""

    @classmethod
    def fit(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        settings: SourceSettings,
        *,
        catalogue: Catalogue | None = None,
        progress: Progress | None = None,
    ) -> Sources:
        """Count everything known before ``cutoff``."""
        catalogue = behaviour.catalogue(cutoff) if catalogue is None else catalogue

        def count(_: int, history: History) -> tuple[ItemStatistics, sparse.csr_matrix, sparse.csr_matrix]:
            return item_statistics(history), interest(history, settings), baskets(history)

        parts = list(behaviour.map_histories(count, cutoff, catalogue, progress=progress))
        statistics = sum((part[0] for part in parts[1:]), start=parts[0][0])
        seen = sparse.vstack([part[1] for part in parts], format="csr")
        bought = sparse.vstack([part[2] for part in parts], format="csr")
        return cls(
            cutoff=cutoff,
            settings=settings,
            catalogue=catalogue,
            statistics=statistics,
            items=item_features(statistics, catalogue),
            related={
                "viewed_together": related_items(seen, settings.neighbours),
                "bought_together": related_items(bought, settings.neighbours),
            },
            popular=popular_items(statistics),
            category_items=category_items(statistics, catalogue, settings.per_source),
        )


def interest(history: History, settings: SourceSettings, touches: Touches | None = None) -> sparse.csr_matrix:
    """Each customer's strongest items by decayed touches, shape ``(n_customers, n_items)``."""
    touches = Touches.of(history) if touches is None else touches
    weight = touches.weight(settings.half_life_days)
    kept = strongest(touches.customer, weight, settings.history_items)
    return _matrix(touches.customer[kept], touches.item[kept], weight[kept], (len(history), len(history.catalogue)))


def baskets(history: History) -> sparse.csr_matrix:
    """What each customer bought on one day, one row a basket, shape ``(n_baskets, n_items)``."""
    rows = history.of(PURCHASE)
    days = history.local_day[rows].astype(np.int64)
    span = np.int64(days.max(initial=0) - days.min(initial=0) + 1)
    _, basket = np.unique(history.customer[rows] * span + days - days.min(initial=0), return_inverse=True)
    pair = np.unique(basket * np.int64(max(len(history.catalogue), 1)) + history.item[rows])
    row, item = pair // max(len(history.catalogue), 1), pair % max(len(history.catalogue), 1)
    shape = (int(basket.max(initial=-1)) + 1, len(history.catalogue))
    return _matrix(row, item, np.ones(len(row)), shape)


def related_items(matrix: sparse.csr_matrix, neighbours: int) -> sparse.csr_matrix:
    """For each item the items most often in the same rows: cosine of columns, rows damped by their length.

    A row with many items says less about each pair of them (it is divided by the square root of its number of
    items), and items in few rows are not trusted fully: the cosine is multiplied by ``sqrt(n / (n + 3))`` for each of
    the two items, with ``n`` the rows that hold it. No item is related to itself.
    """
    presence = matrix.copy()
    presence.data = np.ones_like(presence.data)
    per_row = np.diff(presence.indptr)
    damped = _scaled_rows(presence, 1 / np.sqrt(np.maximum(per_row, 1)))
    norm = np.sqrt(np.asarray(damped.multiply(damped).sum(axis=0)).ravel())
    held = np.asarray(presence.sum(axis=0)).ravel()
    trust = np.sqrt(held / (held + 3.0))
    items = _scaled_rows(sparse.csr_matrix(damped.T), trust / np.maximum(norm, 1e-12))
    product = sp_matmul_topn(items, sparse.csr_matrix(items.T), top_n=neighbours + 1, sort=True, n_threads=2)
    product.setdiag(0)
    product.eliminate_zeros()
    found = sparse.csr_matrix(product)
    # An item in few rows can be more like others than, by this score, like itself: then it took no place from them.
    if np.diff(found.indptr).max(initial=0) <= neighbours:
        return found
    row = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    kept = strongest(row, found.data, neighbours)
    return _matrix(row[kept], found.indices[kept], found.data[kept], found.shape)


def popular_items(statistics: ItemStatistics) -> Ints:
    """Item codes by recent purchases, ties by all recent events, then by code."""
    purchases = statistics.decayed[:, PURCHASE]
    events = statistics.decayed.sum(axis=1)
    order = np.lexsort((np.arange(len(events)), -events, -purchases))
    popular: Ints = order[events[order] > 0]
    return popular


def trend(statistics: ItemStatistics) -> Floats:
    """Recent purchases and a little of the other recent events, so that unsold items have an order as well."""
    score: Floats = statistics.decayed[:, PURCHASE] + 0.02 * statistics.decayed.sum(axis=1)
    return score


def category_items(statistics: ItemStatistics, catalogue: Catalogue, each: int) -> sparse.csr_matrix:
    """The ``each`` most trending items of every category; the best of a category has score 1."""
    score = trend(statistics)
    shape = (max(len(catalogue.categories), 1), len(catalogue))
    known = np.flatnonzero((catalogue.category != UNKNOWN) & (score > 0))
    kept = known[strongest(catalogue.category[known], score[known], each)]
    best = np.zeros(shape[0])
    np.maximum.at(best, catalogue.category[kept], score[kept])
    return _matrix(catalogue.category[kept], kept, score[kept] / best[catalogue.category[kept]], shape)


def strongest(group: Ints, score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores of every group, ordered by group and falling score."""
    order = np.lexsort((-score, group))
    return order[rank_in_group(group[order]) < each]


def rank_in_group(group: Ints) -> Ints:
    """Position of each entry within its run of equal values, from 0; ``group`` must be ordered."""
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))


def _scaled_rows(matrix: sparse.csr_matrix, factor: Floats) -> sparse.csr_matrix:
    scaled = matrix.astype(np.float32)
    scaled.data *= np.repeat(factor, np.diff(matrix.indptr)).astype(np.float32)
    return scaled


def _matrix(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.csr_matrix((value.astype(np.float32), (row, column)), shape=shape)
