"""A recommender counted from plain arrays, and the histories of people who only filled their carts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.events.event import EPOCH
from features.history import CART, History
from features.items import item_features, item_statistics
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.recommender import FittedRecommender, Recommender

LIVE_SOURCES = ("open_cart", "viewed", "viewed_together", "popular")
"""The sources that the small recommender asks."""

RULE = (("open_cart",), ("viewed",), ("viewed_together",))
"""The order of what they propose; what is merely popular is not theirs to say."""


def carts(ids: Sequence[str], items: Sequence[Sequence[int]], shelf: Catalogue, moment: datetime) -> History:
    """People with these items in their carts: the first was put there last, an hour before ``moment``."""
    counts = [len(own) for own in items]
    hours = np.concatenate([np.arange(count, 0, -1) for count in counts] or [np.zeros(0, dtype=np.int64)])
    total = sum(counts)
    day = (moment - EPOCH) // timedelta(days=1)
    return History(
        cutoff=moment,
        catalogue=shelf,
        customer_ids=pa.array(list(ids), pa.string()),
        boundaries=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
        kind=np.full(total, CART, dtype=np.uint8),
        item=np.array([item for own in items for item in reversed(own)], dtype=np.int32),
        age_days=hours / 24,
        local_day=np.full(total, day - 1, dtype=np.int32),
        local_hour=(24 - hours).astype(np.int8),
        quantity=np.ones(total, dtype=np.float32),
        unit_price=np.full(total, np.nan, dtype=np.float32),
        order_id=pa.nulls(total, pa.string()),
    )


def recommender(
    shelf: Catalogue, related: Mapping[str, tuple[Ints, Floats]], popular: Ints, moment: datetime
) -> FittedRecommender:
    """A recommender without a model for these relations and popular items."""
    settings = SourceSettings()
    statistics = item_statistics(carts([], [], shelf, moment))
    sources = Sources(
        cutoff=moment,
        settings=settings,
        catalogue=shelf,
        statistics=statistics,
        items=item_features(statistics, shelf),
        related={kind: _matrix(items, scores) for kind, (items, scores) in related.items()},
        popular=popular,
    )
    return FittedRecommender(Recommender(settings, names=LIVE_SOURCES, rule=RULE), sources)


def _matrix(items: Ints, scores: Floats) -> sparse.csr_matrix:
    """Rows of related items, best first; an item whose only neighbour would be itself has none."""
    rows = len(items)
    kept = items != np.arange(rows)[:, None]
    boundaries = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    parts = (scores[kept].astype(np.float32), items[kept].astype(np.int32), boundaries)
    return sparse.csr_matrix(parts, shape=(rows, rows))
