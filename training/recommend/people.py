"""The people to recommend to: their history and the views of it that several sources share, each made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats
from features.customers import CustomerFeatures, customer_features
from features.history import History
from features.pairs import TOUCH_KINDS, Touches, pair_customers
from training.recommend.bought import Bought
from training.recommend.counted.visits import LastItems, NewestSteps, Visits
from training.recommend.top import Rows, strongest_places

T = TypeVar("T")

LAST_ITEMS = 10
"""So many of the items that a customer touched last are looked at by the sources of the visit."""


@dataclass(frozen=True)
class People:
    """Some customers at one moment, seen with a half-life."""

    history: History
    """What was known of them."""
    half_life_days: float
    """A touch's weight halves in this time."""
    history_items: int
    """Only so many of a customer's strongest items are looked at; also a bound on what bots can do."""

    def __len__(self) -> int:
        return len(self.history)

    @cached_property
    def touches(self) -> Touches:
        """What each of them did with each item."""
        return Touches.of(self.history)

    @cached_property
    def features(self) -> CustomerFeatures:
        """The feature table of these customers."""
        return customer_features(self.history)

    @cached_property
    def features_for_pairs(self) -> CustomerFeatures:
        """Those of them that features of pairs need."""
        return pair_customers(self.history)

    @cached_property
    def weight(self) -> Floats:
        """Decayed interest of each touched pair, shape ``(n_pairs,)``."""
        return self.touches.weight(self.half_life_days)

    @cached_property
    def interest_rows(self) -> Rows:
        """Each customer's strongest items by decayed touches, shape ``(n_customers, n_items)``."""
        touches = self.touches
        kept = strongest_places(touches.customer, self.weight, self.history_items)
        return Rows.of(touches.customer[kept], touches.item[kept], self.weight[kept], self.shape)

    @cached_property
    def interest(self) -> sparse.csr_matrix:
        """The same, to be calculated with."""
        return self.interest_rows.matrix

    @cached_property
    def bought(self) -> Bought:
        """What each of them bought, order by order."""
        return Bought.of(self.history)

    @cached_property
    def purchased_rows(self) -> Rows:
        """Each customer's bought items by how lately they were bought, shape ``(n_customers, n_items)``."""
        return self._by_kind("purchase")

    @cached_property
    def purchased(self) -> sparse.csr_matrix:
        """The same, to be calculated with."""
        return self.purchased_rows.matrix

    @cached_property
    def viewed_rows(self) -> Rows:
        """Each customer's viewed items by how lately they were viewed, shape ``(n_customers, n_items)``."""
        return self._by_kind("view")

    @cached_property
    def viewed(self) -> sparse.csr_matrix:
        """The same, to be calculated with."""
        return self.viewed_rows.matrix

    @cached_property
    def visits(self) -> Visits:
        """What they touched with no long pause between."""
        return Visits.of(self.history)

    @cached_property
    def last_items(self) -> LastItems:
        """The items that each of them touched last."""
        return LastItems.of(self.visits, len(self.history.catalogue), LAST_ITEMS)

    def newest_steps(self, steps: int) -> NewestSteps:
        """The last ``steps`` steps of each of them."""
        return NewestSteps.of(self.visits, len(self), steps)

    def once(self, work: Callable[[People], T]) -> T:
        """What ``work`` makes of these people, made once: a source and the features may ask for the same."""
        if work not in self._made:
            self._made[work] = work(self)
        return cast("T", self._made[work])

    @cached_property
    def _made(self) -> dict[Callable[[People], Any], Any]:
        return {}

    @property
    def shape(self) -> tuple[int, int]:
        """Customers and items."""
        return len(self.history), len(self.history.catalogue)

    def _by_kind(self, name: str) -> Rows:
        column, touches = list(TOUCH_KINDS).index(name), self.touches
        chosen = np.flatnonzero(touches.counts[:, column] > 0)
        weight = 0.5 ** (touches.ages_days[chosen, column] / self.half_life_days)
        best = strongest_places(touches.customer[chosen], weight, self.history_items)
        kept = chosen[best]
        return Rows.of(touches.customer[kept], touches.item[kept], weight[best], self.shape)
