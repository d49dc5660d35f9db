"""The simulated shop's orders: who orders when, and what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.events.simulated.arrays import Flags, Floats, Integers, ranks_within, running_totals
from features.events.simulated.catalogue import ANY_BAND, Catalogue
from features.events.simulated.people import LOVED, OWN_ITEMS, Group, People
from features.events.simulated.promotions import Promotion
from features.events.simulated.shop_calendar import ShopCalendar, hours_of_day

MOST_LINES = 4
ORDER_LENGTH_DAYS = 0.1
"""An order begins so long before its person leaves at the latest: its session must end before."""
PROMOTION_BUYER_RATE = 0.65
"""Part of the sales at which a promotion-only buyer buys."""
SAME_ORDER_SHARE = 0.75
"""Part of the complements bought in the same order; the others follow within a week."""


@dataclass(frozen=True)
class Orders:
    """Orders of one block of people, one entry each."""

    person: Integers
    """Who, as a place in the block."""
    day: Floats
    """When the session that ends with it begins."""
    category: Integers
    """The only category it is about, -1 for the person's own taste."""

    def __len__(self) -> int:
        return len(self.person)

    def where(self, kept: Flags) -> Orders:
        """Only the kept ones."""
        return Orders(self.person[kept], self.day[kept], self.category[kept])

    def and_these(self, others: Orders) -> Orders:
        """These, then the others."""
        return Orders(
            np.concatenate([self.person, others.person]),
            np.concatenate([self.day, others.day]),
            np.concatenate([self.category, others.category]),
        )


@dataclass(frozen=True)
class Lines:
    """Lines of orders, one entry each; the lines of an order stand together."""

    order: Integers
    """Which order."""
    item: Integers
    """What is bought."""
    quantity: Integers
    """How many pieces."""
    place: Integers
    """Place within the order, from 0."""


def choose_items(
    people: People,
    catalogue: Catalogue,
    person: Integers,
    slot: Integers,
    day: Floats,
    rng: np.random.Generator,
) -> Integers:
    """What each person looks at on a day, shape ``(n,)``; ``slot`` is a column of their loves or -1."""
    count = len(person)
    anything = np.flatnonzero(slot < 0)
    category = people.loved[person, slot]
    category[anything] = catalogue.any_category(len(anything), rng)
    band = np.where(rng.random(count) < 0.75, people.band[person], ANY_BAND)
    item = catalogue.draw(category, band, rng)
    favourite = np.minimum(rng.geometric(0.5, count) - 1, OWN_ITEMS - 1)
    returns_to_own = (rng.random(count) < 0.35) & (slot >= 0)
    item = np.where(returns_to_own, people.own_items[person, slot, favourite], item)
    return catalogue.offered(item, band, day, rng)


def choose_slots(people: People, person: Integers, rng: np.random.Generator) -> Integers:
    """The loved category that each person has in mind, as a column, shape ``(n,)``."""
    point = rng.random(len(person))
    taste = people.taste[person]
    return np.asarray(sum((point >= taste[:, column]).astype(np.int64) for column in range(LOVED - 1)))


def plan_orders(
    people: People,
    catalogue: Catalogue,
    calendar: ShopCalendar,
    promotions: tuple[Promotion, ...],
    rng: np.random.Generator,
) -> tuple[Orders, Lines]:
    """All orders of the people and their lines, until some weeks after the history."""
    orders = _possible(_regular(people, calendar, rng), people)
    orders = orders.and_these(_single(people))
    orders = orders.and_these(_possible(_promotional(people, promotions, rng), people))
    lines = _lines(orders, people, catalogue, rng)
    return _with_complements(orders, lines, people, catalogue, rng)


def _possible(orders: Orders, people: People) -> Orders:
    """Without those before joining, after leaving and while away."""
    person, day = orders.person, orders.day
    away = (people.away_from[person] <= day) & (day < people.away_to[person])
    here = (people.joined_day[person] <= day) & (day + ORDER_LENGTH_DAYS < people.leaving_day[person])
    return orders.where(here & ~away)


def _regular(people: People, calendar: ShopCalendar, rng: np.random.Generator) -> Orders:
    """Regulars order at the pace of their own cycle, faster in busy times."""
    who = np.flatnonzero(people.group == Group.REGULAR)
    start = calendar.busy_time(np.maximum(people.joined_day[who], 0))
    end = calendar.busyness_total[-1]
    counts = ((end - start) / people.cycle_days[who] * 1.7).astype(np.int64) + 6
    person = np.repeat(who, counts)
    gap = people.cycle_days[person] * np.exp(people.irregularity[person] * rng.normal(size=len(person)))
    opening = np.cumsum(counts) - counts
    early = people.joined_day[who] < 0
    gap[opening] = np.where(early, gap[opening] * rng.random(len(who)), rng.exponential(4, len(who)))
    moment = np.repeat(start, counts) + running_totals(gap, counts)
    inside = moment < end
    return _timed(people, person[inside], calendar.from_busy_time(moment[inside]), calendar, rng)


