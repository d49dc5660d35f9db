"""What customers bought within the horizon after a cutoff: the answers that recommendations are measured by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow.compute as pc

from features.arrays import Flags, Ints
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN
from features.history import History


@dataclass(frozen=True)
class Answers:
    """Distinct pairs of customer and bought item, for customers that a history knows."""

    key: Ints
    """``customer * size + item``, rising; items unknown at the cutoff have codes past the catalogue's; shape (n,)."""
    bought: Ints
    """How many distinct items each customer bought, shape (n_customers,)."""
    size: int
    """Above every item code in ``key``."""

    @classmethod
    def of(cls, behaviour: Behaviour, bucket: int, history: History, horizon_days: float) -> Answers:
        """The purchases in ``[cutoff, cutoff + horizon_days)`` of the customers in ``history``."""
        until = history.cutoff + timedelta(days=horizon_days)
        events = behaviour.reader.bucket(bucket, since=history.cutoff, before=until)
        events = events.filter(pc.equal(events["kind"].cast("string"), "purchase"))
        customer = pc.fill_null(pc.index_in(events["customer_id"], value_set=history.customer_ids), -1)
        customer = np.asarray(customer, dtype=np.int64)
        item = history.catalogue.codes(events["item_id"]).astype(np.int64)
        # Items that nobody could know yet get codes of their own, so that each counts as one missed answer.
        unknown = item == UNKNOWN
        named = events["item_id"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
        item[unknown] = len(history.catalogue) + named[unknown]
        known = customer >= 0
        size = int(item.max(initial=0)) + len(history.catalogue) + 1
        key = np.unique(customer[known] * np.int64(size) + item[known])
        return cls(key, np.bincount(key // size, minlength=len(history)), size)

    def chosen(self, customers: Ints) -> Answers:
        """The answers of some customers, by rising positions, who are counted anew from 0."""
        place = np.searchsorted(customers, self.key // self.size)
        held = np.take(np.append(customers, -1), place) == self.key // self.size
        key = place[held] * np.int64(self.size) + self.key[held] % self.size
        return Answers(key, self.bought[customers], self.size)

    def hold(self, customer: Ints, item: Ints) -> Flags:
        """Whether each pair was bought, the shape that both have together; padding (-1) never is."""
        if not len(self.key):
            return np.zeros(np.broadcast_shapes(np.shape(customer), np.shape(item)), dtype=bool)
        wanted = customer * np.int64(self.size) + np.maximum(item, 0)
        place = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        held: Flags = (self.key[place] == wanted) & (np.asarray(item) >= 0)
        return held
