"""The events of one block of people: orders, visits and bots together, priced and in order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.events.simulated.arrays import Flags, Floats, Integers
from features.events.simulated.catalogue import Catalogue
from features.events.simulated.orders import plan_orders
from features.events.simulated.people import Group, People
from features.events.simulated.promotions import Promotion
from features.events.simulated.settings import BLOCK_SIZE, SimulationSettings, Stream
from features.events.simulated.shop_calendar import ShopCalendar
from features.events.simulated.visits import SECOND, Diary, browse, visit_and_order

VIEWS_PER_BOT_RUN = 600


@dataclass(frozen=True, eq=False)
class World:
    """Everything about a shop that all of its people share."""

    settings: SimulationSettings
    """The settings it was made with."""
    catalogue: Catalogue
    """What it sells."""
    calendar: ShopCalendar
    """When it is busy."""
    promotions: tuple[Promotion, ...]
    """Its sales."""
    discount: Floats
    """The part taken off on each day for each category, shape ``(n_days, n_categories)``."""


@dataclass(frozen=True)
class BlockEvents:
    """Events of one block as numbers, ordered by time, one entry each."""

    person: Integers
    """Number of the person in the whole shop."""
    moment_us: Integers
    """UTC microseconds."""
    item: Integers
    """Number of the item."""
    kind: Integers
    """Code of the kind of event."""
    quantity: Integers
    """How many pieces."""
    price_cents: Integers
    """Price of one piece in hundredths, -1 for none."""
    number: Integers
    """Number of the event, unique in the shop."""
    session: Integers
    """Number of the session, unique in the shop, -1 for none."""
    order: Integers
    """Number of the order, unique in the shop, -1 for none."""
    channel: Integers
    """Code of the channel."""

    def __len__(self) -> int:
        return len(self.person)


NUMBERS_PER_BLOCK = 100_000_000
"""Events, sessions and orders of a block are numbered from ``block * NUMBERS_PER_BLOCK`` on."""


def block_events(world: World, people: People, visits_per_day: float, views_per_bot: float) -> BlockEvents:
    """All events of the people within the history."""
    settings = world.settings
    block = people.first_person // BLOCK_SIZE
    orders, lines = plan_orders(
        people, world.catalogue, world.calendar, world.promotions, settings.random(Stream.ORDERS, block)
    )
    diary = Diary(people)
    order_rng = settings.random(Stream.ORDER_VISITS, block)
    visit_and_order(diary, world.catalogue, orders, lines, settings.return_share, order_rng)
    browse(diary, world.catalogue, world.calendar, visits_per_day, settings.random(Stream.BROWSING, block))
    _crawl(diary, world, views_per_bot, settings.random(Stream.BOTS, block))
    return _finish(world, diary, block)


def _crawl(diary: Diary, world: World, views_per_bot: float, rng: np.random.Generator) -> None:
    """Bots run through the catalogue, item after item, in a fixed rhythm."""
    bots = np.flatnonzero(diary.people.group == Group.BOT)
    runs = max(1, round(views_per_bot / VIEWS_PER_BOT_RUN))
    person = np.repeat(bots, runs)
    counts = rng.poisson(views_per_bot / runs, len(person))
    days = world.settings.days
    length_days = 5 * SECOND * counts
    start = rng.random(len(person)) * np.maximum(days - length_days, 0)
    rhythm = rng.integers(2, 6, len(person)) * np.minimum(1, days / np.maximum(length_days, 1e-9))
    row = np.repeat(np.arange(len(person)), counts)
    step = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = start[row] + step * rhythm[row] * SECOND
    item = (rng.integers(len(world.catalogue.ids), size=len(person))[row] + step) % len(world.catalogue.ids)
    there = world.catalogue.added_day[item] <= day
    session = diary.open_sessions(person)
    diary.write("view", person[row[there]], day[there], item[there], session[row[there]])


def _finish(world: World, diary: Diary, block: int) -> BlockEvents:
    """The actions of the history in order of time, with prices, channels and numbers."""
    actions = diary.actions()
    channel_of = diary.session_channels(world.settings.random(Stream.ENDING, block))
    moment_us = world.calendar.utc_us(actions.day)
    inside = np.flatnonzero((actions.day >= 0) & (actions.day < world.settings.days))
    kept = inside[np.lexsort((actions.kind[inside], moment_us[inside]))]
    session, order, base = actions.session[kept], actions.order[kept], block * NUMBERS_PER_BLOCK
    own_channel = diary.people.channel[actions.person[kept]]
    channel = np.where(session >= 0, np.append(channel_of, 0)[session], own_channel)
    return BlockEvents(
        person=diary.people.first_person + actions.person[kept],
        moment_us=moment_us[kept],
        item=actions.item[kept],
        kind=actions.kind[kept],
        quantity=actions.quantity[kept],
        price_cents=_prices(world, actions.item[kept], actions.price_day[kept]),
        number=base + np.arange(len(kept)),
        session=_numbered(session, base, session >= 0),
        order=_numbered(order, base, order >= 0),
        channel=channel,
    )


def _numbered(number: Integers, base: int, known: Flags) -> Integers:
    return np.where(known, number + base, -1)


def _prices(world: World, item: Integers, price_day: Floats) -> Integers:
    """What one piece costs on that day in hundredths, -1 without a day."""
    known = np.flatnonzero(~np.isnan(price_day))
    prices = np.full(len(item), -1)
    row = np.clip(price_day[known], 0, len(world.discount) - 1).astype(np.int64)
    left = 1 - world.discount[row, world.catalogue.category[item[known]]]
    prices[known] = np.round(world.catalogue.price_cents[item[known]] * left).astype(np.int64)
    return prices
