"""The columns of ``customers.parquet``, the table that marketers query."""

from __future__ import annotations

import pyarrow as pa


def order_probability(horizon_days: int) -> str:
    """Name of the column with the chance of an order within the horizon."""
    return f"order_probability_{horizon_days}d"


def churn_probability(horizon_days: int) -> str:
    """Name of the column with the chance of no order within the horizon; null for visitors."""
    return f"churn_probability_{horizon_days}d"


def customer_schema(horizon_days: int) -> pa.Schema:
    """The schema of ``customers.parquet`` for a horizon."""
    return pa.schema(
        [
            ("customer_id", pa.string()),
            ("layer", pa.string()),
            ("tier", pa.string()),
            (order_probability(horizon_days), pa.float64()),
            (churn_probability(horizon_days), pa.float64()),
            ("order_count_all", pa.int64()),
            ("net_spend_all", pa.float64()),
            ("days_since_last_order", pa.float64()),
            ("days_since_any", pa.float64()),
            ("purchase_gap_mean_days", pa.float64()),
            ("contactable", pa.bool_()),
            ("personalized", pa.bool_()),
            ("reasons", pa.string()),
        ]
    )
