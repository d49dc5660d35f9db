"""The properties that hold Huitou together, by the names they have in its design.

Those about saved models, Spark and live answers are beside the parts they speak of.
"""

from __future__ import annotations

import math
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.errors import HuitouError
from features.events.engine import map_buckets
from features.events.event import EVENT_SCHEMA, KINDS, bucket_of
from features.events.reader import connect
from features.events.warehouse import Warehouse
from features.history import History
from features.schema import FeatureSchema
from features.shop_folder import ShopFolder
from tests.features.events.appending import COUNT
from tests.features.oracle import oracle
from tests.small_shop import (
    append,
    events,
    features,
    items,
    moment,
    random_events,
    shop,
    stored,
    stored_rows,
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
STEPS = ("begun", "half staged", "staged", "bucket 1", "bucket 3", "bucket 4", "committed", "acknowledged")

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


def by_customer(found: CustomerFeatures) -> dict[str, list[float]]:
    rows = found.values.tolist()
    return {name: rows[place] for place, name in enumerate(found.customer_ids.to_pylist())}


def same(found: CustomerFeatures, other: CustomerFeatures, leaving_out: tuple[str, ...] = ()) -> None:
    """Hold two tables to the same customers, columns and numbers, to the last bit."""
    assert found.names == other.names
    assert found.customer_ids.to_pylist() == other.customer_ids.to_pylist()
    for name in set(found.names) - set(leaving_out):
        np.testing.assert_array_equal(found.column(name), other.column(name), err_msg=name)


def whole_shop(folder: ShopFolder, cutoff: datetime = CUTOFF, workers: int = 2) -> dict[str, list[float]]:
    """The features of every customer, bucket by bucket, as training and publishing compute them."""
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(cutoff)

    def of_bucket(bucket: int) -> dict[str, list[float]]:
        return by_customer(customer_features(behaviour.history(bucket, cutoff, catalogue)))

    tables = map_buckets(of_bucket, behaviour.buckets, workers=workers)
    return {name: row for table in tables for name, row in table.items()}


def equal(found: dict[str, list[float]], other: dict[str, list[float]]) -> bool:
    """Whether two tables are the same, NaN being equal to NaN."""
    return {name: repr(row) for name, row in found.items()} == {
        name: repr(row) for name, row in other.items()
    }


# ---- 1


def test_alone_equals_in_the_crowd(tmp_path: Path) -> None:
    """One customer's features, from its own rows alone, equal its row in the whole shop's table."""
    folder = stored(tmp_path / "shop", random_events(1, 1200), described=SHELF)
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(CUTOFF)
    crowd = whole_shop(folder)
    assert len(crowd) == 12
    for name, row in crowd.items():
        own = behaviour.reader.customer(bucket_of(name, 4), name, before=CUTOFF)
        alone = by_customer(customer_features(History.before(own, CUTOFF, catalogue)))
        assert equal(alone, {name: row})


@given(drawn_events)
@settings(max_examples=20)
def test_alone_equals_in_the_crowd_for_drawn_shops(rows: list[Any]) -> None:
    """Without the others' events a customer has the same numbers, when the others' items are still on the shelf."""
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
    before = whole_shop(folder)
    late = {"known_at": CUTOFF, "unit_price": "1000"}
    day = CUTOFF - timedelta(days=3)
    append(folder, events(("c0", "purchase", "i0", day, late), ("stranger", "view", "new", day, late)))
    assert equal(whole_shop(folder), before)
    known = whole_shop(folder, CUTOFF + timedelta(microseconds=1))
    assert "stranger" in known
    assert known["c0"] != before["c0"]


# ---- 3


@pytest.mark.parametrize(("seed", "parts"), [(1, 1), (2, 3)])
@pytest.mark.parametrize("named", [True, False])
def test_order_and_repetition_of_arrival_never_matter(
    tmp_path: Path, seed: int, parts: int, named: bool
) -> None:
    """Shuffled, split into several imports, some of them repeated: the same events and the same features."""
    table = random_events(3, 240)
    if not named:  # rows without ids are known by their content, and here no two are equal
        table = table.set_column(0, "event_id", pa.nulls(len(table), pa.string()))
        assert len(table.to_pylist()) == len({repr(row) for row in table.to_pylist()})
    straight = stored(tmp_path / "straight", table, described=SHELF)
    places = np.random.default_rng(seed).permutation(len(table))
    crooked = shop(tmp_path / "crooked")
    Warehouse.open(crooked).put_items(SHELF)
    for part in range(parts):
        chunk = table.take(places[part::parts])
        # Within one import equal rows without ids would be two events, as they are in a shop's export.
        append(crooked, chunk, chunk.slice(0, 20 if named else 0))
        append(crooked, chunk.slice(10, 30))
    append(crooked, table)
    assert stored_rows(Warehouse.open(crooked).reader()) == stored_rows(Warehouse.open(straight).reader())
    assert equal(whole_shop(crooked), whole_shop(straight))


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
        assert all((shorter <= longer).all() for shorter, longer in zip(ordered, ordered[1:], strict=False))
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
    agrees(features(table, CUTOFF, SHELF, timezone), oracle(table, CUTOFF, SHELF, timezone))


@given(drawn_events, st.sampled_from(["UTC", "Asia/Kathmandu"]))
@settings(max_examples=40)
def test_a_slow_oracle_gives_the_same_numbers_for_drawn_shops(rows: list[Any], timezone: str) -> None:
    """The same for shops drawn to be awkward: late, simultaneous, unpriced, with shared order ids."""
    table = events(*rows)
    agrees(features(table, CUTOFF, SHELF, timezone), oracle(table, CUTOFF, SHELF, timezone))


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
    spend = "sum(case kind when 'purchase' then 1 when 'return' then -1 else 0 end * quantity * coalesce(unit_price, 0))"
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
    found = {name: [row[place] for place in wanted] for name, row in whole_shop(folder).items()}
    assert found == {name: pytest.approx(list(row), rel=1e-5, abs=1e-5) for name, *row in rows}


# ---- 7


def test_one_bucket_or_sixty_four_one_worker_or_several(tmp_path: Path) -> None:
    """The number of buckets, and of workers at them, changes no row of the table."""
    table = random_events(6, 1500, customers=40)
    tables = [
        whole_shop(stored(tmp_path / f"{buckets}", table, buckets=buckets, described=SHELF), workers=workers)
        for buckets, workers in ((1, 1), (64, 1), (64, 4), (7, 2))
    ]
    assert len(tables[0]) == 40
    assert all(equal(other, tables[0]) for other in tables[1:])


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


# ---- 10


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is stored when nothing is killed."""
    folder = stored(tmp_path_factory.mktemp("calm") / "shop", random_events(7, COUNT))
    return stored_rows(Warehouse.open(folder).reader())


@pytest.mark.parametrize("step", STEPS)
def test_an_acknowledged_event_is_never_lost(
    tmp_path: Path, root: Path, step: str, undisturbed: list[dict[str, Any]]
) -> None:
    """An import killed at any step leaves the old version or the new one whole, and run again ends right."""
    folder = stored(tmp_path / "shop", random_events(7, COUNT).slice(0, 10))
    old = stored_rows(Warehouse.open(folder).reader())
    kill_at(step, folder, root)
    left = stored_rows(Warehouse.open(folder).reader())
    assert left == (undisturbed if step in ("committed", "acknowledged") else old)
    append(folder, random_events(7, COUNT))
    assert stored_rows(Warehouse.open(folder).reader()) == undisturbed
    assert not (folder.staging / "import").exists()


def kill_at(step: str, folder: ShopFolder, root: Path) -> None:
    """Start an import in another process and kill it when it says that it has come to ``step``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.features.events.appending", str(folder.path), "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    while (said := process.stdout.readline().rstrip("\n")) != step:
        assert said, f"the import ended before {step}"
        process.stdin.write("\n")
        process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
