"""Features of pairs of customer and item: what the customer has done with the item, and how well it fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np

from features.arrays import Flags, Floats, Ints, distinct, missing, places, ratio
from features.catalogue import UNKNOWN
from features.customer_orders import order_count
from features.customers import (
    CustomerFeatures,
    activity,
    mean_prices,
    open_counts,
    own_items,
    price_level,
    purchase_per_view,
    recency,
)
from features.group_sums import MOST_CELLS, GroupSums
from features.history import CART, FAVORITE, PURCHASE, VIEW, History, Pairs
from features.items import ItemFeatures

TOUCH_KINDS = {"view": VIEW, "favorite": FAVORITE, "cart": CART, "purchase": PURCHASE}
"""The kinds of event that count as touching an item."""

TOUCH_WEIGHTS = {VIEW: 1.0, FAVORITE: 2.0, CART: 3.0, PURCHASE: 1.0}
"""How much a touch of each kind says about interest."""

_COLUMN_OF_KIND = np.zeros(max(TOUCH_KINDS.values()) + 1, dtype=np.int64)
_COLUMN_OF_KIND[list(TOUCH_KINDS.values())] = np.arange(len(TOUCH_KINDS))
_WEIGHT_OF_COLUMN = np.array([TOUCH_WEIGHTS[kind] for kind in TOUCH_KINDS.values()])

CUSTOMER_COLUMNS = (
    "days_since_any",
    "days_since_purchase",
    "view_count_7d",
    "cart_count_7d",
    "purchase_count_all",
    "order_count_all",
    "open_cart_count",
    "open_favorite_count",
    "distinct_item_count",
    "purchase_per_view",
    "repeat_item_share",
    "price_level",
    "viewed_price_mean",
    "bought_price_mean",
)
"""The customer features that the ranker sees beside those of the pair."""

_CUSTOMER_NAMES = tuple(f"customer_{name}" for name in CUSTOMER_COLUMNS)

_WEEK_DAYS = (7,)


@dataclass(frozen=True)
class Touches:
    """Every pair of customer and item with at least one touch, ordered by customer and item."""

    history: History
    """The events behind them."""
    key: Ints
    """``customer * n_items + item``, rising; shape (n_pairs,)."""
    rows: Ints = field(repr=False)
    """The touching events, positions in the history; shape (n_rows,)."""
    pair: Ints = field(repr=False)
    """The pair that each of those events belongs to; shape (n_rows,)."""

    @classmethod
    def of(cls, history: History) -> Touches:
        """The touches of everyone in ``history``."""
        rows = history.of(*TOUCH_KINDS.values())
        key = history.customer[rows] * np.int64(max(len(history.catalogue), 1)) + history.item[rows]
        unique, pair = distinct(key)
        return cls(history, unique, rows, pair)

    @cached_property
    def customer(self) -> Ints:
        """Position of the customer, shape ``(n_pairs,)``."""
        return self.key // max(len(self.history.catalogue), 1)

    @cached_property
    def item(self) -> Ints:
        """Item code, shape ``(n_pairs,)``."""
        return self.key % max(len(self.history.catalogue), 1)

    @cached_property
    def counts(self) -> Floats:
        """Events by kind, in the order of ``TOUCH_KINDS``, shape ``(n_pairs, 4)``."""
        size, width = len(self.key), len(TOUCH_KINDS)
        return np.bincount(self.pair * width + self._column, minlength=size * width).reshape(size, width).astype(float)

    @cached_property
    def ages_days(self) -> Floats:
        """Age of the newest event by kind, NaN where none, shape ``(n_pairs, 4)``."""
        ages = missing((len(self.key), len(TOUCH_KINDS)))
        ages[self.pair, self._column] = self.history.age_days[self.rows]  # In time order: the newest comes last.
        return ages

    @cached_property
    def _column(self) -> Ints:
        """Place of each touching event's kind in ``TOUCH_KINDS``."""
        return _COLUMN_OF_KIND[self.history.kind[self.rows]]

    @cached_property
    def newest_days(self) -> Floats:
        """Age of the newest event of any of the kinds, shape ``(n_pairs,)``."""
        return np.fmin.reduce(self.ages_days, axis=1) if len(self.key) else np.zeros(0)

    def weight(self, half_life_days: float) -> Floats:
        """Interest in the item: ``TOUCH_WEIGHTS`` of its events, halved every ``half_life_days``; ``(n_pairs,)``."""
        decay = 0.5 ** (self.history.age_days[self.rows] / half_life_days)
        weights = _WEIGHT_OF_COLUMN[self._column] * decay
        return np.bincount(self.pair, weights=weights, minlength=len(self.key)).astype(np.float64)

    def find(self, customer: Ints, item: Ints) -> tuple[Ints, Flags]:
        """For each wanted pair its position here, and whether it is here at all; shapes ``(n,)``."""
        if self._asked.get("customer") is not customer or self._asked["item"] is not item:
            found = find(self.key, customer * np.int64(max(len(self.history.catalogue), 1)) + item)
            self._asked.update(customer=customer, item=item, found=found)
        return cast("tuple[Ints, Flags]", self._asked["found"])

    def hold(self, customer: Ints, item: Ints) -> Flags:
        """Which of the wanted pairs are here, ``(n,)``; looked up, not searched for, where there are few cells."""
        key = customer * np.int64(max(len(self.history.catalogue), 1)) + item
        return find(self.key, key)[1] if self._cells is None else self._cells[key]

    @cached_property
    def _cells(self) -> Flags | None:
        """Whether there is each pair that could be; None where those are too many."""
        size = len(self.history) * max(len(self.history.catalogue), 1)
        if size > MOST_CELLS:
            return None
        cells = np.zeros(size, dtype=bool)
        cells[self.key] = True
        return cells

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """The pairs that were wanted last: several features ask for the same."""
        return {}


