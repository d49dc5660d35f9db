"""Features of pairs of customer and item: what the customer has done with the item, and how well it fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from features.catalogue import UNKNOWN
from features.customers import CustomerFeatures
from features.history import CART, FAVORITE, PURCHASE, VIEW, History, Pairs
from features.items import ItemFeatures

TOUCH_KINDS = {"view": VIEW, "favorite": FAVORITE, "cart": CART, "purchase": PURCHASE}
"""The kinds of event that count as touching an item."""

TOUCH_WEIGHTS = {VIEW: 1.0, FAVORITE: 2.0, CART: 3.0, PURCHASE: 1.0}
"""How much a touch of each kind says about interest."""

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

CUSTOMER_FAMILIES = ("activity", "recency", "orders", "conversion", "open_items", "variety", "prices")
"""The families that they are of; computing the others as well would double the cost of one person's."""


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
        unique, pair = np.unique(key, return_inverse=True)
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
        size = len(self.key)
        kind = self.history.kind[self.rows]
        return np.stack(
            [np.bincount(self.pair[kind == code], minlength=size) for code in TOUCH_KINDS.values()], axis=1
        ).astype(np.float64)

    @cached_property
    def ages_days(self) -> Floats:
        """Age of the newest event by kind, NaN where none, shape ``(n_pairs, 4)``."""
        ages = np.full((len(self.key), len(TOUCH_KINDS)), np.nan)
        kind, age = self.history.kind[self.rows], self.history.age_days[self.rows]
        for column, code in enumerate(TOUCH_KINDS.values()):
            chosen = kind == code
            ages[self.pair[chosen], column] = age[chosen]
        return ages

    def weight(self, half_life_days: float) -> Floats:
        """Interest in the item: ``TOUCH_WEIGHTS`` of its events, halved every ``half_life_days``; ``(n_pairs,)``."""
        by_kind = np.zeros(max(TOUCH_WEIGHTS) + 1)
        for kind, weight in TOUCH_WEIGHTS.items():
            by_kind[kind] = weight
        decay = 0.5 ** (self.history.age_days[self.rows] / half_life_days)
        weights = by_kind[self.history.kind[self.rows]] * decay
        return np.bincount(self.pair, weights=weights, minlength=len(self.key)).astype(np.float64)

    def find(self, customer: Ints, item: Ints) -> tuple[Ints, Flags]:
        """For each wanted pair its position here, and whether it is here at all; shapes ``(n,)``."""
        wanted = customer * np.int64(max(len(self.history.catalogue), 1)) + item
        place = np.searchsorted(self.key, wanted)
        place = np.minimum(place, max(len(self.key) - 1, 0))
        return place, (self.key[place] == wanted) if len(self.key) else np.zeros(len(wanted), dtype=bool)


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
    columns |= {
        "pair_open_cart_days": _state_age(history, history.open_carts, customer, item),
        "pair_open_favorite_days": _state_age(history, history.open_favorites, customer, item),
    }
    columns |= _affinities(touches, customer, item)
    item_price = items.column("item_price")[item]
    columns["pair_price_over_viewed"] = _log_ratio(item_price, customers.column("viewed_price_mean")[customer])
    columns["pair_price_over_bought"] = _log_ratio(item_price, customers.column("bought_price_mean")[customer])
    columns["pair_price_level_distance"] = (
        items.column("item_price_level")[item] - customers.column("price_level")[customer]
    )
    cycle = items.column("item_repurchase_gap_days")[item]
    columns["pair_repurchase_due"] = ratio(columns["pair_days_since_purchase"], cycle)
    columns |= {f"customer_{name}": customers.column(name)[customer] for name in CUSTOMER_COLUMNS}
    return columns | dict(zip(items.names, items.values[item].T, strict=True))


def _own_touches(touches: Touches, customer: Ints, item: Ints) -> dict[str, Floats]:
    place, found = touches.find(customer, item)
    columns: dict[str, Floats] = {}
    for position, name in enumerate(TOUCH_KINDS):
        count = np.zeros(len(customer))
        age = np.full(len(customer), np.nan)
        count[found] = touches.counts[place[found], position]
        age[found] = touches.ages_days[place[found], position]
        columns[f"pair_{name}_count"] = count
        columns[f"pair_days_since_{name}"] = age
    columns["pair_days_since_any"] = np.fmin.reduce(
        np.stack([columns[f"pair_days_since_{name}"] for name in TOUCH_KINDS]), axis=0
    )
    return columns


def _state_age(history: History, state: Pairs, customer: Ints, item: Ints) -> Floats:
    """Age of the open cart or favourite entry of each pair, NaN where it is not open."""
    size = np.int64(max(len(history.catalogue), 1))
    keys = state.customer * size + state.item
    order = np.argsort(keys)
    keys, ages = keys[order], state.age_days[order]
    found = np.full(len(customer), np.nan)
    if len(keys):
        wanted = customer * size + item
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        same = keys[place] == wanted
        found[same] = ages[place[same]]
    return found


def _affinities(touches: Touches, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The share of the customer's recent interest in the item's category and brand, and how fresh it is."""
    catalogue = touches.history.catalogue
    weight = touches.weight(7.0)
    total = touches.history.sums(touches.customer, weight)
    newest = np.fmin.reduce(touches.ages_days, axis=1) if len(touches.key) else np.zeros(0)
    columns: dict[str, Floats] = {}
    for name, code in (("category", catalogue.category), ("brand", catalogue.brand)):
        size = np.int64(code.max(initial=0) + 1)
        known = code[touches.item] != UNKNOWN
        unique, place = np.unique(touches.customer[known] * size + code[touches.item[known]], return_inverse=True)
        sums = np.bincount(place, weights=weight[known], minlength=len(unique))
        fresh = np.full(len(unique), np.inf)
        np.minimum.at(fresh, place, newest[known])
        share, days = np.full(len(customer), np.nan), np.full(len(customer), np.nan)
        wanted_code = code[item]
        if len(unique):
            wanted = customer * size + np.maximum(wanted_code, 0)
            spot = np.minimum(np.searchsorted(unique, wanted), len(unique) - 1)
            same = (unique[spot] == wanted) & (wanted_code != UNKNOWN)
            share[same] = ratio(sums[spot[same]], total[customer[same]])
            days[same] = fresh[spot[same]]
        share[(wanted_code != UNKNOWN) & np.isnan(share)] = 0.0
        columns[f"pair_{name}_share"] = share
        columns[f"pair_{name}_days"] = days
    return columns


def _log_ratio(part: Floats, whole: Floats) -> Floats:
    valid = (part > 0) & (whole > 0)
    result = np.full(len(part), np.nan)
    result[valid] = np.log(part[valid] / whole[valid])
    return result
