"""The tables of related items, each kind with a meaning of its own.

A score is a damped share between 0 and 1, whatever the size of the shop. With ``w`` the people who did it, each once
and by how lately: ``score(a, b) = w(a, b) / ((w(a) + d)^(1 - p) (w(b) + d)^p)``. At ``p`` = 1/2 that is a cosine, at 0
the share of those with ``a`` who came to ``b``; between them, what everybody buys is held back by so much. A pair of
fewer than ``LEAST_PEOPLE`` different people has no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints, run_starts
from features.items import item_price
from training.recommend.counted.acts import Acts
from training.recommend.counted.pair_sums import Meetings, PersonPairs, pair_sums
from training.recommend.counted.related import BestRows, seen_together
from training.recommend.counted.table import Shop
from training.recommend.people import People
from training.recommend.top import sparse_matrix, strongest

RELATED_KINDS = (
    "viewed_together",
    "bought_together",
    "viewed_then_bought",
    "bought_within",
    "similar",
    "replacement",
)
"""Kinds of item-to-item table; the first is meant where none is asked for."""

LEAST_PEOPLE = 2
"""Fewer different people than this make no relation."""

DAMPING = 3.0
"""So many people who did not are added to each item, so that a few say less than many."""

DIRECTED_POPULARITY = 0.3
"""How much items that everybody comes to are held back where one thing follows another."""

THEN_BOUGHT_DAYS = 7.0
"""A purchase so soon after a view followed it."""

WITHIN_DAYS = 30.0
"""Another order so soon after an order is of the same month."""

BOUGHT_HALF_LIVES = 2.0
"""What people bought counts half after so many half-lives of their interest."""


@dataclass(frozen=True)
class RelatedPart:
    """What one bucket of customers adds."""

    seen: sparse.csr_matrix
    """Each person's strongest items, by how lately they were touched, (n_people, n_items)."""
    viewed: Acts
    """What was viewed on which day."""
    bought: Acts
    """What was bought in which order."""

    @classmethod
    def of(cls, people: People) -> RelatedPart:
        """The part of some people."""
        touches = people.touches
        kept = strongest(touches.customer, people.weight, people.history_items)
        age_days = np.fmin.reduce(touches.ages_days[kept], axis=1)
        # A pair of touches counts with the product of their weights: half when both are a half-life old.
        weight = 0.5 ** (age_days / (2 * people.half_life_days))
        seen = sparse_matrix(touches.customer[kept], touches.item[kept], weight, people.shape)
        return cls(seen, Acts.views(people.history), Acts.orders(people.history))


@dataclass(frozen=True)
class RelatedCounts:
    """The parts of all buckets together, and the tables they come to; each is made when it is asked for."""

    shop: Shop
    """The items."""
    parts: Sequence[RelatedPart] = field(repr=False)
    """One for each bucket; there is at least one."""

    def tables(self, kinds: Sequence[str] = RELATED_KINDS) -> Mapping[str, sparse.csr_matrix]:
        """The tables of some kinds: (n_items, n_items), each row holding its best, best first."""
        return {kind: getattr(self, kind) for kind in kinds}

    @cached_property
    def viewed_together(self) -> sparse.csr_matrix:
        """Items in the same hands: viewed, carted, favourited or bought by the same people."""
        seen = sparse.vstack([part.seen for part in self.parts], format="csr")
        return seen_together(seen, LEAST_PEOPLE, self._width)

    @cached_property
    def bought_together(self) -> sparse.csr_matrix:
        """Items in the same orders."""
        bought = self._bought
        return self._scored(bought, bought, bought.same_order(), popularity=0.5)

    @cached_property
    def viewed_then_bought(self) -> sparse.csr_matrix:
        """For a viewed item what was bought within ``THEN_BOUGHT_DAYS`` after; another item than that."""
        viewed, bought = self._viewed, self._bought
        followed = viewed.followed_by(bought, THEN_BOUGHT_DAYS, at_once=True)
        return self._scored(viewed, bought, followed, DIRECTED_POPULARITY)

    @cached_property
    def bought_within(self) -> sparse.csr_matrix:
        """For a bought item what the same people bought in later orders within ``WITHIN_DAYS``."""
        bought = self._bought
        return self._scored(bought, bought, bought.followed_by(bought, WITHIN_DAYS, at_once=False), DIRECTED_POPULARITY)

    @cached_property
    def similar(self) -> sparse.csr_matrix:
        """Items that are alike by what is said of them and by the company they keep."""
        from training.recommend.counted.similar import similar_items  # and scikit-learn, which services do without

        return similar_items(self._traits, self._trend, self._width)

    @cached_property
    def replacement(self) -> sparse.csr_matrix:
        """What can stand in for an item that is out of stock."""
        from training.recommend.counted.similar import replacements

        return replacements(self._traits, self.similar, self.shop.catalogue, self._price, self._trend, self._width)

    @cached_property
    def _traits(self) -> sparse.csr_matrix:
        from training.recommend.counted.similar import traits

        return traits(self.shop.catalogue, self._price, self.viewed_together)

    @cached_property
    def _price(self) -> Floats:
        return item_price(self.shop.statistics, self.shop.catalogue)

    @property
    def _trend(self) -> Floats:
        return self.shop.statistics.decayed.sum(axis=1)

    @cached_property
    def _viewed(self) -> Acts:
        return Acts.joined([part.viewed for part in self.parts])

    @cached_property
    def _bought(self) -> Acts:
        return Acts.joined([part.bought for part in self.parts])

    @property
    def _width(self) -> int:
        return self.shop.settings.neighbours

    def _scored(self, left: Acts, right: Acts, run: tuple[Ints, Ints], popularity: float) -> sparse.csr_matrix:
        items = len(self.shop.catalogue)
        half_life_days = BOUGHT_HALF_LIVES * self.shop.settings.half_life_days
        weight = 0.5 ** (left.age_days / half_life_days)
        meetings = Meetings(left.item, left.person, weight, *run, right.item, np.zeros(len(right), np.int8), items)
        own = _people_weight(left, half_life_days, items) + DAMPING
        others = _people_weight(right, half_life_days, items) + DAMPING
        table = BestRows(items, self._width)
        for found in pair_sums(meetings, _weight_and_people):
            kept = np.flatnonzero(found.sums[:, 1] >= LEAST_PEOPLE)
            a, b = found.label[kept], found.item[kept]
            table.add(a, b, found.sums[kept, 0] / (own[a] ** (1 - popularity) * others[b] ** popularity))
        return table.matrix()


def _weight_and_people(pairs: PersonPairs) -> Floats:
    return np.stack([pairs.weight, np.ones(len(pairs.weight))], axis=1)


def _people_weight(acts: Acts, half_life_days: float, items: int) -> Floats:
    """The people who did it with each item, each once with their newest act, ``(n_items,)``."""
    key = acts.item * np.int64(max(acts.people, 1)) + acts.person
    order = np.lexsort((acts.age_minutes, key))
    newest = order[run_starts(np.diff(key[order]) != 0, len(key))]
    weight = 0.5 ** (acts.age_days[newest] / half_life_days)
    return np.bincount(acts.item[newest], weights=weight, minlength=items).astype(np.float64)
