"""What is in demand just now: in the shop, and in the categories, price bands and brands that a person looks at.

All but ``popular`` leave out what the person has touched: that is what other sources are for.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Ints
from features.group_sums import GroupSums
from training.recommend.counted.sources import Sources
from training.recommend.counted.trends import Trends
from training.recommend.people import People
from training.recommend.proposing.spread import Spread
from training.recommend.top import Rows

category = Spread(lambda _, people: people.once(_categories), lambda sources: sources.table(Trends).by_category)
"""The items in demand of the person's categories, by the share of interest in each."""

price_band = Spread(
    lambda sources, people: _shares(people.interest_rows, sources.table(Trends).band, _rows(sources, "by_band")),
    lambda sources: sources.table(Trends).by_band,
)
"""The items in demand of the person's categories at the prices they look at."""

brand = Spread(
    lambda sources, people: _shares(people.interest_rows, sources.catalogue.brand, _rows(sources, "by_brand")),
    lambda sources: sources.table(Trends).by_brand,
)
"""The items in demand of the person's brands."""

new_items = Spread(lambda _, people: people.once(_categories), lambda sources: sources.table(Trends).new_by_category)
"""The newest items of the person's categories."""

rising = Spread(lambda _, people: _everyone(people), lambda sources: sources.table(Trends).rising_row)
"""What more people want now than a while ago, for everybody alike."""

in_demand = Spread(lambda _, people: _everyone(people), lambda sources: sources.table(Trends).popular_row)
"""What most people want just now, looks and carts counted like purchases, for everybody alike."""

popular = Spread(lambda _, people: _everyone(people), lambda sources: sources.popular_row, new=False)
"""The shop's most popular items, for everybody alike."""


def _everyone(people: People) -> Rows:
    """The same for each person, the only row of what is for everybody."""
    count = len(people)
    edges = np.arange(count + 1, dtype=np.int32)
    return Rows(np.ones(count, dtype=np.float32), np.zeros(count, dtype=np.int32), edges, (count, 1))


def _rows(sources: Sources, name: str) -> int:
    return int(getattr(sources.table(Trends), name).shape[0])


def _categories(people: People) -> Rows:
    catalogue = people.history.catalogue
    return _shares(people.interest_rows, catalogue.category, max(len(catalogue.categories), 1))


def _shares(interest: Rows, group: Ints, groups: int) -> Rows:
    """The share of each person's interest that lies in each group, shape ``(n_people, groups)``."""
    person = interest.row
    sums = GroupSums(person, group[interest.indices], interest.data, interest.shape[0], groups)
    cell = np.flatnonzero(sums.sums)
    owner, column = sums.pairs(cell)
    share = sums.sums[cell]
    total = np.bincount(owner, weights=share, minlength=1)
    return Rows.of(owner, column, share / np.maximum(total[owner], 1e-9), (interest.shape[0], groups))
