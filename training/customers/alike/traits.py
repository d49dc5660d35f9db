"""The traits by which customers are compared: some two dozen plain numbers, most of them features of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from features.customers import CustomerFeatures
from features.history import History
from training.customers.alike.tastes import Tastes, taste_names

DAY_PARTS: Mapping[str, tuple[int, int]] = {
    "morning": (6, 11),
    "midday": (11, 14),
    "afternoon": (14, 18),
    "evening": (18, 23),
    "night": (23, 6),
}
"""Parts of the shop's day, from the first hour to before the second."""


@dataclass(frozen=True)
class Trait:
    """One number by which customers are compared."""

    concept: str
    """What it is about; the traits of one concept share one weight."""
    scale: str
    """``log`` for counts, days and money, ``root`` for shares that are mostly small, ``plain`` for the others."""
    evidence: str = ""
    """For a share, the feature that counts what it was told by; a share of little is drawn to the shop's own."""


NUMBERS: Mapping[str, Trait] = {
    "order_count_all": Trait("orders", "log"),
    "purchase_gap_mean_days": Trait("rhythm", "log"),
    "days_since_purchase": Trait("silence", "log"),
    "days_since_first": Trait("tenure", "log"),
    "net_spend_all": Trait("spend", "log"),
    "order_value_mean": Trait("basket", "log"),
    "lines_per_order": Trait("basket", "log"),
    "active_days_all": Trait("browsing", "log"),
    "views_per_visit_day": Trait("browsing", "log"),
    "purchase_per_view": Trait("browsing", "root"),
    "cart_per_view": Trait("cart", "root"),
    "open_cart_count": Trait("cart", "log"),
    "favorite_per_view": Trait("favorites", "root"),
    "distinct_category_count": Trait("variety", "log"),
    "top_category_share": Trait("variety", "plain"),
    "repeat_item_share": Trait("loyalty", "root", "distinct_bought_item_count"),
    "price_level": Trait("price", "plain"),
    "discounted_share": Trait("discount", "plain", "purchase_count_all"),
    "return_per_purchase": Trait("returns", "root", "purchase_count_all"),
    "weekend_share": Trait("week", "plain", "events"),
    **{f"{part}_share": Trait("hours", "root", "events") for part in DAY_PARTS},
}
"""The traits that every shop has, by name; those of categories and brands follow them."""

TASTES: Mapping[str, Trait] = {kind: Trait(kind, "root", "interest") for kind in ("category", "brand")}
"""The traits of each kind of taste."""

DOUBT = 3.0
"""A share that so many events, or so much interest, tell lies half-way between them and the shop's."""

LEAST_EVENTS = 5
"""Of who never ordered and did less than this nothing can be said."""


def trait_of(name: str) -> Trait:
    """The trait of a column's name, those of tastes too."""
    return NUMBERS[name] if name in NUMBERS else TASTES[name.split(" ")[0]]


@dataclass(frozen=True)
class Traits:
    """The traits of some customers."""

    names: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """The numbers as people know them, NaN where there is none; shape (n_customers, n_traits)."""
    trust: Floats
    """For shares, how far the number can be trusted, 0 to 1; 1 for the others. Shape (n_customers, n_traits)."""
    known: Flags
    """Who has done enough to be compared at all; shape (n_customers,)."""

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, history: History, features: CustomerFeatures, tastes: Sequence[Tastes]) -> Traits:
        """The traits of everyone in ``history``, whose features are given."""
        columns = _numbers(history, features)
        values = [columns[name] for name in NUMBERS]
        trust = [
            _trust(columns[trait.evidence]) if trait.evidence else np.ones(len(history)) for trait in NUMBERS.values()
        ]
        for taste in tastes:
            shares, total = taste.shares(history)
            values += list(shares.T)
            trust += [_trust(total)] * len(taste.names)
        known = (columns["order_count_all"] > 0) | (columns["events"] >= LEAST_EVENTS)
        return cls((*NUMBERS, *taste_names(tastes)), np.column_stack(values), np.column_stack(trust), known)

    def take(self, rows: Ints) -> Traits:
        """The traits of some rows."""
        return Traits(self.names, self.values[rows], self.trust[rows], self.known[rows])

    @classmethod
    def joined(cls, parts: Sequence[Traits]) -> Traits:
        """Those of several groups of customers as one; at least one is needed."""
        return cls(
            parts[0].names,
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.trust for part in parts]),
            np.concatenate([part.known for part in parts]),
        )


def _trust(count: Floats) -> Floats:
    return count / (count + DOUBT)


def _numbers(history: History, features: CustomerFeatures) -> dict[str, Floats]:
    """The columns of :data:`NUMBERS`, and those that they are told by."""
    wanted = {*NUMBERS, *(trait.evidence for trait in NUMBERS.values())}
    columns = {name: features.column(name).astype(np.float64) for name in features.names if name in wanted}
    columns["events"] = np.diff(history.boundaries).astype(np.float64)
    columns["net_spend_all"] = np.maximum(columns["net_spend_all"], 0.0)
    views, days = (features.column(name).astype(np.float64) for name in ("view_count_all", "active_days_all"))
    columns["views_per_visit_day"] = np.where(views > 0, ratio(views, days), np.nan)
    part = np.zeros(24, dtype=np.int64)
    for place, (first, end) in enumerate(DAY_PARTS.values()):
        part[[hour % 24 for hour in range(first, end if end > first else end + 24)]] = place
    key = history.customer * len(DAY_PARTS) + part[history.local_hour]
    counted = np.bincount(key, minlength=len(history) * len(DAY_PARTS)).reshape(len(history), len(DAY_PARTS))
    return columns | {
        f"{name}_share": ratio(counted[:, place], columns["events"]) for place, name in enumerate(DAY_PARTS)
    }
