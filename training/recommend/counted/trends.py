"""Trends: what is in demand just now, in the shop and in each category, price band and brand; what rises, what is new.

Every kind of event counts, the newer the more: purchases alone say nothing of most items. Scores are shares of the
best item of a group, so they mean the same in a small group and a large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN, Catalogue
from features.events.event import EPOCH
from features.history import CART, DAY_US, FAVORITE, PURCHASE, VIEW
from features.items import ITEM_WINDOW_DAYS, ItemStatistics
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People
from training.recommend.top import Rows, by_place, rank_in_group, sparse_matrix, strongest

DEMAND = {VIEW: 1.0, FAVORITE: 2.0, CART: 3.0, PURCHASE: 3.0}
"""What a recent event of each kind adds to an item's demand."""

BAND_EDGES = (-0.7, -0.25, 0.25, 0.7)
"""Price bands within a category, by log(price / its median): half, four fifths, five fourths and twice the median."""

BANDS = len(BAND_EDGES) + 1

LATELY_DAYS, BEFORE_DAYS = 3, 14
"""What rises is in demand in the last days more than in those before; both are windows of the item statistics."""

RISE_CAUTION = 5.0
"""So many events at the usual pace are added to both, so that the first few views make no rise."""

SPARE = 20
"""So many more items of each group are kept than a source proposes."""

NEW_SHARE = 0.1
"""Items count as new within this share of the shop's history."""


@dataclass(frozen=True)
class Trends:
    """Demand by item and by group of items."""

    demand: Floats
    """Decayed events of each item, weighted by kind; float32, shape (n_items,)."""
    category_share: Floats
    """Demand over that of the best item of its category, NaN where it has none; float32, shape (n_items,)."""
    category_place: Floats
    """Share of its category's items in demand that come before it, NaN as above; float32, shape (n_items,)."""
    band: Ints
    """Code ``category * BANDS + band`` of the item's price in its category, UNKNOWN where none; shape (n_items,)."""
    by_category: sparse.csr_matrix
    """The items in demand of each category, shape (n_categories, n_items)."""
    by_band: sparse.csr_matrix
    """The items in demand of each category's price bands, shape (n_categories * BANDS, n_items)."""
    by_brand: sparse.csr_matrix
    """The items in demand of each brand, shape (n_brands, n_items)."""
    new_by_category: sparse.csr_matrix
    """The newest items of each category, those in demand first among as new ones, shape (n_categories, n_items)."""
    popular: Ints
    """The items most in demand, the best first."""
    rise: Floats
    """Log of each item's pace in the last days over that of the days before, cautiously; float32, shape (n_items,)."""
    rising: Ints
    """The items that rise most, weighted by their demand, the best first."""

    @cached_property
    def mean_demand(self) -> float:
        """That of a mean item."""
        return max(float(self.demand.mean()), 1e-9) if len(self.demand) else 1.0

    @cached_property
    def of_items(self) -> Floats:
        """Logarithm of the demand over the mean, rise, and share and place in the category; float32, (n_items, 4).

        Side by side, as answers look at few items and at all of these.
        """
        demand = np.log((self.demand + self.mean_demand) / self.mean_demand)
        columns = (demand, self.rise, self.category_share, self.category_place)
        return np.stack(columns, axis=1, dtype=np.float32, casting="same_kind")

    @cached_property
    def popular_row(self) -> Rows:
        """:attr:`popular` as the only row of a relation, ``(1, n_items)``."""
        return by_place(self.popular, len(self.demand))

    @cached_property
    def rising_row(self) -> Rows:
        """:attr:`rising` as the only row of a relation, ``(1, n_items)``."""
        return by_place(self.rising, len(self.demand))

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> None:
        """Nothing: the sums over all customers that everyone shares are enough."""

    @classmethod
    def of(cls, parts: Sequence[None], shop: Shop) -> Trends:
        """The trends of the whole shop; each group keeps a few more than a source proposes, as some will be known."""
        catalogue, most = shop.catalogue, shop.settings.per_source + SPARE
        demand = demands(shop.statistics)
        share, place = _within(catalogue.category, demand)
        band = price_bands(catalogue)
        rise = rises(shop.statistics)
        lifted = np.where(rise > 0, rise * np.sqrt(demand), 0.0)
        categories = max(len(catalogue.categories), 1)
        return cls(
            demand=demand.astype(np.float32),
            category_share=share.astype(np.float32),
            category_place=place.astype(np.float32),
            band=band,
            by_category=best_of_groups(catalogue.category, categories, demand, most),
            by_band=best_of_groups(band, categories * BANDS, demand, most),
            by_brand=best_of_groups(catalogue.brand, max(len(catalogue.brands), 1), demand, most),
            new_by_category=best_of_groups(catalogue.category, categories, newness(shop), most),
            popular=_first(demand, most),
            rise=rise.astype(np.float32),
            rising=_first(lifted, most),
        )


