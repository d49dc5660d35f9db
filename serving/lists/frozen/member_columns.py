"""The columns of a list's members."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from serving.snapshot_parts.customer_columns import (
    INCREMENTAL_PROFIT,
    churn_probability,
    expected_net_spend,
    order_probability,
    uplift,
)

TEXTS = pa.list_(pa.string())

COPIED: Mapping[str, pa.DataType] = MappingProxyType(
    {
        "layer": pa.string(),
        "stage": pa.string(),
        "value_level": pa.string(),
        "rfm_group": pa.string(),
        "behaviour_group": pa.string(),
        "cluster": pa.int64(),
        "days_since_last_order": pa.float64(),
        "overdue_days": pa.float64(),
        "next_order_on": pa.date32(),
        "order_count_all": pa.int64(),
        "net_spend_all": pa.float64(),
        "tier": pa.string(),
        "method": pa.string(),
    }
)
"""What is copied from the table of customers whatever the horizon is."""


def predicted(horizon_days: int) -> tuple[str, ...]:
    """The predictions that are copied, for the shop's main horizon."""
    ways = (churn_probability, order_probability, expected_net_spend, uplift)
    return (*(way(horizon_days) for way in ways), INCREMENTAL_PROFIT)


def member_schema(horizon_days: int) -> pa.Schema:
    """The schema of a file of members; ``horizon_days`` is the main horizon of the snapshot."""
    return pa.schema(
        [
            ("place", pa.int32()),
            ("customer_id", pa.string()),
            ("group", pa.string()),
            ("by_model", pa.bool_()),
            ("by_merchant", pa.bool_()),
            ("stratum", pa.string()),
            ("score", pa.float64()),
            ("band", pa.string()),
            *((name, pa.float64()) for name in predicted(horizon_days)),
            *COPIED.items(),
            ("reasons_en", TEXTS),
            ("reasons_zh", TEXTS),
            ("item_ids", TEXTS),
            ("item_titles", TEXTS),
            ("plan_en", pa.string()),
            ("plan_zh", pa.string()),
            ("person_key", pa.int64()),
            ("person", pa.uint64()),
        ]
    )


def row_keys(members: pa.Table) -> NDArray[np.uint64]:
    """The keys of members as the snapshot's look-up has them (``IdIndex.keys``), from their ``person_key``."""
    return members["person_key"].to_numpy().view(np.uint64).byteswap()


def stored_keys(keys: NDArray[np.uint64]) -> pa.Array:
    """Such keys as ``person_key``: in the other order of bytes and with a sign, as the database has them."""
    return pa.array(keys.byteswap().view(np.int64))


INNER = ("person_key", "person")
"""Columns that no one outside needs: numbers by which people are found again."""
