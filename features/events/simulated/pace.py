"""How often people must come for the wished number of events: one block is lived through for trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.events.simulated.arrays import Integers
from features.events.simulated.block import World, block_events
from features.events.simulated.people import Group, block_of_people

MOST_FROM_ORDERS = 0.6
"""Orders and what leads to them may make this part of the events; beyond it cycles are lengthened."""


@dataclass(frozen=True)
class Pace:
    """The three factors that set the volume."""

    cycle_scale: float
    """Factor on every purchase cycle, 1 unless few events are wished for."""
    visits_per_day: float
    """Visits without an order of a person with visit rate 1."""
    views_per_bot: float
    """Mean number of views of a bot."""


def find_pace(world: World, groups: Integers) -> Pace:
    """The pace that reaches the wished number of events, within about a tenth."""
    settings = world.settings
    wished = settings.events_per_customer * settings.customers
    bots = int(np.sum(groups == Group.BOT))
    views_per_bot = settings.bot_event_share * wished / bots if bots else 0.0
    wished -= views_per_bot * bots
    cycle_scale = 1.0
    from_orders = _from_orders(world, groups, cycle_scale)
    while from_orders > MOST_FROM_ORDERS * wished and cycle_scale < 64:
        cycle_scale *= max(1.1, from_orders / (MOST_FROM_ORDERS * wished))
        from_orders = _from_orders(world, groups, cycle_scale)
    visits = _visits_per_day(world, groups, cycle_scale, max(0.0, wished - from_orders))
    return Pace(cycle_scale, visits, views_per_bot)


def _from_orders(world: World, groups: Integers, cycle_scale: float) -> float:
    """Events of orders and what leads to them in the whole shop, measured on the first block."""
    orders, _ = _expectations(world, groups, cycle_scale)
    people = block_of_people(world.settings, world.catalogue, groups, 0, cycle_scale)
    events = len(block_events(world, people, visits_per_day=0, views_per_bot=0))
    first = float(people.expected_orders(world.settings.days).sum())
    return events / first * orders if first else 0.0


def _visits_per_day(world: World, groups: Integers, cycle_scale: float, wished: float) -> float:
    """The rate of visits that gives so many events in the whole shop, measured on the first block."""
    _, weight = _expectations(world, groups, cycle_scale)
    people = block_of_people(world.settings, world.catalogue, groups, 0, cycle_scale)
    first = float(people.expected_visits(world.settings.days).sum())
    if not weight or not first:
        return 0.0
    trial = wished / weight / 5
    without = len(block_events(world, people, visits_per_day=0, views_per_bot=0))
    gained = len(block_events(world, people, visits_per_day=trial, views_per_bot=0)) - without
    return trial * wished / (gained / first * weight) if gained else trial


def _expectations(world: World, groups: Integers, cycle_scale: float) -> tuple[float, float]:
    """Expected orders, and the weight of all people among the visits."""
    orders, weight = 0.0, 0.0
    for block in range(world.settings.blocks):
        people = block_of_people(world.settings, world.catalogue, groups, block, cycle_scale)
        orders += float(people.expected_orders(world.settings.days).sum())
        weight += float(people.expected_visits(world.settings.days).sum())
    return orders, weight
