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

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN, Catalogue
from features.history import PURCHASE, History
from features.items import ItemFeatures, ItemStatistics, item_features, item_statistics
from features.pairs import Touches
from features.progress import Progress
from training.recommend.counted.related import baskets, related_items
from training.recommend.top import sparse_matrix, strongest


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
    shape = (len(history), len(history.catalogue))
    return sparse_matrix(touches.customer[kept], touches.item[kept], weight[kept], shape)


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
    return sparse_matrix(catalogue.category[kept], kept, score[kept] / best[catalogue.category[kept]], shape)
