"""Training tables of customers who do nothing but order, as a law says: a law is the best that can be said of them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa

from features.customers import CustomerFeatures
from tests.training.customers.btyd.planted_orders import AHEAD_DAYS, planted_orders
from tests.training.customers.planted import START, no_features
from training.customers.btyd.law import Law
from training.tables import CustomerTable

HORIZON_DAYS = int(AHEAD_DAYS)


def law_tables(law: type[Law], count: int, size: int) -> list[CustomerTable]:
    """So many tables one horizon apart, oldest first, each of ``size`` customers of its own."""
    return [law_table(law, place, size) for place in range(count)]


def law_table(law: type[Law], place: int, size: int) -> CustomerTable:
    """The table at one cutoff; of features only when they ordered is known."""
    planted = planted_orders(law, 100 + place, size)
    frequency, recency, age = (getattr(planted.purchases, name) for name in ("frequency", "recency", "age"))
    names = no_features().names
    values = np.full((size, len(names)), np.nan, dtype=np.float32)
    for name, column in (
        ("purchase_day_count", frequency + 1),
        ("order_count_all", frequency + 1),
        ("net_spend_all", 10 * (frequency + 1)),
        ("days_since_first_purchase", age),
        ("days_since_purchase", age - recency),
        ("purchase_gap_mean_days", np.where(frequency > 0, recency / np.maximum(frequency, 1), np.nan)),
    ):
        values[:, names.index(name)] = column
    ids = pa.array([f"{place}/{number}" for number in range(size)])
    return CustomerTable(
        features=CustomerFeatures(ids, names, values),
        cutoff=START + timedelta(days=place * HORIZON_DAYS),
        horizon_days=HORIZON_DAYS,
        order_count=planted.ordered.astype(np.int64),
        order_days=np.where(planted.ordered, AHEAD_DAYS / 2, np.nan),
        net_spend=np.where(planted.ordered, 10.0, 0.0),
        contact_days=np.full(size, np.nan),
    )
