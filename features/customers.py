"""Features of customers: about a hundred numbers for each, computed from their history alone.

Each family below returns its columns by name. A missing number (no order yet, no price known) is NaN, never
zero. ``docs/features.md`` lists every name with its meaning; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from features import customer_orders, customer_promotions
from features.arrays import Floats, Ints, ratio, run_lengths, run_starts
from features.catalogue import UNKNOWN
from features.catalogue import log_price_levels as log_price_levels  # its home; some know it from here
from features.history import CART, FAVORITE, PURCHASE, RETURN, VIEW, History

if TYPE_CHECKING:  # Services reckon features, too, and do without pandas.
    import pandas as pd

Columns = dict[str, Floats]
"""Feature columns by name, each of shape ``(n_customers,)``."""

WINDOW_DAYS = (1, 3, 7, 14, 30, 60, 90, 180, 365)
"""The nested windows that events are counted in; all time comes last."""

PRESENCE_WINDOW_DAYS = (7, 30, 90, 365)
"""The nested windows that active days are counted in; all time comes last."""

COUNTED = {"view": VIEW, "favorite": FAVORITE, "cart": CART, "purchase": PURCHASE}
"""The kinds that are counted in every window."""

NIGHT_HOURS = (0, 6)
"""Night is from the first hour to before the second, in the shop's time."""


@dataclass(frozen=True)
class CustomerFeatures:
    """The feature table of some customers."""

    customer_ids: pa.Array
    """Ids; length n_customers."""
    names: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """The numbers, float32, shape (n_customers, n_features)."""

    def __len__(self) -> int:
        return len(self.customer_ids)

    def column(self, name: str) -> Floats:
        """One feature, shape ``(n_customers,)``."""
        return self.values[:, self.names.index(name)]

    def to_pandas(self) -> pd.DataFrame:
        """The table as a frame indexed by ``customer_id``."""
        import pandas as pd

        index = pd.Index(self.customer_ids.to_pylist(), name="customer_id")
        return pd.DataFrame(self.values, index=index, columns=list(self.names))


def customer_features(history: History, families: Sequence[str] | None = None) -> CustomerFeatures:
    """All features of every customer in ``history``, or those of some of ``FAMILIES``."""
    counts = history.counts(WINDOW_DAYS)
    columns: Columns = {}
    for family in FAMILIES if families is None else families:
        columns |= FAMILIES[family](history, counts)
    values = np.empty((len(history), len(columns)), dtype=np.float32)
    for position, column in enumerate(columns.values()):
        values[:, position] = column
    return CustomerFeatures(history.customer_ids, tuple(columns), values)


def activity(counts: Floats, windows: Sequence[int] = WINDOW_DAYS) -> Columns:
    """``{kind}_count_{window}d`` and ``{kind}_count_all``: events of each kind in nested windows."""
    labels = [f"{days}d" for days in windows] + ["all"]
    return {
        f"{name}_count_{label}": counts[:, kind, position]
        for name, kind in COUNTED.items()
        for position, label in enumerate(labels)
    }


def recency(history: History, kinds: Mapping[str, int] = COUNTED) -> Columns:
    """Days since the newest event of each kind, and since the first of all."""
    columns = {"days_since_any": history.latest(), "days_since_first": history.first()}
    columns |= {f"days_since_{name}": history.latest(history.of(kind)) for name, kind in kinds.items()}
    return columns


def presence(history: History) -> Columns:
    """Distinct days with any event in windows, and the usual gap between them."""
    days = history.active_days()
    columns = {
        f"active_days_{window}d": history.sums(days.customer[days.newest_age_days <= window])
        for window in PRESENCE_WINDOW_DAYS
    }
    active = history.sums(days.customer)
    first, last = history.first(), history.latest()
    columns["active_days_all"] = active
    columns["visit_gap_mean_days"] = np.where(active > 1, ratio(first - last, active - 1), np.nan)
    columns["visit_churn_factor"] = ratio(last, np.maximum(columns["visit_gap_mean_days"], 0.5))
    return columns


