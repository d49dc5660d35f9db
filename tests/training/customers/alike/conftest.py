"""One shop with planted kinds of customers, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.customers import customer_features
from features.events.warehouse import Warehouse
from features.history import History
from tests.small_shop import append as store
from tests.small_shop import events, shop
from tests.training.customers.alike.planted_kinds import AS_OF, catalogue, rows
from training.customers.alike.alike import Alike, Placed


@dataclass(frozen=True)
class PlantedKinds:
    """The shop and what was found."""

    behaviour: Behaviour
    """What the shop knows."""
    history: History
    """Of everybody: there is one bucket."""
    alike: Alike
    """What was found."""

    @property
    def placed(self) -> Placed:
        """Where everybody stands."""
        return self.alike.placed(self.history, customer_features(self.history))

    @property
    def ids(self) -> list[str]:
        """Everybody's id."""
        return list(self.history.customer_ids.to_pylist())

    def rows(self, kind: str) -> np.ndarray:
        """The rows of a planted kind."""
        return np.flatnonzero([name.startswith(f"{kind} ") for name in self.ids])

    def clusters(self, kind: str) -> set[int]:
        """The numbers of the clusters that the people of a planted kind are in."""
        return set(self.placed.cluster[self.rows(kind)].tolist())


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> PlantedKinds:
    """Four kinds of eighty people each."""
    folder = shop(tmp_path_factory.mktemp("alike") / "shop", buckets=1)
    # Two who did next to nothing, and one whose only touch of the shop is an order.
    few = [
        ("glance", "view", "tea0", AS_OF.replace(month=5)),
        ("one order", "purchase", "tea0", AS_OF.replace(month=5)),
    ]
    store(folder, events(*rows(), *few))
    Warehouse.open(folder).put_items(catalogue())
    behaviour = Behaviour.of(folder)
    history = behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))
    return PlantedKinds(behaviour, history, Alike.fit(behaviour, AS_OF))
