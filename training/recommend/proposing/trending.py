"""What is in demand just now: in the shop, and in the categories, price bands and brands that a person looks at.

All but ``popular`` leave out what the person has touched: that is what other sources are for.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from features.arrays import Ints
from features.catalogue import UNKNOWN
from training.recommend.counted.sources import Sources
from training.recommend.counted.trends import Trends
from training.recommend.people import People
from training.recommend.proposing.linked import best_new
from training.recommend.proposing.proposal import Proposal, untouched
from training.recommend.top import Rows


def category(sources: Sources, people: People, each: int) -> Proposal:
    """The items in demand of the person's categories, by the share of interest in each."""
    return _of_groups(people, sources.catalogue.category, sources.table(Trends).by_category, each)


def price_band(sources: Sources, people: People, each: int) -> Proposal:
    """The items in demand of the person's categories at the prices they look at."""
    trends = sources.table(Trends)
    return _of_groups(people, trends.band, trends.by_band, each)


def brand(sources: Sources, people: People, each: int) -> Proposal:
    """The items in demand of the person's brands."""
    return _of_groups(people, sources.catalogue.brand, sources.table(Trends).by_brand, each)


def new_items(sources: Sources, people: People, each: int) -> Proposal:
    """The newest items of the person's categories."""
    return _of_groups(people, sources.catalogue.category, sources.table(Trends).new_by_category, each)


def rising(sources: Sources, people: People, each: int) -> Proposal:
    """What more people want now than a while ago, for everybody alike."""
    return _for_everyone(people, sources.table(Trends).rising, each)


def in_demand(sources: Sources, people: People, each: int) -> Proposal:
    """What most people want just now, looks and carts counted like purchases, for everybody alike."""
    return _for_everyone(people, sources.table(Trends).popular, each)


def popular(sources: Sources, people: People, each: int) -> Proposal:
    """The shop's most popular items, for everybody alike."""
    items = sources.popular[:each]
    customers = len(people)
    rank = np.tile(np.arange(len(items)), customers)
    return Proposal(np.repeat(np.arange(customers), len(items)), np.tile(items, customers), 1 / (1.0 + rank))


def _for_everyone(people: People, items: Ints, each: int) -> Proposal:
    """The first items of a list that each person has not touched, scored by their place in it."""
    place = np.tile(np.arange(len(items)), len(people))
    everyone = Proposal(np.repeat(np.arange(len(people)), len(items)), np.tile(items, len(people)), 1 / (1.0 + place))
    return untouched(everyone, people, each)


def _of_groups(people: People, group: Ints, items: sparse.csr_matrix, each: int) -> Proposal:
    """The best items of each person's groups of items; ``group`` has the code of every item's."""
    return best_new(_shares(people.interest, group, items.shape[0]), items, people, each)


def _shares(interest: sparse.csr_matrix, group: Ints, groups: int) -> Rows:
    """The share of each person's interest that lies in each group, shape ``(n_people, groups)``."""
    person = np.repeat(np.arange(interest.shape[0]), np.diff(interest.indptr))
    code = group[interest.indices]
    known = code != UNKNOWN
    key, place = np.unique(person[known] * np.int64(groups) + code[known], return_inverse=True)
    share = np.bincount(place, weights=interest.data[known], minlength=len(key))
    owner = key // groups
    total = np.bincount(owner, weights=share, minlength=len(interest.indptr))
    return Rows.of(owner, key % groups, share / np.maximum(total[owner], 1e-9), (interest.shape[0], groups))