def conversion(counts: Floats) -> Columns:
    """How often one kind of event was followed by the next, over all time."""
    view, favorite = counts[:, VIEW, -1], counts[:, FAVORITE, -1]
    cart, purchase = counts[:, CART, -1], counts[:, PURCHASE, -1]
    return {
        "cart_per_view": ratio(cart, view),
        "favorite_per_view": ratio(favorite, view),
        **purchase_per_view(counts),
        "purchase_per_cart": ratio(purchase, cart),
    }


def purchase_per_view(counts: Floats) -> Columns:
    """How often a view was followed by a purchase, over all time."""
    return {"purchase_per_view": ratio(counts[:, PURCHASE, -1], counts[:, VIEW, -1])}


def open_counts(history: History) -> Columns:
    """How many items lie in the cart and among the favourites."""
    return {
        "open_cart_count": history.sums(history.open_carts.customer),
        "open_favorite_count": history.sums(history.open_favorites.customer),
    }


def open_items(history: History) -> Columns:
    """What lies in the cart and among the favourites: how many, worth how much, how old."""
    columns: Columns = {}
    counts = open_counts(history)
    for name, pairs in (("open_cart", history.open_carts), ("open_favorite", history.open_favorites)):
        price = np.nan_to_num(history.catalogue.price[pairs.item])
        newest = np.full(len(history), np.nan)
        newest[pairs.customer[::-1]] = pairs.age_days[::-1]
        columns[f"{name}_count"] = counts[f"{name}_count"]
        columns[f"{name}_count_7d"] = history.sums(pairs.customer[pairs.age_days <= 7])
        columns[f"{name}_value"] = history.sums(pairs.customer, price)
        columns[f"{name}_newest_days"] = newest
    return columns


def own_items(history: History) -> Columns:
    """How many different items, how many of them bought, and which share of those more than once."""
    customer, _ = _distinct(history, history.customer, history.item, len(history.catalogue))
    rows = history.of(PURCHASE)
    buyer, count = _distinct(history, history.customer[rows], history.item[rows], len(history.catalogue))
    bought = history.sums(buyer)
    return {
        "distinct_item_count": history.sums(customer),
        "distinct_bought_item_count": bought,
        "repeat_item_share": ratio(history.sums(buyer[count > 1]), bought),
    }


def variety(history: History) -> Columns:
    """How many different items and categories, and how much of it all is the favourite category."""
    items, events = own_items(history), np.diff(history.boundaries).astype(np.float64)
    category = history.catalogue.category[history.item]
    known = category != UNKNOWN
    if known.all():
        rows: Ints | slice = slice(None)
    else:
        rows = np.flatnonzero(known)
    category_customer, category_count = _distinct(
        history, history.customer[rows], category[rows], len(history.catalogue.categories)
    )
    total = history.sums(category_customer, category_count)
    share = ratio(category_count, total[category_customer])
    top = np.full(len(history), np.nan)
    np.fmax.at(top, category_customer, share)
    entropy = history.sums(category_customer, -share * np.log(np.maximum(share, 1e-12)))
    return {
        "distinct_item_count": items["distinct_item_count"],
        "events_per_item": ratio(events, items["distinct_item_count"]),
        "distinct_category_count": history.sums(category_customer),
        "top_category_share": top,
        "category_entropy": np.where(total > 0, entropy, np.nan),
        "distinct_bought_item_count": items["distinct_bought_item_count"],
        "repeat_item_share": items["repeat_item_share"],
    }


def _distinct(history: History, customer: Ints, code: Ints, size: int) -> tuple[Ints, Floats]:
    """The distinct pairs of customer and code: the customer of each and how often it occurs."""
    key = customer * np.int64(max(size, 1)) + code
    if len(history) * size <= len(key):  # few categories: counting is quicker than sorting
        counted = np.bincount(key, minlength=len(history) * size)
        pairs = np.flatnonzero(counted)
        return pairs // max(size, 1), counted[pairs].astype(np.float64)
    if len(history) * size < 2**31:
        key = key.astype(np.int32)  # half the bytes, half the time
    key.sort()
    starts = run_starts(key[1:] != key[:-1], len(key))
    count = run_lengths(starts, len(key)).astype(np.float64)
    return key[starts] // max(size, 1), count


