"""A simulated shop of any size with planted truth, for demonstrations, tests, notebooks and benchmarks.

The same settings give the same shop. Customers have their own purchase cycles, tastes, price bands, hours and
leaving dates; items have a long tail, complements, trends and sales; bots and returns disturb the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.events.simulated.arrays import Integers
from features.events.simulated.block import World, block_events
from features.events.simulated.catalogue import item_table, stock_catalogue
from features.events.simulated.event_table import SIMULATED_SCHEMA, customer_ids, event_table
from features.events.simulated.pace import Pace, find_pace
from features.events.simulated.people import People, assign_groups, block_of_people
from features.events.simulated.promotions import discounts, plan_promotions, promotion_days
from features.events.simulated.settings import BLOCK_SIZE, SimulationSettings
from features.events.simulated.shop_calendar import shop_calendar
from features.events.simulated.truth import SimulatedTruth, people_truth, simulated_truth

__all__ = ["SimulatedShop", "SimulatedTruth", "SimulationSettings", "simulate"]

CUSTOMERS_PER_CHUNK = 10_000
"""About a million events and 400 MB of memory at the default volume."""


@dataclass(frozen=True, eq=False)
class SimulatedShop:
    """A simulated shop: its tables are here, its events are made when asked for."""

    settings: SimulationSettings
    """What it was made with."""
    items: pa.Table
    """``item_id, title, category, brand, price, in_stock, added_at``."""
    customers: pa.Table
    """The accounts: ``customer_id, joined_at, contactable, personalized``."""
    truth: SimulatedTruth
    """What was planted."""
    world: World
    """What all of its people share."""
    groups: Integers
    """The group of each person, accounts first, shape ``(settings.people,)``."""
    pace: Pace
    """How often people come, found so that the volume is as wished."""

    def event_chunks(self, customers_per_chunk: int = CUSTOMERS_PER_CHUNK) -> Iterator[pa.Table]:
        """The events, some thousand people at a time, each chunk ordered by time.

        The size of the chunks is rounded up to whole blocks of 2,000 people and changes no event.
        """
        step = max(1, -(-customers_per_chunk // BLOCK_SIZE))
        for first in range(0, self.settings.blocks, step):
            blocks = range(first, min(first + step, self.settings.blocks))
            events = [
                block_events(self.world, self._people(block), self.pace.visits_per_day, self.pace.views_per_bot)
                for block in blocks
            ]
            yield event_table(events, self.world.catalogue, self.settings.customers)

    def write(self, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write ``events``, ``items``, ``customers`` and ``truth_*`` as Parquet files into the folder.

        ``progress`` is told how many of how many people are done.
        """
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.items, folder / "items.parquet")
        pq.write_table(self.customers, folder / "customers.parquet")
        for name, table in self.truth.tables().items():
            pq.write_table(table, folder / f"truth_{name}.parquet")
        repeating = [name for name in SIMULATED_SCHEMA.names if name != "event_id"]
        path = folder / "events.parquet"
        with pq.ParquetWriter(path, SIMULATED_SCHEMA, compression="zstd", use_dictionary=repeating) as writer:
            for number, chunk in enumerate(self.event_chunks(), start=1):
                writer.write_table(chunk)
                if progress:
                    progress(min(number * CUSTOMERS_PER_CHUNK, self.settings.people), self.settings.people)

    def _people(self, block: int) -> People:
        return block_of_people(
            self.settings, self.world.catalogue, self.groups, block, cycle_scale=self.pace.cycle_scale
        )


def simulate(settings: SimulationSettings) -> SimulatedShop:
    """The shop with these settings."""
    world = _world(settings)
    groups = assign_groups(settings)
    pace = find_pace(world, groups)
    customers, truth = [], []
    for block in range(settings.blocks):
        people = block_of_people(settings, world.catalogue, groups, block, cycle_scale=pace.cycle_scale)
        customers.append(_customer_table(people, world))
        truth.append(people_truth(people, world))
    return SimulatedShop(
        settings=settings,
        items=item_table(world.catalogue, world.calendar, settings),
        customers=pa.concat_tables(customers).combine_chunks(),
        truth=simulated_truth(world, pa.concat_tables(truth).combine_chunks()),
        world=world,
        groups=groups,
        pace=pace,
    )


def _world(settings: SimulationSettings) -> World:
    catalogue = stock_catalogue(settings)
    promotions = plan_promotions(settings, len(catalogue.categories))
    return World(
        settings=settings,
        catalogue=catalogue,
        calendar=shop_calendar(settings, promotion_days(promotions)),
        promotions=promotions,
        discount=discounts(promotions, settings.days, len(catalogue.categories)),
    )


def _customer_table(people: People, world: World) -> pa.Table:
    """The accounts of one block as the shop would export them."""
    account = np.flatnonzero(~people.anonymous)
    joined_us = world.calendar.utc_us(people.joined_day[account])
    return pa.table(
        {
            "customer_id": customer_ids(people.first_person + account, world.settings.customers),
            "joined_at": pa.array(joined_us, pa.timestamp("us", tz="UTC")),
            "contactable": pa.array(people.contactable[account]),
            "personalized": pa.array(people.personalized[account]),
        }
    )
