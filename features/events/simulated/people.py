"""The simulated shop's people: who they are, what they like, how often they come, and when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from features.events.simulated.arrays import Flags, Floats, Integers
from features.events.simulated.catalogue import ANY_BAND, Catalogue, category_weights
from features.events.simulated.settings import BLOCK_SIZE, SimulationSettings, Stream

LOVED = 4
"""People love two to four categories; the table of loves has so many columns."""
OWN_ITEMS = 3
"""Items of each loved category that a person comes back to."""
FADING_DAYS = 28.0
"""Before they leave, people come less and less for so long."""
AWAY_SHARE = 0.5
"""Regulars who are away once, without leaving."""
ANONYMOUS_WINDOW_DAYS = 30.0
CHANNELS = ("web", "app", "mini_program")


class Group(IntEnum):
    """What kind of person somebody is; the planted truth names them in lower case."""

    VISITOR = 0
    ONE_ORDER = 1
    REGULAR = 2
    PROMOTION_ONLY = 3
    BOT = 4


VISIT_FACTORS = np.array([0.55, 0.7, 1.0, 0.6, 0.0])
"""How often each group comes, compared with regulars."""


@dataclass(frozen=True)
class People:
    """One block of people, one entry each; moments in days since the start, infinite for never."""

    first_person: int
    """Number of the first of them in the whole shop."""
    anonymous: Flags
    """True for visitors without an account."""
    group: Integers
    """Their :class:`Group`."""
    joined_day: Floats
    """When the account was opened, or the visitor first came."""
    last_day: Floats
    """When they stop coming at the latest."""
    leaving_day: Floats
    """No order from here on; visits fade before."""
    only_order_day: Floats
    """When a one-order customer orders."""
    away_from: Floats
    """Beginning of a time without visits and orders."""
    away_to: Floats
    """Its end."""
    cycle_days: Floats
    """Median time between two orders of a regular."""
    irregularity: Floats
    """Standard deviation of the logarithm of that time."""
    loved: Integers
    """Loved categories, -1 beyond the last, shape ``(n, LOVED)``."""
    taste: Floats
    """Running sum of their shares, 1 at the end, shape ``(n, LOVED)``."""
    band: Integers
    """Price band that they mostly look at."""
    own_items: Integers
    """Items they come back to, shape ``(n, LOVED, OWN_ITEMS)``."""
    staple_slot: Integers
    """Column of a loved category whose first own item is bought again and again, -1 for none."""
    staple_rate: Floats
    """Part of the orders that hold it."""
    preferred_hour: Floats
    """Local hour around which they come."""
    weekend_pull: Floats
    """Part of their visits that they move to a weekend."""
    channel: Integers
    """Preferred channel."""
    visit_rate: Floats
    """How often they come, relative to others."""
    contactable: Flags
    """False when they must not be written to."""
    personalized: Flags
    """False when they opted out of personalisation."""

    def __len__(self) -> int:
        return len(self.group)

    def presence(self, person: Integers, day: Floats) -> Floats:
        """The part of the usual visits that is still made on a day: less towards leaving, little after it."""
        until_leaving = self.leaving_day[person] - day
        fading = np.clip(until_leaving / FADING_DAYS, 0, 1) * 0.6 + 0.4
        after = 0.18 * np.exp(np.minimum(until_leaving, 0) / 40) + 0.03
        away = (self.away_from[person] <= day) & (day < self.away_to[person])
        return np.asarray(np.where(away, 0.0, np.where(until_leaving >= 0, fading, after)))

    def expected_orders(self, days: int) -> Floats:
        """Roughly how many orders each regular makes in the history; one for the other buyers."""
        span_days = np.minimum(self.leaving_day, days) - np.maximum(self.joined_day, 0)
        regular = np.maximum(span_days, 0) / self.cycle_days
        buys_once = (self.group == Group.ONE_ORDER) | (self.group == Group.PROMOTION_ONLY)
        return np.where(self.group == Group.REGULAR, regular, np.where(buys_once, 1.0, 0.0))

    def expected_visits(self, days: int) -> Floats:
        """The weight of each person among the visits without an order."""
        span_days = np.minimum(self.last_day, days) - np.maximum(self.joined_day, 0)
        gone_days = np.minimum(span_days, np.maximum(days - self.leaving_day + FADING_DAYS * 0.3, 0))
        return np.asarray(self.visit_rate * np.maximum(span_days - 0.9 * gone_days, 0))


def assign_groups(settings: SimulationSettings) -> Integers:
    """The group of everybody, accounts first, exactly in the wished shares, shape ``(settings.people,)``."""
    rng = settings.random(Stream.GROUPS)
    shares = [settings.visitor_share, settings.one_order_share, settings.promotion_only_share]
    visitors, one_order, promotion_only = (round(share * settings.customers) for share in shares)
    bots = round(settings.bot_share * settings.customers)
    visiting_bots = min(bots // 2, settings.anonymous_visitors)
    accounts = np.full(settings.customers, int(Group.REGULAR), dtype=np.int8)
    edges = np.cumsum([0, visitors, one_order, promotion_only, bots - visiting_bots])
    kinds = (Group.VISITOR, Group.ONE_ORDER, Group.PROMOTION_ONLY, Group.BOT)
    for kind, start, end in zip(kinds, edges[:-1], edges[1:], strict=True):
        accounts[start:end] = kind
    anonymous = np.full(settings.anonymous_visitors, int(Group.VISITOR), dtype=np.int8)
    anonymous[:visiting_bots] = Group.BOT
    return np.concatenate([rng.permutation(accounts), rng.permutation(anonymous)])


def block_of_people(
    settings: SimulationSettings, catalogue: Catalogue, groups: Integers, block: int, cycle_scale: float = 1.0
) -> People:
    """The people of one block; ``cycle_scale`` lengthens all purchase cycles."""
    rng = settings.random(Stream.PEOPLE, block)
    first_person = block * BLOCK_SIZE
    group = groups[first_person : first_person + BLOCK_SIZE].astype(np.int64)
    count = len(group)
    anonymous = np.arange(first_person, first_person + count) >= settings.customers
    joined_day, last_day = _lifetimes(settings.days, anonymous, group, rng)
    only_order_day = np.where(group == Group.ONE_ORDER, rng.random(count) * (settings.days - 0.1), np.inf)
    joined_day = np.where(group == Group.ONE_ORDER, only_order_day - 0.01 - rng.exponential(15, count), joined_day)
    loved, taste = _tastes(len(catalogue.categories), count, rng)
    band = rng.choice(3, count, p=[0.35, 0.4, 0.25])
    regular = group == Group.REGULAR
    away_from = np.where(regular & (rng.random(count) < AWAY_SHARE), rng.random(count) * settings.days, np.inf)
    return People(
        first_person=first_person,
        anonymous=anonymous,
        group=group,
        joined_day=joined_day,
        last_day=last_day,
        leaving_day=_leaving_days(settings, regular, joined_day, only_order_day, rng),
        only_order_day=only_order_day,
        away_from=away_from,
        away_to=away_from + rng.uniform(25, 90, count),
        cycle_days=_cycles(catalogue, loved[:, 0], rng) * cycle_scale,
        irregularity=rng.uniform(0.3, 0.85, count),
        loved=loved,
        taste=taste,
        band=band,
        own_items=_own_items(catalogue, loved, band, rng),
        staple_slot=_staple_slots(catalogue, loved, rng),
        staple_rate=rng.uniform(0.3, 0.75, count),
        preferred_hour=rng.choice([9.0, 12.7, 20.8], count, p=[0.2, 0.25, 0.55]) + rng.normal(0, 1.2, count),
        weekend_pull=np.where(rng.random(count) < 0.3, rng.uniform(0.3, 0.8, count), 0.0),
        channel=rng.choice(3, count, p=[0.3, 0.45, 0.25]),
        visit_rate=_visit_rates(group, anonymous, rng),
        contactable=rng.random(count) < 0.72,
        personalized=rng.random(count) < 0.96,
    )


def _lifetimes(days: int, anonymous: Flags, group: Integers, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two thirds of the accounts and all bots are older than the history; visitors come for some weeks."""
    count = len(anonymous)
    older = (rng.random(count) < 0.65) | (group == Group.BOT)
    joined = np.where(older, -rng.exponential(240, count).clip(0, 1_000), rng.random(count) * days)
    joined = np.where(anonymous, rng.uniform(0, days, count), joined)
    return joined, np.where(anonymous, joined + ANONYMOUS_WINDOW_DAYS, np.inf)


