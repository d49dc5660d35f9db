"""The properties that hold Huitou together, by the names they have in its design.

Those of the store are in ``test_properties_of_storage.py``; those about saved models, Spark and live answers
are beside the parts they speak of.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.errors import HuitouError
from features.events.duck import connect
from features.events.event import KINDS, bucket_of
from features.events.warehouse import Warehouse
from features.history import History
from features.schema import FeatureSchema
from tests.features.oracle import oracle
from tests.small_shop import (
    append,
    by_customer,
    equal,
    events,
    features,
    items,
    moment,
    random_events,
    stored,
    whole_shop,
)

CUTOFF = moment("2025-02-01T06:30Z")
SHELF = items(
    ("i0", "tea", "10"),
    ("i1", "tea", "20"),
    ("i2", "tea", None),
    ("i3", "pots", "30.50"),
    ("i4", "pots", "8"),
    ("i5", None, "12"),
    ("i6", None, None),
)
SALES = {date(2024, 1, 3) + timedelta(days=days) for first in range(0, 420, 21) for days in range(first, first + 4)}
"""Four days of every third week."""
drawn_events = st.lists(
    st.tuples(
        st.sampled_from(["anna", "o'hara", "顾客"]),
        st.sampled_from(KINDS),
        st.sampled_from(["i0", "i1", "i3", "i6", "undescribed"]),
        st.integers(-200, 60 * 24 * 45).map(lambda minutes: CUTOFF - timedelta(minutes=minutes)),
        st.fixed_dictionaries(
            {
                "quantity": st.integers(1, 3),
                "unit_price": st.sampled_from([None, "0", "9.90", "10", "25"]),
                "order_id": st.sampled_from([None, None, "o1", "o2"]),
                "known_at": st.sampled_from([None, None, None, CUTOFF - timedelta(days=1), CUTOFF]),
            }
        ),
    ),
    max_size=30,
)


def same(found: CustomerFeatures, other: CustomerFeatures, leaving_out: tuple[str, ...] = ()) -> None:
    """Hold two tables to the same customers, columns and numbers, to the last bit."""
    assert found.names == other.names
    assert found.customer_ids.to_pylist() == other.customer_ids.to_pylist()
    for name in set(found.names) - set(leaving_out):
        np.testing.assert_array_equal(found.column(name), other.column(name), err_msg=name)


# ---- 1


def test_alone_equals_in_the_crowd(tmp_path: Path) -> None:
    """One customer's features, from its own rows alone, equal its row in the whole shop's table."""
    folder = stored(tmp_path / "shop", random_events(1, 1200), described=SHELF)
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(CUTOFF)
    crowd = whole_shop(folder, CUTOFF)
    assert len(crowd) == 12
    for name, row in crowd.items():
        own = behaviour.reader.customer(bucket_of(name, 4), name, before=CUTOFF)
        alone = by_customer(customer_features(History.before(own, CUTOFF, catalogue)))
        assert equal(alone, {name: row})


@given(drawn_events)
@settings(max_examples=20)
def test_alone_equals_in_the_crowd_for_drawn_shops(rows: list[Any]) -> None:
    """Without the others' events a customer has the same numbers, when their items stay on the shelf."""
    table = events(*rows)
    shelf = items(*((name, None, "5") for name in ("i0", "i1", "i3", "i6", "undescribed")))
    crowd = features(table, CUTOFF, shelf)
    for name, row in by_customer(crowd).items():
        own = table.filter(pc.equal(table["customer_id"], name))
        assert equal(by_customer(features(own, CUTOFF, shelf)), {name: row})


# ---- 2


@given(drawn_events, drawn_events, st.booleans())
@settings(max_examples=20)
def test_the_future_never_matters(past: list[Any], future: list[Any], late: bool) -> None:
    """Events at or after the cutoff, or known only then, change nothing of anybody's features."""
    added = []
    for who, kind, item, at, more in future:
        if late:  # it happened before, and the shop learned of it at the cutoff or later
            added.append((who, kind, item, min(at, CUTOFF - timedelta(hours=1)), more | {"known_at": CUTOFF}))
        else:
            added.append((who, kind, f"new {item}", CUTOFF + abs(CUTOFF - at), more))
    same(features(events(*past, *added), CUTOFF, SHELF), features(events(*past), CUTOFF, SHELF))


def test_late_arrival_does_not_leak(tmp_path: Path) -> None:
    """What a later import brings, known after the cutoff, changes neither the customers nor the catalogue."""
    folder = stored(tmp_path / "shop", random_events(1, 300), described=SHELF)
    before = whole_shop(folder, CUTOFF)
    late = {"known_at": CUTOFF, "unit_price": "1000"}
    day = CUTOFF - timedelta(days=3)
    append(folder, events(("c0", "purchase", "i0", day, late), ("stranger", "view", "new", day, late)))
    assert equal(whole_shop(folder, CUTOFF), before)
    known = whole_shop(folder, CUTOFF + timedelta(microseconds=1))
    assert "stranger" in known
    assert known["c0"] != before["c0"]


# ---- 4


