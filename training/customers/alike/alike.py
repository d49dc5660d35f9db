"""Who is alike in a shop: the space, the clusters and their portraits, fitted together and stored as one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints
from features.behaviour import Behaviour
from features.customers import CustomerFeatures
from features.history import History
from features.progress import Said
from training.customers.alike.clusters import LEAST_PEOPLE, LEAST_STABILITY, NO_CLUSTER, Clusters
from training.customers.alike.portraits import Portrait, portraits
from training.customers.alike.sample import Sample
from training.customers.alike.space import Space
from training.customers.alike.traits import Traits

MOST_FITTED = 50_000
"""So many customers tell what is usual and where the clusters lie; further buckets are not read."""

FILE = "alike.json"
"""The file that holds all of it."""


@dataclass(frozen=True)
class Placed:
    """Where some customers stand."""

    vectors: Floats
    """Their coordinates, 0 for those who are not compared; float32, shape (n_customers, n_traits)."""
    compared: Flags
    """Who has done enough to be compared; shape (n_customers,)."""
    cluster: Ints
    """The number of their cluster, ``NO_CLUSTER`` for none; shape (n_customers,)."""

    @classmethod
    def nowhere(cls, count: int) -> Placed:
        """Some customers of a shop in which nobody is compared."""
        return cls(np.zeros((count, 0), np.float32), np.zeros(count, bool), np.full(count, NO_CLUSTER))

    def without(self, rows: Flags) -> Placed:
        """The same, but those of ``rows`` are neither compared nor in a cluster."""
        cluster = np.where(rows, NO_CLUSTER, self.cluster)
        return Placed(np.where(rows[:, None], np.float32(0), self.vectors), self.compared & ~rows, cluster)

    def column(self) -> pa.Array:
        """The numbers of the clusters, null for none."""
        return pa.array(self.cluster, pa.int64(), mask=self.cluster == NO_CLUSTER)


@dataclass(frozen=True)
class Alike:
    """How the customers of a shop are compared and divided."""

    space: Space
    """Where they stand."""
    clusters: Clusters
    """How they are divided; there may be none."""
    portraits: tuple[Portrait, ...]
    """What sets each cluster apart, in the order of ``clusters``."""
    people: int
    """Customers it was told by."""

    @classmethod
    def fit(
        cls, behaviour: Behaviour, as_of: datetime, before: Alike | None = None, *, said: Said = lambda what: None
    ) -> Alike:
        """What everyone who is known well enough before ``as_of`` tells; those who are set aside tell nothing.

        Clusters that hold the same people as one of ``before`` keep its number.
        """
        said("comparing customers")
        sample = Sample.of(behaviour, as_of, MOST_FITTED)
        tastes = sample.tastes()
        if before is None:
            [traits] = sample.traits(tastes)
        else:
            traits, formerly = sample.traits(tastes, before.space.tastes)
        space = Space.fit(traits, tastes)
        vectors = space.vectors(traits)
        said("looking for clusters")
        clusters = Clusters.fit(vectors)
        if before is not None:
            former = before.clusters.of(before.space.vectors(formerly))
            clusters = clusters.renumbered(clusters.of(vectors), former, before.clusters.numbers)
        return cls(space, clusters, portraits(space, clusters, traits), len(traits))

    @classmethod
    def nobody(cls) -> Alike:
        """Of a shop in which there is nobody to compare."""
        space = Space.nowhere()
        return cls(space, Clusters.none(0), (), 0)

    def placed(self, history: History, features: CustomerFeatures) -> Placed:
        """Where everyone in ``history`` stands, alone as in a crowd."""
        traits = Traits.of(history, features, self.space.tastes)
        vectors = np.where(traits.known[:, None], self.space.vectors(traits), np.float32(0))
        return Placed(vectors, traits.known, np.where(traits.known, self.clusters.of(vectors), NO_CLUSTER))

    @property
    def why_none(self) -> dict[str, str] | None:
        """Why there are no clusters, by language; None where there are some."""
        if len(self.clusters):
            return None
        if self.people < LEAST_PEOPLE:
            return {
                "en": f"{self.people} customers are known well enough to be compared; clusters need {LEAST_PEOPLE}",
                "zh": f"只有{self.people}位顾客的行为足够比较；划分群体需要{LEAST_PEOPLE}位",
            }
        return {
            "en": "two halves of the customers do not fall into the same clusters "
            f"(agreement below {LEAST_STABILITY}), so there are none to name",
            "zh": f"两半顾客分不出相同的群体（一致性低于{LEAST_STABILITY}），因此不划分",
        }

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "space": self.space.as_dict(),
            "clusters": self.clusters.as_dict(),
            "portraits": [portrait.as_dict() for portrait in self.portraits],
            "people": self.people,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Alike:
        """What :meth:`as_dict` wrote."""
        space = Space.of(said["space"])
        clusters = Clusters.read(said["clusters"], len(space.names))
        return cls(space, clusters, tuple(Portrait.of(each) for each in said["portraits"]), said["people"])

    def save(self, folder: Path) -> None:
        """Write ``alike.json`` to ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(json.dumps(self.as_dict(), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Alike:
        """What :meth:`save` wrote to ``folder``."""
        return cls.of(json.loads((folder / FILE).read_text(encoding="utf-8")))