def _leaving_days(
    settings: SimulationSettings,
    regular: Flags,
    joined_day: Floats,
    only_order_day: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Regulars leave some weeks after joining or later, one-order customers soon after their order."""
    earliest = np.maximum(joined_day, 0) + min(20.0, settings.days / 5)
    leaving = earliest + rng.random(len(regular)) ** 0.65 * (settings.days - earliest)
    leaves = regular & (rng.random(len(regular)) < settings.leaver_share) & (earliest < settings.days)
    leaving = np.where(leaves, leaving, only_order_day + 8 + rng.exponential(12, len(regular)))
    return np.where(leaving < settings.days, leaving, np.inf)


def _cycles(catalogue: Catalogue, favourite: Integers, rng: np.random.Generator) -> Floats:
    habit = np.array([category.cycle_days for category in catalogue.categories])[favourite]
    return np.asarray(np.clip(habit * np.exp(rng.normal(0, 0.4, len(favourite))), 7, 120))


def _tastes(category_count: int, count: int, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Two to four loved categories each, the popular ones more often, the first loved most."""
    columns = min(LOVED, category_count)
    appeal = np.log(category_weights(category_count)) + rng.gumbel(size=(count, category_count))
    loved = np.full((count, LOVED), -1)
    loved[:, :columns] = np.argsort(-appeal, axis=1)[:, :columns]
    share = -np.sort(-rng.uniform(0.2, 1, (count, LOVED)), axis=1)
    number = rng.integers(2, LOVED + 1, count)
    loved[np.arange(LOVED) >= number[:, None]] = -1
    share[loved < 0] = 0
    return loved, np.cumsum(share, axis=1) / share.sum(axis=1, keepdims=True)


def _own_items(catalogue: Catalogue, loved: Integers, band: Integers, rng: np.random.Generator) -> Integers:
    category = np.repeat(np.maximum(loved, 0).ravel(), OWN_ITEMS)
    own_band = np.repeat(band, LOVED * OWN_ITEMS)
    own_band = np.where(rng.random(len(own_band)) < 0.8, own_band, ANY_BAND)
    return catalogue.draw(category, own_band, rng).reshape(len(band), LOVED, OWN_ITEMS)


def _staple_slots(catalogue: Catalogue, loved: Integers, rng: np.random.Generator) -> Integers:
    """Most who love a consumable category keep buying one item of it."""
    consumable = np.array([category.consumable for category in catalogue.categories])
    possible = consumable[np.maximum(loved, 0)] & (loved >= 0)
    has_one = possible.any(axis=1) & (rng.random(len(loved)) < 0.7)
    return np.where(has_one, possible.argmax(axis=1), -1)


def _visit_rates(group: Integers, anonymous: Flags, rng: np.random.Generator) -> Floats:
    """Few come often; a visitor without an account comes about twice within a month."""
    rate = VISIT_FACTORS[group] * rng.lognormal(-0.3, 0.8, len(group))
    return np.where(anonymous, rate * 4, rate)
