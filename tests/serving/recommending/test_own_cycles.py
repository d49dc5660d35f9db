"""How often people buy again what is recommended for that reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from features.events.event import EPOCH
from features.history import PURCHASE, History
from serving.recommending.own_cycles import MOST_DAYS, own_cycle_days
from tests.serving.published_shop import catalogue
from training.recommend.proposing.again import BUY_AGAIN

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def bought(item: int, *ages_days: float) -> History:
    """One customer who bought an item so many days ago, each time in an order of its own."""
    count = len(ages_days)
    days = [(NOW - timedelta(days=age) - EPOCH) // timedelta(days=1) for age in ages_days]
    return History(
        cutoff=NOW,
        catalogue=catalogue(),
        customer_ids=pa.array(["c"]),
        boundaries=np.array([0, count]),
        kind=np.full(count, PURCHASE, dtype=np.uint8),
        item=np.full(count, item, dtype=np.int32),
        age_days=np.array(ages_days),
        local_day=np.array(days, dtype=np.int32),
        local_hour=np.zeros(count, dtype=np.int8),
        quantity=np.ones(count, dtype=np.float32),
        unit_price=np.full(count, np.nan, dtype=np.float32),
        order_id=pa.array([f"o{number}" for number in range(count)]),
    )


def test_only_what_is_bought_again_has_a_cycle() -> None:
    """The item that is to be bought again has the days between its purchases, the other ones and pads have none."""
    item, source = np.array([[2, 2, 3, -1]]), np.array([[1, 0, 1, 1]])
    found = own_cycle_days(bought(2, 62.0, 31.0, 0.5), item, source, ("viewed", BUY_AGAIN))
    assert found.tolist() == [[31, 0, 0, 0]]


def test_without_that_source_nobody_is_asked() -> None:
    """A recommender that never says so has no cycles."""
    found = own_cycle_days(bought(2, 62.0, 31.0, 0.5), np.array([[2]]), np.array([[0]]), ("viewed",))
    assert found.tolist() == [[0]]
    assert found.dtype == np.uint16


def test_long_cycles_fit() -> None:
    """What is bought once in centuries is told as the longest cycle there is room for."""
    found = own_cycle_days(bought(2, 200_000.0, 100_000.0, 0.5), np.array([[2]]), np.array([[0]]), (BUY_AGAIN,))
    assert found.tolist() == [[MOST_DAYS]]
