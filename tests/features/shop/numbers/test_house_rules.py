"""The numbers count orders and gaps as the rest of the house does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop.gap_curve import GapCurve, Gaps, last_day_before, order_gaps
from features.shop.numbers.counting.lines import order_parts, orders
from features.shop.numbers.period import Period
from features.shop.numbers.second_order import gap_curves
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.random_shop import random_shop, with_visitors
from tests.small_shop import append, random_events, shop

END = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_orders_are_those_of_the_house(tmp_path: Path, seed: int) -> None:
    """Each order has the customer, the day, the lines and the value that ``features.orders`` gives it."""
    folder = random_shop(tmp_path / "shop", seed)
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(END)
    expected = []
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, END, catalogue)
        found, ids = history.orders, history.customer_ids.to_pylist()
        columns = (found.customer, found.local_day, found.lines, found.value)
        expected += [(ids[who], day, lines, value) for who, day, lines, value in zip(*columns, strict=True)]
    with ShopTables.on_duckdb(behaviour) as tables:
        rows = tables.ask(orders(tables)).to_pylist()
    epoch = date(1970, 1, 1)
    told = [
        (row["customer_id"], (row["local_date"] - epoch).days, row["line_count"], float(row["amount"])) for row in rows
    ]
    assert len(told) > 50
    assert [each[:3] for each in sorted(told)] == [each[:3] for each in sorted(expected)]
    assert [each[3] for each in sorted(told)] == pytest.approx([each[3] for each in sorted(expected)], rel=1e-5)


def test_parts_of_orders_add_up(tmp_path: Path) -> None:
    """The parts of an order in each channel have its day and add up to its amount."""
    folder = random_shop(tmp_path / "shop", 4)
    with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        whole, parts = tables.ask(orders(tables)), tables.ask(order_parts(tables, "channel"))
    by_day = [
        table.group_by("local_date").aggregate([("amount", "sum")]).sort_by("local_date") for table in (whole, parts)
    ]
    assert by_day[0].equals(by_day[1])
    assert len(parts) > len(whole)


@pytest.mark.parametrize("first_only", [True, False])
def test_gaps_are_those_of_the_house(tmp_path: Path, first_only: bool) -> None:
    """Where an order has one day, the curve of its gaps is that of ``features.shop.gap_curve``."""
    events = with_visitors(random_events(5, 800, customers=60))
    nameless = events.set_column(
        events.schema.get_field_index("order_id"), "order_id", pa.nulls(len(events), pa.string())
    )
    folder = shop(tmp_path / "shop")
    append(folder, nameless)
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(END)
    last_day = last_day_before(datetime(2025, 1, 15, tzinfo=UTC), "UTC")
    known = [
        order_gaps(behaviour.history(bucket, datetime(2025, 1, 15, tzinfo=UTC), catalogue), last_day)
        for bucket in behaviour.buckets
    ]
    gaps = Gaps.joined(known)
    expected = GapCurve.of(gaps.first() if first_only else gaps)
    with ShopTables.on_duckdb(behaviour) as tables:
        period = Period(date(2024, 12, 1), date(2025, 1, 15))
        found = gap_curves(tables, {"current": period}, first_only=first_only)["current"]
    assert (found.ended_count, found.open_count) == (expected.ended_count, expected.open_count)
    np.testing.assert_array_equal(found.at_risk, expected.at_risk)
    np.testing.assert_allclose(found.followed, expected.followed)
    if first_only:
        np.testing.assert_allclose(found.low, expected.low)
        np.testing.assert_allclose(found.high, expected.high)


def test_the_shop_is_whole(tmp_path: Path) -> None:
    """The random shop of these tests has visitors, returns, orders of several days and lines without a price."""
    events = Warehouse.open(random_shop(tmp_path / "shop", 1)).events_of(["visitor:c1", "c2"])
    assert {"visitor:c1", "c2"} == set(events["customer_id"].to_pylist())
    assert {"purchase", "return"} <= set(events["kind"].to_pylist())
    assert events["unit_price"].null_count