def _timed(people: People, person: Integers, day: Floats, calendar: ShopCalendar, rng: np.random.Generator) -> Orders:
    """Orders on those days, some moved to the weekend, at hours that suit the person."""
    pulled = rng.random(len(person)) < people.weekend_pull[person]
    whole = np.floor(np.where(pulled, calendar.towards_weekend(day), day))
    whole = np.where(whole < people.joined_day[person], np.floor(day), whole)
    day = whole + hours_of_day(people.preferred_hour[person], rng)
    return Orders(person, np.maximum(day, people.joined_day[person]), np.full(len(person), -1))


def _single(people: People) -> Orders:
    """The one order of each one-order customer."""
    who = np.flatnonzero(people.group == Group.ONE_ORDER)
    return Orders(who, people.only_order_day[who], np.full(len(who), -1))


def _promotional(people: People, promotions: tuple[Promotion, ...], rng: np.random.Generator) -> Orders:
    """Orders of promotion-only buyers, during sales and for what is cheaper."""
    who = np.flatnonzero(people.group == Group.PROMOTION_ONLY)
    orders = [Orders(who[:0], people.joined_day[:0], who[:0])]
    for sale in promotions:
        person = who[rng.random(len(who)) < PROMOTION_BUYER_RATE]
        whole = sale.first_day + rng.integers(sale.length_days, size=len(person)).astype(np.float64)
        day = whole + np.minimum(hours_of_day(people.preferred_hour[person], rng), 1 - ORDER_LENGTH_DAYS)
        chosen = rng.choice(sale.categories, len(person))
        orders.append(Orders(person, day, np.where(sale.everything, -1, chosen)))
    total = orders[0]
    for more in orders[1:]:
        total = total.and_these(more)
    return total


def _lines(orders: Orders, people: People, catalogue: Catalogue, rng: np.random.Generator) -> Lines:
    """One to three lines each; the first is often the item that the person keeps buying."""
    counts = rng.choice([1, 2, 3], len(orders), p=[0.58, 0.29, 0.13])
    order = np.repeat(np.arange(len(orders)), counts)
    person, day, forced = orders.person[order], orders.day[order], orders.category[order]
    item = choose_items(people, catalogue, person, choose_slots(people, person, rng), day, rng)
    category = np.maximum(forced, 0)
    in_sale = catalogue.offered(catalogue.draw(category, people.band[person], rng), people.band[person], day, rng)
    item = np.where(forced >= 0, in_sale, item)
    slot = people.staple_slot[person]
    staple = people.own_items[person, slot, 0]
    takes_staple = (rng.random(len(order)) < people.staple_rate[person]) & (slot >= 0) & (forced < 0)
    takes_staple &= (ranks_within(order) == 0) & (catalogue.added_day[staple] <= day)
    return _clean(order, np.where(takes_staple, staple, item), catalogue, rng)


def _clean(order: Integers, item: Integers, catalogue: Catalogue, rng: np.random.Generator) -> Lines:
    """Lines in order, an item once an order, at most ``MOST_LINES``, with quantities."""
    key = np.unique(order * len(catalogue.ids) + item, return_index=True)[1]
    kept = np.sort(key)
    kept = kept[np.argsort(order[kept], kind="stable")]
    place = ranks_within(order[kept])
    kept, place = kept[place < MOST_LINES], place[place < MOST_LINES]
    consumable = np.array([category.consumable for category in catalogue.categories])[catalogue.category[item[kept]]]
    several = rng.random(len(kept)) < np.where(consumable, 0.25, 0.04)
    quantity = np.where(several, rng.integers(2, 4, len(kept)), 1)
    return Lines(order[kept], item[kept], quantity, place)


def _with_complements(
    orders: Orders, lines: Lines, people: People, catalogue: Catalogue, rng: np.random.Generator
) -> tuple[Orders, Lines]:
    """With the partner of some items beside them, or in a small order within a week."""
    taken = np.flatnonzero(rng.random(len(lines.item)) < catalogue.complement_probability[lines.item])
    buys_again = people.group[orders.person[lines.order[taken]]] == Group.REGULAR
    beside = (rng.random(len(taken)) < SAME_ORDER_SHARE) | ~buys_again
    together, later = taken[beside], taken[~beside]
    follow_up = Orders(
        orders.person[lines.order[later]],
        orders.day[lines.order[later]] + rng.uniform(0.7, 6.5, len(later)),
        np.full(len(later), -1),
    )
    possible = follow_up.day + ORDER_LENGTH_DAYS < people.leaving_day[follow_up.person]
    later, follow_up = later[possible], follow_up.where(possible)
    order = np.concatenate([lines.order, lines.order[together], len(orders) + np.arange(len(later))])
    item = np.concatenate([lines.item, catalogue.complement[lines.item[np.r_[together, later]]]])
    return orders.and_these(follow_up), _clean(order, item, catalogue, rng)
