"""One simulated shop with planted complements, stored once, for all tests of the recommender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from features.behaviour import Behaviour
from features.events.event import EVENT_SCHEMA, ITEM_SCHEMA
from features.events.simulate import SimulatedTruth, SimulationSettings, simulate
from features.events.warehouse import Warehouse
from features.history import History
from tests.small_shop import append, complete, shop
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.registry import PURCHASE_SOURCES, tables_of
from training.recommend.recommender import FittedRecommender, Recommender

SETTINGS = SimulationSettings(customers=600, items=80, days=120, events_per_customer=60, seed=5)


@dataclass(frozen=True)
class PlantedShop:
    """A simulated shop in its warehouse."""

    behaviour: Behaviour
    """What it knows."""
    truth: SimulatedTruth
    """What was planted."""
    cutoff: datetime
    """A moment with a hundred days before it and twenty after it."""


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedShop:
    """600 customers, 80 items and 120 days in four buckets."""
    simulated = simulate(SETTINGS)
    folder = shop(tmp_path_factory.mktemp("planted") / "shop", SETTINGS.timezone)
    append(folder, *(complete(chunk, EVENT_SCHEMA) for chunk in simulated.event_chunks()))
    Warehouse.open(folder).put_items(complete(simulated.items, ITEM_SCHEMA))
    behaviour = Behaviour.of(folder)
    first = behaviour.reader.extent().first
    assert first is not None
    return PlantedShop(behaviour, simulated.truth, first + timedelta(days=100))


@pytest.fixture(scope="session")
def sources(planted: PlantedShop) -> Sources:
    """Its counts at the cutoff, with all that the sources of purchases need."""
    return Sources.fit(planted.behaviour, planted.cutoff, SourceSettings(), tables=tables_of(PURCHASE_SOURCES))


@pytest.fixture(scope="session")
def by_rule(sources: Sources) -> FittedRecommender:
    """The rule on those counts."""
    return FittedRecommender(Recommender(sources.settings), sources)


def histories(planted: PlantedShop, sources: Sources) -> Iterator[History]:
    """What was known of everyone at the cutoff, bucket by bucket."""
    return planted.behaviour.map_histories(lambda _, known: known, planted.cutoff, sources.catalogue)