def pair_features(
    touches: Touches,
    customers: CustomerFeatures,
    items: ItemFeatures,
    customer: Ints,
    item: Ints,
) -> dict[str, Floats]:
    """Features of the wanted pairs ``(customer[i], item[i])``, each column of shape ``(n_pairs,)``."""
    history = touches.history
    columns = _own_touches(touches, customer, item)
    columns["pair_open_cart_days"] = _state_age(history, history.open_carts, customer, item)
    columns["pair_open_favorite_days"] = _state_age(history, history.open_favorites, customer, item)
    columns |= _affinities(touches, customer, item)
    theirs = dict(zip(CUSTOMER_COLUMNS, customers.values.T[_places(customers.names)][:, customer], strict=True))
    own = dict(zip(items.names, items.values[item].T, strict=True))
    for name in ("viewed", "bought"):
        columns[f"pair_price_over_{name}"] = _log_ratio(own["item_price"], theirs[f"{name}_price_mean"])
    columns["pair_price_level_distance"] = own["item_price_level"] - theirs["price_level"]
    columns["pair_repurchase_due"] = ratio(columns["pair_days_since_purchase"], own["item_repurchase_gap_days"])
    columns.update(zip(_CUSTOMER_NAMES, theirs.values(), strict=True))
    columns.update(own)
    return columns


def pair_customers(history: History) -> CustomerFeatures:
    """The customer features that pairs need: all of them would cost one person's answer three times as much."""
    counts = history.counts(_WEEK_DAYS)
    columns = activity(counts, _WEEK_DAYS) | recency(history, {"purchase": PURCHASE}) | purchase_per_view(counts)
    columns |= order_count(history) | open_counts(history) | own_items(history)
    columns |= mean_prices(history) | price_level(history)
    values = np.empty((len(history), len(CUSTOMER_COLUMNS)), dtype=np.float32)
    for place, name in enumerate(CUSTOMER_COLUMNS):
        values[:, place] = columns[name]
    return CustomerFeatures(history.customer_ids, CUSTOMER_COLUMNS, values)


@lru_cache(maxsize=8)
def _places(names: tuple[str, ...]) -> list[int]:
    return [names.index(name) for name in CUSTOMER_COLUMNS]


def find(keys: Ints, wanted: Ints) -> tuple[Ints, Flags]:
    """Where each wanted key is among rising ones, and whether it is there at all; shapes ``(n,)``."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = keys.searchsorted(wanted)
    place[place == len(keys)] = 0
    return place, keys[place] == wanted


def _own_touches(touches: Touches, customer: Ints, item: Ints) -> dict[str, Floats]:
    place, found = touches.find(customer, item)
    row = places(found)
    place = place[row]
    count, age = np.zeros((len(TOUCH_KINDS), len(customer))), missing((len(TOUCH_KINDS), len(customer)))
    count[:, row] = touches.counts.T[:, place]
    age[:, row] = touches.ages_days.T[:, place]
    columns: dict[str, Floats] = {}
    for position, name in enumerate(TOUCH_KINDS):
        columns[f"pair_{name}_count"] = count[position]
        columns[f"pair_days_since_{name}"] = age[position]
    columns["pair_days_since_any"] = newest = missing(len(customer))
    newest[row] = touches.newest_days[place]
    return columns


def _state_age(history: History, state: Pairs, customer: Ints, item: Ints) -> Floats:
    """Age of the open cart or favourite entry of each pair, NaN where it is not open."""
    found = missing(len(customer))
    if len(state.item):
        size = np.int64(max(len(history.catalogue), 1))
        keys = state.customer * size + state.item
        order = keys.argsort()
        place, same = find(keys[order], customer * size + item)
        found[same] = state.age_days[order][place[same]]
    return found


def _affinities(touches: Touches, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The share of the customer's recent interest in the item's category and brand, and how fresh it is."""
    catalogue = touches.history.catalogue
    weight, newest = touches.weight(7.0), touches.newest_days
    total = np.maximum(touches.history.sums(touches.customer, weight), np.finfo(np.float64).tiny)
    groups = (
        ("category", catalogue.category, len(catalogue.categories)),
        ("brand", catalogue.brand, len(catalogue.brands)),
    )
    columns: dict[str, Floats] = {}
    for name, code, count in groups:
        wanted = code[item]
        sums = GroupSums(touches.customer, code[touches.item], weight, len(touches.history), count)
        cell = sums.cells(customer, wanted)
        days = sums.least(newest)[cell]
        days[(cell == UNKNOWN) | np.isinf(days)] = np.nan
        share = np.where(cell == UNKNOWN, 0.0, sums.sums[cell] / total[customer])
        share[wanted == UNKNOWN] = np.nan
        columns[f"pair_{name}_share"] = share
        columns[f"pair_{name}_days"] = days
    return columns


def _log_ratio(part: Floats, whole: Floats) -> Floats:
    valid = (part > 0) & (whole > 0)
    result = missing(len(part))
    result[valid] = np.log(part[valid] / whole[valid])
    return result