def demands(statistics: ItemStatistics) -> Floats:
    """Recent events of each item, weighted by kind, shape ``(n_items,)``."""
    weight = np.zeros(statistics.decayed.shape[1])
    weight[list(DEMAND)] = list(DEMAND.values())
    demand: Floats = statistics.decayed @ weight
    return demand


def newness(shop: Shop) -> Floats:
    """How new each item is, 0 to 1, and 0 once it is not new; shape ``(n_items,)``.

    The age of what nobody has touched yet is that of its offer. Where that is not told the item is not new: in a look
    at the past it may not have existed.
    """
    statistics = shop.statistics
    span = max(statistics.first_age_days.max(initial=0.0), 1.0)
    tie = statistics.decayed.sum(axis=1)
    offered_days = ((shop.cutoff - EPOCH) / timedelta(microseconds=1) - shop.catalogue.added_us) / DAY_US
    age_days = np.where(tie > 0, statistics.first_age_days, np.where(np.isnan(offered_days), np.inf, offered_days))
    age = age_days / (NEW_SHARE * span)
    return np.where(age < 1, 1 - age, 0.0) * (0.9 + 0.1 * tie / (tie + 10))


def rises(statistics: ItemStatistics) -> Floats:
    """Log of the pace of events in the last days over that of those before, shape ``(n_items,)``."""
    events = statistics.counts.sum(axis=1)
    lately = events[:, ITEM_WINDOW_DAYS.index(LATELY_DAYS)]
    before = events[:, ITEM_WINDOW_DAYS.index(BEFORE_DAYS)] - lately
    share = lately.sum() / max(lately.sum() + before.sum(), 1e-9)
    if share in (0.0, 1.0):
        return np.zeros(len(lately))
    rise: Floats = np.log((lately + RISE_CAUTION * share) / share) - np.log(
        (before + RISE_CAUTION * (1 - share)) / (1 - share)
    )
    return rise


def price_bands(catalogue: Catalogue) -> Ints:
    """Code of category and price band of each item, ``UNKNOWN`` where one of the two is; shape ``(n_items,)``."""
    level = catalogue.price_level
    known = ~np.isnan(level) & (catalogue.category != UNKNOWN)
    band = np.searchsorted(BAND_EDGES, np.nan_to_num(level))
    return np.where(known, catalogue.category.astype(np.int64) * BANDS + band, UNKNOWN)


def best_of_groups(group: Ints, groups: int, score: Floats, each: int) -> sparse.csr_matrix:
    """The ``each`` highest scores of every group over the group's best, shape ``(groups, n_items)``."""
    chosen = np.flatnonzero((group != UNKNOWN) & (score > 0))
    kept = chosen[strongest(group[chosen], score[chosen], each)]
    best = np.zeros(groups)
    np.maximum.at(best, group[kept], score[kept])
    return sparse_matrix(group[kept], kept, score[kept] / best[group[kept]], (groups, len(group)))


def _within(group: Ints, score: Floats) -> tuple[Floats, Floats]:
    """Score over the group's best, and the share of the group's scored items before it, NaN without a group."""
    share, place = np.full(len(group), np.nan), np.full(len(group), np.nan)
    grouped = np.flatnonzero(group != UNKNOWN)
    share[grouped], place[grouped] = 0.0, 1.0
    scored = grouped[score[grouped] > 0]
    order = scored[np.lexsort((scored, -score[scored], group[scored]))]
    size = np.bincount(group[order], minlength=1)
    rank = rank_in_group(group[order])
    best = np.zeros(len(size))
    best[group[order[rank == 0]]] = score[order[rank == 0]]
    share[order], place[order] = score[order] / best[group[order]], rank / size[group[order]]
    return share, place


def _first(score: Floats, most: int) -> Ints:
    """Items by falling score, ties by code; those without a score are left out."""
    order = np.lexsort((np.arange(len(score)), -score))[:most]
    first: Ints = order[score[order] > 0]
    return first
