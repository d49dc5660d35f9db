"""When people first and then again ordered, and what each day earned: what one-time buyers and margins come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.history import PURCHASE, RETURN, History
from features.progress import Progress
from features.shop.anomalies import Anomalies

NEVER = np.iinfo(np.int64).max
"""The day of a second order that has not come."""


@dataclass(frozen=True)
class Buyers:
    """The buyers of a shop, and the margin of its days."""

    first_day: Ints
    """The shop's day of each buyer's first order, as a number since 1970-01-01; shape (n_buyers,)."""
    second_day: Ints
    """The day of the next order on another day, ``NEVER`` where none has come; shape (n_buyers,)."""
    margin_first_day: int
    """The day of the first entry of ``margin``."""
    margin: Floats
    """What was earned on each day: paid less cost, returns taken off; shape (n_days,)."""
    cost_known_share: float
    """The share of sales, by value, of items whose cost is known, 0 to 1."""

    @classmethod
    def before(cls, behaviour: Behaviour, cutoff: datetime, progress: Progress | None = None) -> Buyers:
        """What was known before ``cutoff``; people who are set aside are left out."""
        catalogue = behaviour.catalogue(cutoff)
        anomalies = Anomalies.before(behaviour, cutoff, catalogue)

        def of_bucket(_: int, history: History) -> tuple[Ints, Ints, Ints, Floats, Floats]:
            kept = history.chosen(np.flatnonzero(~anomalies.set_aside(history).flags))
            return (*_order_days(kept), *_lines(kept, catalogue))

        parts = list(behaviour.map_histories(of_bucket, cutoff, catalogue, progress=progress))
        first, second, day, earned, sold = (np.concatenate(column) for column in zip(*parts, strict=True))
        begins = int(day.min()) if len(day) else 0
        known = np.isfinite(earned)
        margin: Floats = np.bincount(day[known] - begins, weights=earned[known]).astype(np.float64)
        whole = float(sold.sum())
        return cls(first, second, begins, margin, float(sold[known].sum()) / whole if whole else 0.0)

    def margin_of(self, first_day: int, days: int) -> Floats:
        """The margin of so many days from ``first_day`` on, 0 where nothing was sold; shape ``(days,)``."""
        found = np.zeros(days)
        places = np.arange(first_day, first_day + days) - self.margin_first_day
        there = (places >= 0) & (places < len(self.margin))
        found[there] = self.margin[places[there]]
        return found


def _order_days(history: History) -> tuple[Ints, Ints]:
    """The first order day of each buyer and the next one."""
    days = history.active_days(history.of(PURCHASE))
    if not len(days.customer):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    is_first = np.append(True, days.customer[1:] != days.customer[:-1])
    starts = np.flatnonzero(is_first)
    has_second = np.append(~is_first[1:], False)[starts]
    local = days.local_day.astype(np.int64)
    second = np.full(len(starts), NEVER)
    second[has_second] = local[starts[has_second] + 1]
    return local[starts], second


def _lines(history: History, catalogue: Catalogue) -> tuple[Ints, Floats, Floats]:
    """The day of each purchase and return, what it earned (NaN without a cost), and what was sold."""
    rows = history.of(PURCHASE, RETURN)
    signed = np.where(history.kind[rows] == RETURN, -1.0, 1.0) * history.quantity[rows]
    price, cost = np.nan_to_num(history.price[rows]), catalogue.unit_cost[history.item[rows]]
    sold = np.where(signed > 0, signed * price, 0.0)
    return history.local_day[rows].astype(np.int64), signed * (price - cost), sold
