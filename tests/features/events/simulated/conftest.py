"""One simulated shop for all tests of its parts."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from features.events.simulate import SimulatedShop, SimulationSettings, simulate

FIRST_MIDNIGHT = pd.Timestamp("2025-01-01", tz="Asia/Shanghai")


@pytest.fixture(scope="session")
def shop() -> SimulatedShop:
    """A shop of 4,000 customers and a year."""
    return simulate(SimulationSettings(customers=4_000, items=600, seed=11))


@pytest.fixture(scope="session")
def events(shop: SimulatedShop) -> pd.DataFrame:
    """Its events with ``person``, the id as stored, and ``day``, the days since the start."""
    frame: pd.DataFrame = pa.concat_tables(shop.event_chunks()).to_pandas()
    frame["person"] = frame["customer_id"].fillna("visitor:" + frame["visitor_id"])
    frame["day"] = days_since_start(frame["occurred_at"])
    return frame


@pytest.fixture(scope="session")
def truth(shop: SimulatedShop) -> pd.DataFrame:
    """What was planted in its people, by stored id, with ``leaving_day`` in days since the start."""
    frame: pd.DataFrame = shop.truth.customers.to_pandas()
    frame["leaving_day"] = days_since_start(frame["leaving_at"])
    return frame.set_index("customer_id")


@pytest.fixture(scope="session")
def purchases(events: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """One row an order line, with what was planted in the buyer."""
    return events[events["kind"] == "purchase"].join(truth, on="person")


@pytest.fixture(scope="session")
def orders(purchases: pd.DataFrame) -> pd.DataFrame:
    """One row an order, each person's in order of time."""
    first = purchases.drop_duplicates("order_id")
    return first.sort_values(["person", "occurred_at"])


def days_since_start(moments: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    return (moments - FIRST_MIDNIGHT).dt.total_seconds() / 86_400
