"""Expected orders and spend beside what really came: totals, errors and deciles, of the model and of simple rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from training.customers.ahead.value import Expected, Value
from training.tables import KINDS, CustomerTable, kind_codes

DECILES = 10
"""Customers are told in so many groups of equal size, the most expected spend first."""


@dataclass(frozen=True)
class ValueTold:
    """What a value model and two simple rules say of some customers, beside what came."""

    came: Expected
    """What they ordered and spent in the label window."""
    told: Mapping[str, Expected]
    """What was expected of them, by method."""
    kinds: Ints
    """Their kinds, as positions in ``KINDS``; shape (n_customers,)."""

    @classmethod
    def of(cls, value: Value, table: CustomerTable) -> ValueTold:
        """Of the customers of ``table``: ``model``, ``own_rate`` and ``kind_mean``."""
        features = table.features
        told = {
            "model": value.expected(features),
            "own_rate": own_rate(features, table.horizon_days),
            "kind_mean": kind_mean(value, features),
        }
        return cls(Expected(table.order_count.astype(np.float64), table.net_spend), told, kind_codes(features))

    @classmethod
    def joined(cls, parts: Sequence[ValueTold]) -> ValueTold:
        """Those of several buckets, of which there is at least one."""
        told = {method: _joined([part.told[method] for part in parts]) for method in parts[0].told}
        return cls(_joined([part.came for part in parts]), told, np.concatenate([part.kinds for part in parts]))

    def totals(self) -> dict[str, Any]:
        """The figures of :func:`value_totals`."""
        return value_totals(self.came, self.told, self.kinds)


def own_rate(features: CustomerFeatures, horizon_days: int) -> Expected:
    """The simplest rule: everyone goes on at the rate and spend of all time since the first order.

    At least one horizon is taken for that time: who ordered yesterday does not order daily.
    """
    since = np.nan_to_num(features.column("days_since_first_purchase").astype(np.float64))
    share = horizon_days / np.maximum(since, horizon_days)
    orders, spend = (
        np.nan_to_num(features.column(name).astype(np.float64)) for name in ("order_count_all", "net_spend_all")
    )
    return Expected(np.maximum(orders, 0) * share, np.maximum(spend, 0) * share)


def kind_mean(value: Value, features: CustomerFeatures) -> Expected:
    """Everyone orders as often, and spends as much, as the mean of their kind did in training."""
    kinds = kind_codes(features)
    orders = np.nan_to_num(np.array(value.counts.mean_orders))[kinds]
    return Expected(orders, orders * np.array(value.order_values)[kinds])


def value_totals(came: Expected, told: Mapping[str, Expected], kinds: Ints) -> dict[str, Any]:
    """What was ``told`` by each method beside what ``came``, for all and for each kind, in plain JSON values.

    ``{group: {"customers", "orders", "net_spend", "methods": {method: figures}}}``; the figures of a method are the
    totals ``orders`` and ``net_spend``, their ``_ratio`` to what came, ``_mean_error`` (absolute, of a customer) and
    ``_rank_correlation`` (Spearman); for all there are ``deciles`` by expected spend as well. What cannot be told,
    such as the ratio to nothing, is null.
    """
    groups = {"all": np.ones(len(kinds), dtype=np.bool_)}
    groups |= {kind: kinds == code for code, kind in enumerate(KINDS)}
    report: dict[str, Any] = {}
    for group, rows in groups.items():
        real = _of(came, rows)
        report[group] = {
            "customers": int(np.count_nonzero(rows)),
            "orders": float(real.orders.sum()),
            "net_spend": float(real.net_spend.sum()),
            "methods": {method: _figures(real, _of(expected, rows)) for method, expected in told.items()},
        }
    for method, expected in told.items():
        report["all"]["methods"][method]["deciles"] = deciles(came, expected)
    return report


def deciles(came: Expected, expected: Expected) -> list[dict[str, float]]:
    """Tenths of the customers by expected spend, the most first: how many, and the means expected and real.

    Where as much is expected of several, as in a shop without prices, the expected orders decide.
    """
    order = np.lexsort((-expected.orders, -expected.net_spend))
    return [
        {
            "customers": len(rows),
            "expected_orders": float(expected.orders[rows].mean()),
            "orders": float(came.orders[rows].mean()),
            "expected_net_spend": float(expected.net_spend[rows].mean()),
            "net_spend": float(came.net_spend[rows].mean()),
        }
        for rows in np.array_split(order, DECILES)
        if len(rows)
    ]


def _joined(parts: Sequence[Expected]) -> Expected:
    return Expected(np.concatenate([part.orders for part in parts]), np.concatenate([part.net_spend for part in parts]))


def _of(values: Expected, rows: Flags) -> Expected:
    return Expected(values.orders[rows], values.net_spend[rows])


def _figures(came: Expected, expected: Expected) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in ("orders", "net_spend"):
        real, said = getattr(came, name), getattr(expected, name)
        total = float(real.sum())
        figures[name] = float(said.sum())
        figures[f"{name}_ratio"] = float(said.sum()) / total if total > 0 else None
        figures[f"{name}_mean_error"] = float(np.abs(said - real).mean()) if len(real) else None
        figures[f"{name}_rank_correlation"] = rank_correlation(real, said)
    return figures


def rank_correlation(real: Floats, said: Floats) -> float | None:
    """Spearman's correlation; None where either does not differ between customers."""
    if len(real) < 2 or np.ptp(real) == 0 or np.ptp(said) == 0:
        return None
    return float(np.corrcoef(rankdata(real), rankdata(said))[0, 1])
