"""The columns of ``customers.parquet``, the table that marketers query."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from features.channels import CONSENT_FIELDS
from training.customers.explaining.reasons import COLUMN_TYPE

YEAR_DAYS = 365
"""Orders and spend are expected for the main horizon and for so many days."""

INCREMENTAL_PROFIT = "expected_incremental_profit"
"""Name of the column with what a message is expected to earn beyond its cost, in the shop's currency."""


def order_probability(horizon_days: int) -> str:
    """Name of the column with the chance of an order within the horizon."""
    return f"order_probability_{horizon_days}d"


def churn_probability(horizon_days: int) -> str:
    """Name of the column with the chance of no order within the horizon; null for visitors."""
    return f"churn_probability_{horizon_days}d"


def expected_orders(days: int) -> str:
    """Name of the column with the expected number of orders."""
    return f"expected_orders_{days}d"


def expected_net_spend(days: int) -> str:
    """Name of the column with the expected net spend, in the shop's currency."""
    return f"expected_net_spend_{days}d"


def uplift(horizon_days: int) -> str:
    """Name of the column with how much likelier a message makes an order; null without an uplift model."""
    return f"uplift_{horizon_days}d"


def customer_schema(horizon_days: int, horizons_days: Sequence[int]) -> pa.Schema:
    """The schema of ``customers.parquet``: the shop's main horizon, and all for which there are probabilities."""
    chances = [name(days) for days in (horizon_days, *horizons_days) for name in (order_probability, churn_probability)]
    values = [name(days) for days in (horizon_days, YEAR_DAYS) for name in (expected_orders, expected_net_spend)]
    return pa.schema(
        [
            ("customer_id", pa.string()),
            ("layer", pa.string()),
            ("kind", pa.string()),
            ("tier", pa.string()),
            ("method", pa.string()),
            *((name, pa.int8()) for name in ("rfm_recency_score", "rfm_frequency_score", "rfm_monetary_score")),
            *((name, pa.string()) for name in ("rfm_group", "stage", "value_level", "behaviour_group")),
            # A horizon that is told twice is one column.
            *((name, pa.float64()) for name in dict.fromkeys([*chances, *values])),
            (uplift(horizon_days), pa.float64()),
            (INCREMENTAL_PROFIT, pa.float64()),
            ("next_order_on", pa.date32()),
            ("next_order_from", pa.date32()),
            ("next_order_until", pa.date32()),
            ("overdue_days", pa.float64()),
            ("purchase_cycle_days", pa.float64()),
            ("order_count_all", pa.int64()),
            ("net_spend_all", pa.float64()),
            ("days_since_last_order", pa.float64()),
            ("days_since_any", pa.float64()),
            ("purchase_gap_mean_days", pa.float64()),
            ("days_since_contact", pa.float64()),
            ("contact_count_30d", pa.int64()),
            ("contactable", pa.bool_()),
            ("personalized", pa.bool_()),
            *((name, pa.bool_()) for name in CONSENT_FIELDS),
            ("discount_order_share", pa.float64()),
            ("promotion_order_share", pa.float64()),
            ("price_band", pa.string()),
            ("usual_hour", pa.int8()),
            ("usual_weekday", pa.int8()),
            ("birthday_month", pa.int8()),
            ("birthday_day", pa.int8()),
            ("set_aside", pa.string()),
            ("cluster", pa.int64()),
            ("reasons", COLUMN_TYPE),
        ]
    )
