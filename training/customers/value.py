"""How much each customer is expected to spend: orders times the net value of one, in the horizon and in a year.

Net spend is purchases minus returns. The net value of a customer's order is the mean of their own, drawn towards that
of their kind by as much as orders differ: the form of the gamma-gamma law (Fader, Hardie and Lee, "RFM and CLV", 2005).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats
from features.behaviour import Behaviour
from features.customers import CustomerFeatures
from features.events.engine import map_buckets
from features.events.event import bucket_column
from features.history import PURCHASE, RETURN, History
from training.customers.order_counts import OrderCounts
from training.customers.persistence import GROUPS, Persistence
from training.tables import KINDS, CustomerTable, kind_codes

YEAR_DAYS = 365
"""The longer horizon that orders and spend are told for."""

KIND_ORDERS = 2.0
"""The kind's mean value of an order counts as much as so many orders of the customer's own.

In ten trials on CDNOW, Online Retail and a simulated shop, at cutoffs before those of their tests, the weight with the
least deviance of what came lay between 1 and 3; 2 was at most 2 % above it, no drawing at all 15 to 46 %.
"""

LEVEL_ORDERS = 20.0
"""What is usual in the shop counts as much as so many orders of a kind that came in label windows."""

FILE = "value.json"


@dataclass(frozen=True)
class Expected:
    """Orders and net spend of some customers in some time, expected or real."""

    orders: Floats
    """Number of orders; shape (n,)."""
    net_spend: Floats
    """Purchases minus returns, in the shop's currency; shape (n,)."""