def mean_prices(history: History) -> Columns:
    """Mean unit price of what the customer looks at, and of what they buy."""
    columns: Columns = {}
    priced = ~np.isnan(history.price)
    for name, kind in (("viewed", VIEW), ("bought", PURCHASE)):
        told = (history.kind == kind) & priced
        total = history.total(np.where(told, history.price, 0.0))
        columns[f"{name}_price_mean"] = ratio(total, history.total(told))
    return columns


def price_level(history: History) -> Columns:
    """Mean of log(list price / median of its category) over all events: 0 is the middle, above is dearer."""
    level = history.catalogue.price_level[history.item]
    known = ~np.isnan(level)
    return {"price_level": ratio(history.total(np.where(known, level, 0.0)), history.total(known))}


def prices(history: History) -> Columns:
    """What the customer looks at and pays: unit prices, against the category, and discounts."""
    rows = history.of(PURCHASE)
    customer, paid = history.customer[rows], history.unit_price[rows]
    listed = history.catalogue.price[history.item[rows]]
    known = (listed > 0) & (paid >= 0)
    discount = np.clip(1 - ratio(paid[known].astype(np.float64), listed[known]), 0, 1)
    bought = history.sums(customer[known])
    return mean_prices(history) | {
        "discounted_share": ratio(history.sums(customer[known], discount > 0.02), bought),
        "discount_mean": ratio(history.sums(customer[known], discount), bought),
        **price_level(history),
    }


def habits(history: History) -> Columns:
    """Hours and weekdays of the shop's time."""
    angle = np.arange(24) * (2 * np.pi / 24)
    events = np.diff(history.boundaries).astype(np.float64)
    night = (history.local_hour >= NIGHT_HOURS[0]) & (history.local_hour < NIGHT_HOURS[1])
    # 1970-01-01 was a Thursday: day 2 of the count was a Saturday. A look-up is a third of the cost of 7 in each.
    first = int(history.local_day.min(initial=0))
    days = np.arange(first, int(history.local_day.max(initial=0)) + 1)
    weekend = ((days - 2) % 7 < 2)[history.local_day - first]
    return {
        "hour_sine_mean": ratio(history.total(np.sin(angle)[history.local_hour]), events),
        "hour_cosine_mean": ratio(history.total(np.cos(angle)[history.local_hour]), events),
        "night_share": ratio(history.total(night), events),
        "weekend_share": ratio(history.total(weekend), events),
    }


def trends(counts: Floats) -> Columns:
    """How the newest period compares with the one before, per day; 0.5 is no change, 1 all in the newest."""
    position = {days: place for place, days in enumerate(WINDOW_DAYS)}

    def newest_share(kinds: list[int], newest: int, longer: int) -> Floats:
        recent = counts[:, kinds, position[newest]].sum(axis=1)
        before = counts[:, kinds, position[longer]].sum(axis=1) - recent
        recent, before = recent / newest, before / (longer - newest)
        return ratio(recent, recent + before)

    everything = list(COUNTED.values())
    return {
        "activity_trend_7d_30d": newest_share(everything, 7, 30),
        "activity_trend_30d_90d": newest_share(everything, 30, 90),
        "activity_trend_90d_365d": newest_share(everything, 90, 365),
        "cart_trend_7d_30d": newest_share([CART], 7, 30),
        "purchase_trend_90d_365d": newest_share([PURCHASE], 90, 365),
        "return_per_purchase": ratio(counts[:, RETURN, -1], counts[:, PURCHASE, -1]),
    }


FAMILIES: Mapping[str, Callable[[History, Floats], Columns]] = {
    "activity": lambda _, counts: activity(counts),
    "recency": lambda history, _: recency(history),
    "presence": lambda history, _: presence(history),
    "orders": lambda history, _: customer_orders.orders(history),
    "gaps": lambda history, _: customer_orders.gaps(history),
    "conversion": lambda _, counts: conversion(counts),
    "open_items": lambda history, _: open_items(history),
    "variety": lambda history, _: variety(history),
    "prices": lambda history, _: prices(history),
    "habits": lambda history, _: habits(history),
    "trends": lambda _, counts: trends(counts),
    "promotions": lambda history, _: customer_promotions.promotions(history),
}
"""What makes each family of columns from a history and its events in ``WINDOW_DAYS``, in the order of the table."""
