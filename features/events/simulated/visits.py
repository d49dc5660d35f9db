"""The simulated shop's visits: what people look at, favourite, cart, uncart, buy and send back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.events.event import KIND_CODES
from features.events.simulated.arrays import Flags, Floats, Integers, running_totals
from features.events.simulated.catalogue import Catalogue
from features.events.simulated.orders import Lines, Orders, choose_items, choose_slots
from features.events.simulated.people import CHANNELS, Group, People
from features.events.simulated.shop_calendar import ShopCalendar, hours_of_day

SECOND = 1 / 86_400
"""A second as a part of a day, the unit of moments."""
SECONDS_PER_LOOK = 42.0

EARLIER_STEPS = {"cart": 0.42, "favorite": 0.10, "view": 0.26}
"""Part of the order lines that were carted, favourited or only looked at some days before they are bought."""
EARLIER_MEDIAN_DAYS = 3.0
LONGEST_EARLIER_DAYS = 35.0
CARTED_IN_ORDER_SHARE = 0.8
"""Part of the other lines that go through the cart within the order's own session."""

CART_SHARE = 0.048
"""Looks without an order that end in the cart."""
FAVORITE_SHARE = 0.066
UNCART_SHARE = 0.25
"""Carts without an order that are emptied again, at once or some days later."""
UNFAVORITE_SHARE = 0.10


@dataclass(frozen=True)
class Actions:
    """What people did, one entry each: an event before it gets its id, its price and its place in time."""

    person: Integers
    """Who, as a place in the block."""
    day: Floats
    """When, in days since the start."""
    item: Integers
    """What with."""
    kind: Integers
    """Code of the kind of event."""
    session: Integers
    """Which session, -1 for none."""
    order: Integers
    """Which order, -1 for none."""
    quantity: Integers
    """How many pieces."""
    price_day: Floats
    """The day whose price holds; NaN for events without a price."""


class Diary:
    """Collects the sessions and the actions of one block of people."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._session_people: list[Integers] = []
        self._session_count = 0
        self._parts: list[Actions] = []

    def open_sessions(self, person: Integers) -> Integers:
        """New sessions of these people, shape ``(n,)``."""
        sessions = self._session_count + np.arange(len(person))
        self._session_people.append(person)
        self._session_count += len(person)
        return sessions

    def write(
        self,
        kind: str,
        person: Integers,
        day: Floats,
        item: Integers,
        session: Integers | int = -1,
        order: Integers | int = -1,
        quantity: Integers | int = 1,
        price_day: Floats | None = None,
    ) -> None:
        """Note that the people did this; priced at the day of the action where the kind has a price."""
        shape = len(person)
        if price_day is None:
            price_day = day if kind in ("cart", "purchase") else np.full(shape, np.nan)
        numbers = [np.broadcast_to(np.asarray(one, dtype=np.int64), shape) for one in (session, order, quantity)]
        kinds = np.full(shape, KIND_CODES[kind])
        self._parts.append(Actions(person, day, item, kinds, numbers[0], numbers[1], numbers[2], price_day))

    def actions(self) -> Actions:
        """Everything written so far."""
        names = Actions.__dataclass_fields__
        none, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
        parts = [Actions(none, never, none, none, none, none, none, never), *self._parts]
        return Actions(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def session_channels(self, rng: np.random.Generator) -> Integers:
        """The channel of every session: mostly the person's own, shape ``(n_sessions,)``."""
        person = np.concatenate([np.empty(0, dtype=np.int64), *self._session_people])
        other = rng.integers(len(CHANNELS), size=len(person))
        return np.where(rng.random(len(person)) < 0.8, self.people.channel[person], other)


@dataclass(frozen=True)
class Looks:
    """The views of some sessions."""

    row: Integers
    """Which of the sessions asked for, shape ``(n,)``."""
    day: Floats
    """When."""
    item: Integers
    """What."""


def look_around(
    diary: Diary,
    catalogue: Catalogue,
    session: Integers,
    person: Integers,
    start: Floats,
    slot: Integers,
    counts: Integers,
    rng: np.random.Generator,
) -> Looks:
    """Write ``counts`` views a session, mostly of the loved category in ``slot``, and return them."""
    row = np.repeat(np.arange(len(session)), counts)
    day = start[row] + running_totals(rng.exponential(SECONDS_PER_LOOK * SECOND, len(row)), counts)
    other = choose_slots(diary.people, person[row], rng)
    kept = rng.random(len(row)) < 0.78
    item = choose_items(diary.people, catalogue, person[row], np.where(kept, slot[row], other), day, rng)
    diary.write("view", person[row], day, item, session[row])
    return Looks(row, day, item)


