"""The simulated shop: same for the same seed, whatever the chunks, of the wished size, written as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.events.event import CUSTOMER_SCHEMA, EVENT_SCHEMA, ITEM_SCHEMA
from features.events.simulate import SimulatedShop, SimulationSettings, simulate

SETTINGS = SimulationSettings(customers=4_000, items=600, seed=11)
SMALL = SimulationSettings(customers=300, items=120, days=60, events_per_customer=20, seed=3)


def events_of(shop: SimulatedShop, customers_per_chunk: int = 10_000) -> pa.Table:
    return pa.concat_tables(shop.event_chunks(customers_per_chunk)).combine_chunks()


@pytest.fixture(scope="module")
def shop() -> SimulatedShop:
    """A shop of several blocks of people."""
    return simulate(SETTINGS)


@pytest.fixture(scope="module")
def table(shop: SimulatedShop) -> pa.Table:
    """All of its events."""
    return events_of(shop)


def test_same_seed_same_shop() -> None:
    """The same settings give the same tables and the same events."""
    one, two = simulate(SMALL), simulate(SMALL)
    assert events_of(one).equals(events_of(two))
    assert one.items.equals(two.items)
    assert one.customers.equals(two.customers)
    assert all(table.equals(two.truth.tables()[name]) for name, table in one.truth.tables().items())


def test_other_seed_other_events() -> None:
    """Another seed gives other events."""
    other = replace(SMALL, seed=SMALL.seed + 1)
    assert not events_of(simulate(SMALL)).equals(events_of(simulate(other)))


@pytest.mark.parametrize("customers_per_chunk", [1, 2_000, 3_999])
def test_chunk_size_does_not_matter(shop: SimulatedShop, table: pa.Table, customers_per_chunk: int) -> None:
    """The events are the same however many customers a chunk holds."""
    chunks = list(shop.event_chunks(customers_per_chunk))
    assert len(chunks) > 1
    assert pa.concat_tables(chunks).sort_by("event_id").equals(table.sort_by("event_id"))


def test_chunks_are_ordered_by_time(shop: SimulatedShop) -> None:
    """Inside every chunk time never goes back."""
    for chunk in shop.event_chunks():
        assert chunk["occurred_at"].to_pandas().is_monotonic_increasing


def test_shapes_are_those_of_the_importer(shop: SimulatedShop, table: pa.Table) -> None:
    """Every column has the name and the type that importing expects."""
    for found, expected in (
        (table, EVENT_SCHEMA),
        (shop.items, ITEM_SCHEMA),
        (shop.customers, CUSTOMER_SCHEMA),
    ):
        assert all(field.equals(expected.field(field.name)) for field in found.schema)


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, customers=1_000, events_per_customer=20.0),
        replace(SETTINGS, customers=1_000, events_per_customer=300.0),
        replace(SETTINGS, customers=1_000, days=60),
        replace(SETTINGS, customers=1_000, days=900),
    ],
)
def test_volume_is_near_the_wish(settings: SimulationSettings) -> None:
    """The number of events is within a tenth of what was asked for."""
    found = sum(chunk.num_rows for chunk in simulate(settings).event_chunks())
    assert found == pytest.approx(settings.customers * settings.events_per_customer, rel=0.1)


def test_ids_are_whole(shop: SimulatedShop, table: pa.Table) -> None:
    """Event ids are unique, items exist, and each event has either a customer or a visitor."""
    assert table["event_id"].null_count == 0
    assert len(table["event_id"].unique()) == table.num_rows
    items = shop.items["item_id"].to_pylist()
    assert len(set(items)) == shop.settings.items
    assert all(items)
    assert set(table["item_id"].unique().to_pylist()) <= set(items)
    customers, visitors = table["customer_id"], table["visitor_id"]
    assert (customers.is_null().to_numpy() ^ visitors.is_null().to_numpy()).all()
    assert set(customers.unique().drop_null().to_pylist()) <= set(shop.customers["customer_id"].to_pylist())
    assert shop.customers.num_rows == shop.settings.customers


@pytest.mark.parametrize(
    "settings",
    [
        SimulationSettings(customers=1, items=1, days=1),
        SimulationSettings(customers=1, items=1),
        SimulationSettings(customers=5, items=3, days=2, events_per_customer=1.0),
        SimulationSettings(customers=40, items=30, days=12, bot_share=0.3, anonymous_share=0.0),
        SimulationSettings(customers=30, items=2_000, days=3, leaver_share=1.0, return_share=1.0),
    ],
)
def test_tiny_shops_work(settings: SimulationSettings, tmp_path: Path) -> None:
    """A shop of one customer, one item or one day is made and written like any other."""
    shop = simulate(settings)
    shop.write(tmp_path)
    events = pq.read_table(tmp_path / "events.parquet")
    assert events.equals(events_of(shop))
    assert shop.items.num_rows == settings.items
    assert shop.customers.num_rows == settings.customers
    assert set(events["item_id"].to_pylist()) <= set(shop.items["item_id"].to_pylist())


def test_shop_without_buyers_has_no_orders() -> None:
    """When everybody only looks nobody orders."""
    settings = replace(SMALL, visitor_share=1.0, one_order_share=0.0, promotion_only_share=0.0, bot_share=0.0)
    kinds = set(events_of(simulate(settings))["kind"].unique().to_pylist())
    assert "view" in kinds
    assert not kinds & {"purchase", "return"}


def test_other_time_zone_and_start() -> None:
    """The history covers the local days of another zone, daylight saving time included."""
    settings = replace(SMALL, start=date(2024, 3, 1), timezone="America/New_York")
    moments = events_of(simulate(settings))["occurred_at"].to_pandas().dt.tz_convert("America/New_York")
    assert moments.min() >= pd.Timestamp("2024-03-01", tz="America/New_York")
    assert moments.max() < pd.Timestamp("2024-04-30", tz="America/New_York")
    assert moments.dt.date.nunique() == SMALL.days


def test_written_files_read_back_equal(tmp_path: Path) -> None:
    """``write`` makes one Parquet file for each table and tells how many people are done."""
    shop, told = simulate(SMALL), list[tuple[int, int]]()
    shop.write(tmp_path / "new" / "folder", progress=lambda done, total: told.append((done, total)))
    expected = {"events": events_of(shop), "items": shop.items, "customers": shop.customers}
    expected |= {f"truth_{name}": table for name, table in shop.truth.tables().items()}
    written = {path.stem: pq.read_table(path) for path in (tmp_path / "new" / "folder").iterdir()}
    assert written.keys() == expected.keys()
    assert all(written[name].equals(table) for name, table in expected.items())
    assert told == [(SMALL.people, SMALL.people)]