@given(drawn_events)
@settings(max_examples=20)
def test_windows_nest(rows: list[Any]) -> None:
    """What is counted in a window is counted in every longer one, and in all time."""
    found = features(events(*rows), CUTOFF, SHELF)
    families: dict[str, dict[float, str]] = {}
    for name in found.names:
        parts = re.fullmatch(r"(.+)_(?:(\d+)d|all)", name)
        if parts and "trend" not in name and "net_spend" not in name:
            families.setdefault(parts[1], {})[float(parts[2] or math.inf)] = name
    assert len(families["view_count"]) == 10
    for windows in families.values():
        ordered = [found.column(windows[days]) for days in sorted(windows)]
        assert all((shorter <= longer).all() for shorter, longer in pairwise(ordered))
    assert (found.column("open_cart_count_7d") <= found.column("open_cart_count")).all()


# ---- 5


@given(drawn_events, st.integers(-3000, 3000), st.sampled_from(["UTC", "Asia/Shanghai"]))
@settings(max_examples=20)
def test_shifting_everything_in_time_changes_nothing(rows: list[Any], days: int, timezone: str) -> None:
    """Everything moved by whole days keeps all but the weekday; by whole weeks, that too."""
    for shift, calendar in ((timedelta(days=days), ("weekend_share",)), (timedelta(weeks=days // 7), ())):
        moved = [
            (who, kind, item, at + shift, more | {"known_at": more["known_at"] and more["known_at"] + shift})
            for who, kind, item, at, more in rows
        ]
        same(
            features(events(*moved), CUTOFF + shift, SHELF, timezone),
            features(events(*rows), CUTOFF, SHELF, timezone),
            leaving_out=calendar,
        )


# ---- 6


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize(("seed", "count"), [(1, 40), (2, 400), (3, 3000)])
def test_a_slow_oracle_gives_the_same_numbers(seed: int, count: int, timezone: str) -> None:
    """Every feature of every customer equals what plain loops over its events give."""
    table = random_events(seed, count)
    agrees(features(table, CUTOFF, SHELF, timezone, SALES), oracle(table, CUTOFF, SHELF, timezone, SALES))


@given(drawn_events, st.sampled_from(["UTC", "Asia/Kathmandu"]))
@settings(max_examples=40)
def test_a_slow_oracle_gives_the_same_numbers_for_drawn_shops(rows: list[Any], timezone: str) -> None:
    """The same for shops drawn to be awkward: late, simultaneous, unpriced, with shared order ids."""
    table = events(*rows)
    agrees(features(table, CUTOFF, SHELF, timezone, SALES), oracle(table, CUTOFF, SHELF, timezone, SALES))


def agrees(found: CustomerFeatures, expected: dict[str, dict[str, float]]) -> None:
    assert found.customer_ids.to_pylist() == sorted(expected)
    for place, name in enumerate(found.customer_ids.to_pylist()):
        assert set(expected[name]) == set(found.names)
        row = dict(zip(found.names, found.values[place].tolist(), strict=True))
        assert row == pytest.approx(expected[name], rel=1e-5, abs=1e-5, nan_ok=True)


def test_sql_counts_the_same(tmp_path: Path) -> None:
    """A filtered aggregate in SQL over the stored files gives the same counts and spend in every window."""
    folder = stored(tmp_path / "shop", random_events(4, 2000), timezone="Asia/Shanghai")
    names = [f"{kind}_count_{days}d" for kind in ("view", "cart") for days in (1, 30, 365)]
    conditions = [
        f"count(*) filter (kind = '{kind}' and occurred_at >= $cutoff - interval {days * 24} hour)"
        for kind in ("view", "cart")
        for days in (1, 30, 365)
    ]
    sign = "case kind when 'purchase' then 1 when 'return' then -1 else 0 end"
    spend = f"sum({sign} * quantity * coalesce(unit_price, 0))"
    days = "count(distinct local_date) filter (occurred_at >= $cutoff - interval 720 hour)"
    query = f"""
        select customer_id, {", ".join(conditions)}, {spend}::double, {days}
        from read_parquet($files, hive_partitioning = false) where occurred_at < $cutoff group by 1
    """
    with connect() as connection:
        params = {"files": Warehouse.open(folder).reader().all_files(), "cutoff": CUTOFF}
        rows = connection.sql(query, params=params).fetchall()
    columns = features(random_events(4, 1), CUTOFF).names
    wanted = [columns.index(name) for name in [*names, "net_spend_all", "active_days_30d"]]
    found = {name: [row[place] for place in wanted] for name, row in whole_shop(folder, CUTOFF).items()}
    assert found == {name: pytest.approx(list(row), rel=1e-5, abs=1e-5) for name, *row in rows}


# ---- 9


def test_a_changed_column_raises_with_a_diff() -> None:
    """A model trained on these features refuses a table in which one has another name."""
    found = features(random_events(1, 200), CUTOFF)
    renamed = [name.replace("churn_factor", "churn_ratio") for name in found.names]
    with pytest.raises(HuitouError) as caught:
        FeatureSchema.of(found).check(renamed)
    assert str(caught.value) == (
        "This bundle was trained with other features:  - visit_churn_factor  - churn_factor  "
        "+ visit_churn_ratio  + churn_ratio.  Retrain."
    )