def visit_and_order(
    diary: Diary,
    catalogue: Catalogue,
    orders: Orders,
    lines: Lines,
    return_share: float,
    rng: np.random.Generator,
) -> None:
    """Write what leads to the orders, the orders themselves, and what is sent back."""
    person = orders.person[lines.order]
    carted_before = _steps_before(diary, catalogue, orders, lines, rng)
    session = diary.open_sessions(orders.person)
    counts = rng.geometric(0.25, len(orders)) - 1
    looks = look_around(
        diary,
        catalogue,
        session,
        orders.person,
        orders.day,
        choose_slots(diary.people, orders.person, rng),
        counts,
        rng,
    )
    looked_until = orders.day.copy()
    np.maximum.at(looked_until, looks.row, looks.day)
    seen_at = looked_until[lines.order] + (20 + 50 * lines.place) * SECOND
    seen = rng.random(len(person)) < 0.9
    diary.write("view", person[seen], seen_at[seen], lines.item[seen], session[lines.order[seen]])
    carted = ~carted_before & (rng.random(len(person)) < CARTED_IN_ORDER_SHARE)
    cart_at = (seen_at + 15 * SECOND)[carted]
    cart = (person[carted], cart_at, lines.item[carted], session[lines.order[carted]])
    diary.write("cart", *cart, quantity=lines.quantity[carted])
    sizes = np.bincount(lines.order, minlength=len(orders))
    bought_at = (looked_until + (60 + 50 * sizes) * SECOND)[lines.order]
    diary.write("purchase", person, bought_at, lines.item, session[lines.order], lines.order, lines.quantity)
    back = np.flatnonzero(rng.random(len(person)) < return_share)
    back_at = bought_at[back] + rng.uniform(3, 15, len(back))
    diary.write(
        "return",
        person[back],
        back_at,
        lines.item[back],
        -1,
        lines.order[back],
        lines.quantity[back],
        bought_at[back],
    )


def _steps_before(diary: Diary, catalogue: Catalogue, orders: Orders, lines: Lines, rng: np.random.Generator) -> Flags:
    """Write sessions some days before the orders; true for the lines that went into the cart then."""
    person, ordered_at = orders.person[lines.order], orders.day[lines.order]
    lead_days = EARLIER_MEDIAN_DAYS * np.exp(rng.normal(0, 1.0, len(person)))
    day = ordered_at - np.clip(lead_days, 0.05, LONGEST_EARLIER_DAYS)
    suited = np.floor(day) + hours_of_day(diary.people.preferred_hour[person], rng)
    day = np.where(suited < ordered_at - 0.02, suited, day)
    point = rng.random(len(person))
    edges = np.cumsum([0.0, *EARLIER_STEPS.values()])
    possible = (day >= diary.people.joined_day[person]) & (catalogue.added_day[lines.item] <= day)
    taken = np.flatnonzero((point < edges[-1]) & possible)
    who, start, item = person[taken], day[taken], lines.item[taken]
    session = diary.open_sessions(who)
    diary.write("view", who, start, item, session)
    counts = rng.geometric(0.33, len(taken)) - 1
    slot = choose_slots(diary.people, who, rng)
    look_around(diary, catalogue, session, who, start + 45 * SECOND, slot, counts, rng)
    for step, low, high in zip(EARLIER_STEPS, edges[:-1], edges[1:], strict=True):
        chosen = (point[taken] >= low) & (point[taken] < high)
        if step != "view":
            diary.write(step, who[chosen], start[chosen] + 20 * SECOND, item[chosen], session[chosen])
    carted = np.zeros(len(person), dtype=np.bool_)
    carted[taken] = point[taken] < edges[1]
    return carted


def browse(
    diary: Diary,
    catalogue: Catalogue,
    calendar: ShopCalendar,
    visits_per_day: float,
    rng: np.random.Generator,
) -> None:
    """Write the visits without an order: looks, favourites, and carts that stay or are emptied."""
    people = diary.people
    start = calendar.busy_time(np.maximum(people.joined_day, 0))
    end = calendar.busy_time(np.minimum(people.last_day, calendar.days))
    counts = rng.poisson(visits_per_day * people.visit_rate * np.maximum(end - start, 0))
    counts = np.where(people.anonymous & (people.group == Group.VISITOR), np.maximum(counts, 1), counts)
    person = np.repeat(np.arange(len(people)), counts)
    day = calendar.from_busy_time(start[person] + rng.random(len(person)) * (end - start)[person])
    pulled = rng.random(len(person)) < people.weekend_pull[person]
    whole = np.floor(np.where(pulled, calendar.towards_weekend(day), day))
    day = whole + hours_of_day(people.preferred_hour[person], rng)
    day = np.maximum(day, people.joined_day[person])
    here = rng.random(len(person)) < people.presence(person, day)
    person, day = person[here], day[here]
    session = diary.open_sessions(person)
    slot = np.where(rng.random(len(person)) < 0.88, choose_slots(people, person, rng), -1)
    looks = look_around(diary, catalogue, session, person, day, slot, rng.geometric(0.23, len(person)), rng)
    _act_on(diary, looks, person, session, rng)


def _act_on(diary: Diary, looks: Looks, person: Integers, session: Integers, rng: np.random.Generator) -> None:
    """Some looks become favourites or carts, some of those are taken back."""
    point = rng.random(len(looks.row))
    for kind, back, low, high, back_share in (
        ("cart", "uncart", 0.0, CART_SHARE, UNCART_SHARE),
        ("favorite", "unfavorite", CART_SHARE, CART_SHARE + FAVORITE_SHARE, UNFAVORITE_SHARE),
    ):
        chosen = np.flatnonzero((point >= low) & (point < high))
        row, day, item = looks.row[chosen], looks.day[chosen] + 12 * SECOND, looks.item[chosen]
        diary.write(kind, person[row], day, item, session[row])
        undone = rng.random(len(chosen)) < back_share
        row, day, item = row[undone], day[undone], item[undone]
        at_once = rng.random(len(row)) < 0.5
        diary.write(back, person[row[at_once]], day[at_once] + 90 * SECOND, item[at_once], session[row[at_once]])
        later = day[~at_once] + rng.exponential(6, int((~at_once).sum())) + 0.1
        who = person[row[~at_once]]
        diary.write(back, who, later, item[~at_once], diary.open_sessions(who))
