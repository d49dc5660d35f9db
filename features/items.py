"""Features of items: popularity, trend, conversion and repurchase, added up over buckets of customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.catalogue import UNKNOWN, Catalogue
from features.customers import log_price_levels
from features.events.event import KINDS
from features.history import CART, FAVORITE, PURCHASE, RETURN, VIEW, History

if TYPE_CHECKING:  # Services reckon features, too, and do without pandas.
    import pandas as pd

ITEM_WINDOW_DAYS = (1, 3, 7, 14, 30, 90)
"""The nested windows that an item's events are counted in; all time comes last."""

TREND_HALF_LIFE_DAYS = 7.0
"""An event's weight in an item's trend halves in this time."""


@dataclass(frozen=True)
class ItemStatistics:
    """Sums over some customers; those of all buckets add up to the shop's."""

    counts: Floats
    """Events by kind and window, shape (n_items, n_kinds, n_windows + 1)."""
    decayed: Floats
    """Events by kind, each weighted by its age, shape (n_items, n_kinds)."""
    people: Floats
    """Distinct customers by kind, shape (n_items, n_kinds)."""
    repeat_buyers: Floats
    """Customers who bought it on two days or more, shape (n_items,)."""
    gap_sum_days: Floats
    """Sum of the gaps between a customer's purchase days of it, shape (n_items,)."""
    gap_count: Floats
    """Number of those gaps, shape (n_items,)."""
    price_sum: Floats
    """Sum of the unit prices seen, shape (n_items,)."""
    price_count: Floats
    """Number of unit prices seen, shape (n_items,)."""
    first_age_days: Floats
    """Days since its first event, 0 where none, shape (n_items,)."""

    def __add__(self, other: ItemStatistics) -> ItemStatistics:
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        sums["first_age_days"] = np.maximum(self.first_age_days, other.first_age_days)
        return ItemStatistics(**sums)


def item_statistics(history: History) -> ItemStatistics:
    """The sums over the customers of ``history``."""
    size, kinds, width = len(history.catalogue), len(KINDS), len(ITEM_WINDOW_DAYS) + 1
    index = (history.item.astype(np.int64) * kinds + history.kind) * width + history.window(ITEM_WINDOW_DAYS)
    counts = np.bincount(index, minlength=size * kinds * width).reshape(size, kinds, width).cumsum(axis=2)
    item_kind = history.item.astype(np.int64) * kinds + history.kind
    weight = 0.5 ** (history.age_days / TREND_HALF_LIFE_DAYS)
    decayed = np.bincount(item_kind, weights=weight, minlength=size * kinds).astype(np.float64).reshape(size, kinds)
    person = np.unique(history.customer * np.int64(size * kinds) + item_kind) % max(size * kinds, 1)
    people = np.bincount(person, minlength=size * kinds).reshape(size, kinds)
    repeat_buyers, gap_sum, gap_count = _repurchases(history)
    priced = np.flatnonzero(~np.isnan(history.unit_price))
    first = np.zeros(size)
    np.maximum.at(first, history.item, history.age_days)
    return ItemStatistics(
        counts=counts.astype(np.float64),
        decayed=decayed,
        people=people.astype(np.float64),
        repeat_buyers=repeat_buyers,
        gap_sum_days=gap_sum,
        gap_count=gap_count,
        price_sum=np.bincount(history.item[priced], weights=history.unit_price[priced], minlength=size).astype(
            np.float64
        ),
        price_count=np.bincount(history.item[priced], minlength=size).astype(np.float64),
        first_age_days=first,
    )


def _repurchases(history: History) -> tuple[Floats, Floats, Floats]:
    """Per item: customers with two or more purchase days, and the sum and number of the gaps between those days."""
    size = len(history.catalogue)
    pair, gaps = repurchase_gaps(history, history.item, size)
    item = pair % max(size, 1)
    repeated = np.unique(pair) % max(size, 1)
    return (
        np.bincount(repeated, minlength=size).astype(np.float64),
        np.bincount(item, weights=gaps, minlength=size).astype(np.float64),
        np.bincount(item, minlength=size).astype(np.float64),
    )


