"""Neighbouring visits: the newest visits of each item and the items of those visits.

The way of V-SKNN (Ludewig and Jannach 2018, "Evaluation of session-based recommendation algorithms"): visits that
share the items touched last vote for their other items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.visits import Visits
from training.recommend.people import People
from training.recommend.top import Rows, best_products, sparse_matrix, strongest

MOST_VISITS = 2_000_000
"""The newest visits of the shop that are kept."""

HALF_LIVES = 4.0
"""A visit's word halves in so many half-lives of a person's own interest."""

ITEMS_PER_VISIT = 50
"""Items of one visit that are kept, the newest; also a bound on what bots can do."""


@dataclass(frozen=True)
class VisitItems:
    """Which items were in which visits of some customers; visits with one item only say nothing and are left out."""

    items: int
    """Size of the catalogue."""
    age_days: Floats
    """Age of each visit's newest step, shape (n_visits,)."""
    visit: Ints
    """Position of the visit, rising; shape (n,)."""
    item: Ints
    """Item code, each once in a visit; shape (n,)."""

    @classmethod
    def of(cls, visits: Visits, items: int) -> VisitItems:
        """The distinct items of every visit."""
        size = np.int64(max(items, 1))
        key, place = np.unique(visits.visit * size + visits.item, return_inverse=True)
        newest = np.zeros(len(key))
        newest[place] = visits.position  # Steps come in time order: the last assignment is the newest.
        kept = strongest(key // size, newest, ITEMS_PER_VISIT)
        visit, item = key[kept] // size, key[kept] % size
        several = np.bincount(visit, minlength=len(visits)) > 1
        number = np.cumsum(several) - 1
        told = several[visit]
        age_days = visits.age_days[visits.boundaries[1:] - 1][several]
        return cls(items, age_days, number[visit[told]], item[told])


@dataclass(frozen=True)
class VisitNeighbours:
    """Visits by rising age, and what they hold."""

    visits_of: sparse.csr_matrix
    """How much each item's newest visits say: rarity of the item x recency of the visit / sqrt(its items + 1);
    ``(n_items, n_visits)``."""
    items_of: sparse.csr_matrix
    """1 for each item of each visit, ``(n_visits, n_items)``."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> VisitItems:
        """The visits of one bucket of customers."""
        return VisitItems.of(people.visits, people.shape[1])

    @classmethod
    def of(cls, parts: Sequence[VisitItems], shop: Shop) -> VisitNeighbours:
        """The newest visits of the whole shop."""
        age = np.concatenate([part.age_days for part in parts])
        offsets = np.cumsum([0, *(len(part.age_days) for part in parts)])
        visit = np.concatenate([part.visit + offset for part, offset in zip(parts, offsets, strict=False)])
        item = np.concatenate([part.item for part in parts])
        # Newest first; visits of one moment by their items, so that the order of customers and buckets plays no part.
        largest = np.zeros(len(age), dtype=np.int64)
        np.maximum.at(largest, visit, item)
        order = np.lexsort((largest, age))[:MOST_VISITS]
        number = np.full(len(age), -1)
        number[order] = np.arange(len(order))
        kept = number[visit] >= 0
        return cls._of(number[visit[kept]], item[kept], age[order], parts[0].items, shop.settings)

    @classmethod
    def _of(cls, visit: Ints, item: Ints, age_days: Floats, items: int, settings: SourceSettings) -> VisitNeighbours:
        count = np.bincount(item, minlength=items)
        rarity = np.log1p(len(age_days) / np.maximum(count, 1)) / np.log1p(max(len(age_days), 1))
        length = np.bincount(visit, minlength=len(age_days))
        word = 0.5 ** (age_days / (HALF_LIVES * settings.half_life_days)) / np.sqrt(length + 1)
        newest = strongest(item, -visit.astype(np.float64), settings.visits_per_item)
        weight = (rarity[item] * word[visit])[newest]
        return cls(
            visits_of=sparse_matrix(item[newest], visit[newest], weight, (items, len(age_days))),
            items_of=sparse_matrix(visit, item, np.ones(len(item)), (len(age_days), items)),
        )

    @cached_property
    def held(self) -> Rows:
        """:attr:`items_of` for answers: its entries are all 1, so that they need not be looked up in memory."""
        ones = np.broadcast_to(np.float32(1), self.items_of.indices.shape)
        return Rows(ones, self.items_of.indices, self.items_of.indptr, self.items_of.shape)

    def likest(self, interest: sparse.csr_matrix | Rows, neighbours: int) -> Rows:
        """The ``neighbours`` likest visits of each person by their share of the likeness, ``(n_people, n_visits)``.

        ``interest`` says how much each person's newest items count, ``(n_people, n_items)``.
        """
        return best_products(interest, self.visits_of, neighbours).shares
