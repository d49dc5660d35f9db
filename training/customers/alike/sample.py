"""The customers by whom a shop's space and clusters are told: whole buckets, without those who are set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.arrays import Floats
from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.customers import customer_features
from features.history import History
from features.shop.anomalies import Anomalies
from training.customers.alike.tastes import MOST_NAMES, Tastes, item_interest
from training.customers.alike.traits import Traits


@dataclass(frozen=True)
class Sample:
    """Some buckets of a shop; a bucket is a hash of the id, so its customers are an unbiased sample."""

    behaviour: Behaviour
    """The shop."""
    as_of: datetime
    """Only what was known before this moment counts."""
    catalogue: Catalogue
    """The items known then."""
    anomalies: Anomalies
    """Who is set aside: bots and resellers must not say what is usual."""
    by_item: Floats
    """The sample's interest in each item; shape (n_items,)."""
    buckets: range
    """The buckets."""

    @classmethod
    def of(cls, behaviour: Behaviour, as_of: datetime, most: int) -> Sample:
        """As many buckets as hold ``most`` customers, or all."""
        catalogue = behaviour.catalogue(as_of)
        anomalies = Anomalies.before(behaviour, as_of, catalogue)

        def of_bucket(_: int, history: History) -> tuple[int, Floats]:
            return len(history), item_interest(history, ~anomalies.set_aside(history).flags)

        by_item, people, read = np.zeros(len(catalogue)), 0, 0
        for size, shown in behaviour.map_histories(of_bucket, as_of, catalogue):
            by_item, people, read = by_item + shown, people + size, read + 1
            if people >= most:
                break
        return cls(behaviour, as_of, catalogue, anomalies, by_item, range(read))

    def tastes(self) -> tuple[Tastes, ...]:
        """The main categories and brands."""
        return tuple(Tastes.fit(kind, self.catalogue, self.by_item) for kind in MOST_NAMES)

    def traits(self, *tastes: tuple[Tastes, ...]) -> list[Traits]:
        """The traits of those who are known well enough, once with each of the ``tastes``, row for row."""

        def of_bucket(_: int, history: History) -> list[Traits]:
            features = customer_features(history)
            found = [Traits.of(history, features, each) for each in tastes]
            rows = np.flatnonzero(found[0].known & ~self.anomalies.set_aside(history).flags)
            return [each.take(rows) for each in found]

        parts = list(self.behaviour.map_histories(of_bucket, self.as_of, self.catalogue, buckets=self.buckets))
        return [Traits.joined([part[place] for part in parts]) for place in range(len(tastes))]