def repurchase_gaps(history: History, code: Ints, size: int) -> tuple[Ints, Floats]:
    """The gaps between the days on which one customer bought the same thing.

    ``code`` says what each event is about, from 0 to ``size - 1`` or ``UNKNOWN``: the item itself, or its category.
    Returns for each gap the pair ``customer * size + code`` and its days; both of shape ``(n_gaps,)``.
    """
    rows = history.of(PURCHASE)
    rows = rows[code[rows] != UNKNOWN]
    pair = history.customer[rows] * np.int64(size) + code[rows]
    day = history.local_day[rows]
    order = np.lexsort((day, pair))
    pair, day, age = pair[order], day[order], history.age_days[rows][order]
    fresh = np.ones(len(pair), dtype=bool)
    fresh[1:] = (pair[1:] != pair[:-1]) | (day[1:] != day[:-1])
    pair, age = pair[fresh], age[fresh]
    again = np.flatnonzero(pair[1:] == pair[:-1]) + 1
    return pair[again], age[again - 1] - age[again]


def total_statistics(parts: Iterable[ItemStatistics]) -> ItemStatistics:
    """The sum of the statistics of several buckets; there must be at least one."""
    iterator = iter(parts)
    total = next(iterator)
    for part in iterator:
        total = total + part
    return total


@dataclass(frozen=True)
class ItemFeatures:
    """The feature table of all items of a catalogue."""

    names: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """The numbers, float32, shape (n_items, n_features)."""

    def column(self, name: str) -> Floats:
        """One feature, shape ``(n_items,)``."""
        return self.values[:, self.names.index(name)]

    def relative(self) -> ItemFeatures:
        """The same table with counts and trends as multiples of the mean over all items that have any.

        So they mean the same in a small and in a large shop, and in a shop that grew.
        """
        values = self.values.copy()
        for place in (place for place, name in enumerate(self.names) if "_count" in name or name.endswith("_trend")):
            some = values[:, place][values[:, place] > 0]
            if len(some):
                values[:, place] /= some.mean()
        return ItemFeatures(self.names, values)

    def to_pandas(self, catalogue: Catalogue) -> pd.DataFrame:
        """The table as a frame indexed by ``item_id``."""
        import pandas as pd

        index = pd.Index(catalogue.ids.to_pylist(), name="item_id")
        return pd.DataFrame(self.values, index=index, columns=list(self.names))


def item_features(statistics: ItemStatistics, catalogue: Catalogue) -> ItemFeatures:
    """Popularity, trend, conversion, repurchase cycle and price of every item; rates are shrunk towards the shop's."""
    counts, people = statistics.counts, statistics.people
    labels = [f"{days}d" for days in ITEM_WINDOW_DAYS] + ["all"]
    columns = {
        f"item_{name}_count_{label}": counts[:, kind, position]
        for name, kind in (("view", VIEW), ("cart", CART), ("purchase", PURCHASE))
        for position, label in enumerate(labels)
    }
    columns |= {
        "item_favorite_count_all": counts[:, FAVORITE, -1],
        "item_view_trend": statistics.decayed[:, VIEW],
        "item_cart_trend": statistics.decayed[:, CART],
        "item_purchase_trend": statistics.decayed[:, PURCHASE],
        "item_buyer_count": people[:, PURCHASE],
        "item_cart_per_view": shrunk(people[:, CART], people[:, VIEW]),
        "item_purchase_per_view": shrunk(people[:, PURCHASE], people[:, VIEW]),
        "item_purchase_per_cart": shrunk(people[:, PURCHASE], people[:, CART]),
        "item_return_per_purchase": shrunk(counts[:, RETURN, -1], counts[:, PURCHASE, -1]),
        "item_repeat_buyer_share": shrunk(statistics.repeat_buyers, people[:, PURCHASE]),
        "item_repurchase_gap_days": ratio(statistics.gap_sum_days, statistics.gap_count),
        "item_age_days": statistics.first_age_days,
        "item_price": item_price(statistics, catalogue),
        "item_price_level": log_price_levels(item_price(statistics, catalogue), catalogue.category),
    }
    values = np.stack(list(columns.values()), axis=1).astype(np.float32)
    return ItemFeatures(tuple(columns), values)


def item_price(statistics: ItemStatistics, catalogue: Catalogue) -> Floats:
    """List price, else the mean of the prices seen, else NaN; shape ``(n_items,)``."""
    return np.where(np.isnan(catalogue.price), ratio(statistics.price_sum, statistics.price_count), catalogue.price)


def shrunk(part: Floats, whole: Floats, strength: float = 10.0) -> Floats:
    """``part / whole`` drawn towards the rate of all items, as if ``strength`` more cases had shown that rate."""
    total = whole.sum()
    rate = part.sum() / total if total else 0.0
    return (part + strength * rate) / (whole + strength)