@dataclass(frozen=True)
class Value:
    """What customers will order and spend."""

    counts: OrderCounts
    """Expected orders within the horizon."""
    order_values: tuple[float, ...]
    """Mean net value of an order, by kind."""
    levels: tuple[float, ...]
    """Spend in label windows over what orders times values say, by kind: returns of earlier orders subtract."""
    persistence: dict[str, Persistence]
    """How orders thin out after the horizon, for visitors and buyers."""

    @classmethod
    def fit(
        cls,
        tables: Sequence[CustomerTable],
        spends: Sequence[Floats],
        known: CustomerFeatures,
        horizon_days: int,
        persistence: dict[str, Persistence],
    ) -> Value:
        """Learn from tables at several cutoffs, oldest first, and what their customers spent in the label windows.

        Without tables the ``known`` customers say what is usual.
        """
        counts = OrderCounts.fit(tables, known, horizon_days)
        usual = _mean_value(known)
        found = [_value_and_level(_of_kind(tables, spends, code), usual) for code in range(len(KINDS))]
        return cls(counts, tuple(value for value, _ in found), tuple(level for _, level in found), persistence)

    @property
    def horizon_days(self) -> int:
        """The horizon, in days of the shop."""
        return self.counts.horizon_days

    def order_value(self, features: CustomerFeatures) -> Floats:
        """Expected net value of an order of each customer, 0 or more; shape ``(n,)``."""
        kinds = kind_codes(features)
        level, value = np.array(self.levels)[kinds], np.array(self.order_values)[kinds]
        return level * _order_value(features, value)

    def expected(self, features: CustomerFeatures) -> Expected:
        """What each customer will order and spend within the horizon, neither below 0."""
        orders = self.counts.expected(features)
        return Expected(orders, orders * self.order_value(features))

    def extended(self, soon: Expected, features: CustomerFeatures, days: int) -> Expected:
        """What each customer will order and spend within so many days, ``soon`` being that of the horizon."""
        extensions = np.array([self.persistence[group].extension(self.horizon_days, days) for group in GROUPS])
        extension = extensions[(kind_codes(features) > 0).astype(np.int64)]
        return Expected(soon.orders * extension, soon.net_spend * extension)

    def save(self, folder: Path) -> None:
        """Write ``value.json`` below ``folder``."""
        said = {
            "counts": self.counts.as_dict(),
            "order_values": dict(zip(KINDS, self.order_values, strict=True)),
            "levels": dict(zip(KINDS, self.levels, strict=True)),
            "persistence": {group: found.as_dict() for group, found in self.persistence.items()},
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(json.dumps(said, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Value:
        """The value that :meth:`save` wrote."""
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(
            OrderCounts.from_dict(said["counts"]),
            tuple(said["order_values"][kind] for kind in KINDS),
            tuple(said["levels"][kind] for kind in KINDS),
            {group: Persistence(**said["persistence"][group]) for group in GROUPS},
        )


def label_spend(window: History, customer_ids: pa.Array) -> Floats:
    """Net spend in a label window of each customer, 0 of who is not in it; shape ``(n_customers,)``.

    ``window`` is the history before the end of the label window, made of the events in it alone. As in the features, a
    price is the one paid, else the item's list price, and a line without any counts as 0.
    """
    rows = window.of(PURCHASE, RETURN)
    signed = np.where(window.kind[rows] == RETURN, -1.0, 1.0) * window.quantity[rows]
    spend = window.sums(window.customer[rows], signed * np.nan_to_num(window.price[rows]))
    place = pc.fill_null(pc.index_in(window.customer_ids, value_set=customer_ids), -1).to_numpy()
    found = np.zeros(len(customer_ids))
    found[place[place >= 0]] = spend[place >= 0]
    return found


def spend_labels(behaviour: Behaviour, table: CustomerTable) -> Floats:
    """Net spend of each customer of ``table`` in its label window; shape ``(n_customers,)``."""
    catalogue = behaviour.catalogue(table.label_end)

    def of_bucket(bucket: int) -> Floats:
        later = behaviour.reader.bucket(bucket, since=table.cutoff, before=table.label_end)
        return label_spend(History.before(later, table.label_end, catalogue), table.features.customer_ids)

    found = np.zeros(len(table))
    # Of a large shop a table holds some buckets only.
    buckets = np.unique(bucket_column(table.features.customer_ids, behaviour.reader.buckets))
    for spend in map_buckets(of_bucket, buckets.tolist()):
        found += spend
    return found


def _of_kind(
    tables: Sequence[CustomerTable], spends: Sequence[Floats], code: int
) -> list[tuple[CustomerTable, Floats]]:
    """The rows of one kind in each table, with what they spent."""
    kept = [kind_codes(table.features) == code for table in tables]
    return [(table.take(rows), spend[rows]) for table, spend, rows in zip(tables, spends, kept, strict=True)]


def _value_and_level(rows: Sequence[tuple[CustomerTable, Floats]], usual: float) -> tuple[float, float]:
    """Mean net value of an order of one kind, and what was spent over what orders times values say."""
    orders = sum(float(table.order_count.sum()) for table, _ in rows)
    spent = sum(float(spend[table.ordered].sum()) for table, spend in rows)
    value = max((spent + LEVEL_ORDERS * usual) / (orders + LEVEL_ORDERS), 0.0)
    told = sum(float(table.order_count @ _order_value(table.features, value)) for table, _ in rows)
    came = sum(float(spend.sum()) for _, spend in rows)
    prior = LEVEL_ORDERS * value
    return value, max(came + prior, 0.0) / (told + prior) if prior > 0 else 1.0


def _order_value(features: CustomerFeatures, kind_value: Floats | float) -> Floats:
    """The customer's own mean net value of an order, drawn towards that of the kind; 0 or more, shape ``(n,)``."""
    orders, spend = (
        np.nan_to_num(features.column(name).astype(np.float64)) for name in ("order_count_all", "net_spend_all")
    )
    orders = np.maximum(orders, 0.0)
    own = np.where(orders > 0, spend, 0.0)
    drawn: Floats = np.maximum((own + KIND_ORDERS * kind_value) / (orders + KIND_ORDERS), 0.0)
    return drawn


def _mean_value(known: CustomerFeatures) -> float:
    """Net spend over orders of all ``known`` customers; 0 where nobody has ordered."""
    orders, spend = (
        float(np.nansum(known.column(name), dtype=np.float64)) for name in ("order_count_all", "net_spend_all")
    )
    return max(spend / orders, 0.0) if orders > 0 else 0.0
