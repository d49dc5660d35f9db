"""Training tables: who is in them and what counts as an order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from tests.odd_people import crowd, ordered, viewed
from tests.small_shop import contacts, events, items, moment, people, random_events, stored
from training.tables import CustomerTable, bucket_tables, customer_table, groups, high_value

CUTOFF = moment("2025-03-01T00:00Z")
BEFORE = ("anna", "view", "tea", "2025-02-01T10:00Z")


def labels(path: Path, *rows: Any, horizon_days: int = 10, timezone: str = "UTC") -> dict[str, int]:
    """The number of standing orders of each customer within ten days of the cutoff."""
    shop = Behaviour.of(stored(path, events(BEFORE, *rows), timezone))
    table = customer_table(shop, CUTOFF, horizon_days)
    return dict(zip(table.features.customer_ids.to_pylist(), table.order_count.tolist(), strict=True))


def order(day: str, number: str | None, *, kind: str = "purchase", pieces: int = 1, item: str = "tea") -> Any:
    return ("anna", kind, item, f"2025-03-{day}", {"order_id": number, "quantity": pieces})


def test_the_label_window_is_half_open(tmp_path: Path) -> None:
    """An order at the cutoff counts, one at the end of the horizon does not."""
    assert labels(tmp_path / "a", order("01T00:00Z", "1")) == {"anna": 1}
    assert labels(tmp_path / "b", order("10T23:59Z", "1")) == {"anna": 1}
    assert labels(tmp_path / "c", order("11T00:00Z", "1")) == {"anna": 0}


def test_lines_of_one_order_are_one(tmp_path: Path) -> None:
    """Two lines with one number are one order; without numbers a day is one order."""
    lines = (order("02T10:00Z", "1"), order("03T10:00Z", "1", item="cup"), order("03T10:00Z", "2"))
    assert labels(tmp_path / "a", *lines) == {"anna": 2}
    days = (order("02T10:00Z", None), order("02T18:00Z", None), order("03T10:00Z", None))
    assert labels(tmp_path / "b", *days) == {"anna": 2}


def test_an_order_that_went_back_does_not_count(tmp_path: Path) -> None:
    """All pieces back: no order. Some pieces, another item, or another order back: it stands."""
    bought = order("02T10:00Z", "1", pieces=2)
    back = order("04T10:00Z", "1", kind="return", pieces=2)
    assert labels(tmp_path / "all", bought, back) == {"anna": 0}
    half = order("04T10:00Z", "1", kind="return", pieces=1)
    assert labels(tmp_path / "half", bought, half) == {"anna": 1}
    other_item = order("04T10:00Z", "1", kind="return", pieces=2, item="cup")
    assert labels(tmp_path / "item", bought, other_item) == {"anna": 1}
    other_order = order("04T10:00Z", "0", kind="return", pieces=2)
    assert labels(tmp_path / "order", bought, other_order) == {"anna": 1}


def test_a_return_after_the_window_comes_too_late(tmp_path: Path) -> None:
    """What goes back after the label window was an order while it lasted."""
    assert labels(tmp_path, order("02T10:00Z", "1"), order("12T10:00Z", "1", kind="return")) == {"anna": 1}


def test_what_became_known_after_the_window_does_not_count(tmp_path: Path) -> None:
    """An order in the window that the shop learned of after it is no label."""
    late = ("anna", "purchase", "tea", "2025-03-02T10:00Z", {"known_at": "2025-03-12T10:00Z"})
    in_time = ("anna", "purchase", "tea", "2025-03-02T10:00Z", {"known_at": "2025-03-10T10:00Z"})
    assert labels(tmp_path / "late", late) == {"anna": 0}
    assert labels(tmp_path / "in_time", in_time) == {"anna": 1}


def test_days_of_the_label_are_the_shops_own(tmp_path: Path) -> None:
    """Ten days of New York across the change of clocks are an hour shorter."""
    last_hour = order("10T23:30Z", "1")
    assert labels(tmp_path / "utc", last_hour, timezone="UTC") == {"anna": 1}
    assert labels(tmp_path / "new_york", last_hour, timezone="America/New_York") == {"anna": 0}


def test_those_first_seen_later_are_not_in_the_table(tmp_path: Path) -> None:
    """A customer of whom nothing was known at the cutoff is nobody's row."""
    assert labels(tmp_path, ("ben", "purchase", "tea", "2025-03-02T10:00Z")) == {"anna": 0}


def test_later_events_change_no_feature(tmp_path: Path) -> None:
    """Adding events after the cutoff leaves the features as they were."""
    few = Behaviour.of(stored(tmp_path / "few", events(BEFORE)))
    more = Behaviour.of(stored(tmp_path / "more", events(BEFORE, order("01T00:00Z", "1"))))
    first, second = (customer_table(shop, CUTOFF, 10).features.values for shop in (few, more))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("buckets", [1, 16])
def test_any_number_of_buckets_gives_the_same_rows(tmp_path: Path, buckets: int) -> None:
    """One bucket or sixteen: the same customers, features and labels."""
    table = random_events(4, 600)
    cutoff = moment("2024-11-01T00:00Z")
    wanted = rows(customer_table(Behaviour.of(stored(tmp_path / "4", table)), cutoff, 30))
    other = Behaviour.of(stored(tmp_path / "other", table, buckets=buckets))
    assert rows(customer_table(other, cutoff, 30)) == wanted


def rows(table: CustomerTable) -> dict[str, str]:
    values = zip(table.features.values.tolist(), table.order_count.tolist(), strict=True)
    return dict(zip(table.features.customer_ids.to_pylist(), map(repr, values), strict=True))


def test_a_sample_is_whole_buckets(tmp_path: Path) -> None:
    """With fewer rows wanted some buckets are read, each of them whole."""
    shop = Behaviour.of(stored(tmp_path, random_events(4, 600, customers=60), buckets=8))
    cutoff = moment("2024-11-01T00:00Z")
    parts = [len(part) for part in bucket_tables(shop, cutoff, 30)]
    sample = customer_table(shop, cutoff, 30, most_rows=10)
    assert 10 <= len(sample) < sum(parts)
    assert len(sample) in np.cumsum(parts).tolist()


def test_an_empty_shop_has_an_empty_table(tmp_path: Path) -> None:
    """Without events there are columns but no rows."""
    table = customer_table(Behaviour.of(stored(tmp_path, events())), CUTOFF, 10)
    assert len(table) == 0
    assert "days_since_purchase" in table.features.names
    assert not any(rows.any() for rows in groups(table.features).values())


def test_who_is_set_aside_is_left_out_and_counted(tmp_path: Path) -> None:
    """Bots, resellers and internal accounts are no rows of the table; it says how many, in parts and whole."""
    folder = stored(
        tmp_path,
        events(*crowd(), *viewed("machine", 800), *ordered("wholesale", orders=6, lines=5, pieces=60)),
    )
    Warehouse.open(folder).put_customers(people("crowd 3", internal=True))
    shop = Behaviour.of(folder)
    table = customer_table(shop, CUTOFF, 30)
    expected = {f"crowd {number}" for number in range(120)} - {"crowd 3"}
    assert set(table.features.customer_ids.to_pylist()) == expected
    assert len(table.order_count) == len(table.order_days) == len(table.contact_days) == len(expected)
    assert len(table.net_spend) == len(expected)
    assert table.set_aside == {"bot": 1, "reseller": 1, "test_orders": 0, "internal": 1}
    assert sum(part.set_aside["bot"] for part in bucket_tables(shop, CUTOFF, 30)) == 1
    assert table.take(np.arange(5)).set_aside == table.set_aside


def window(path: Path, rows: list[Any], made: list[Any]) -> CustomerTable:
    """The table of anna alone, with these events and contacts."""
    folder = stored(path, events(BEFORE, *rows))
    Warehouse.open(folder).append_contacts(contacts(*made))
    return customer_table(Behaviour.of(folder), CUTOFF, 10)


def test_the_first_order_that_stands_is_dated(tmp_path: Path) -> None:
    """Days run from the cutoff to the first line of the first order of which something was kept; NaN without one."""
    gone = [order("02T00:00Z", "1"), order("04T00:00Z", "1", kind="return")]
    kept = [order("05T12:00Z", "3"), order("03T06:00Z", "2"), order("03T05:00Z", "2", kind="return", item="cup")]
    assert window(tmp_path / "kept", [*gone, *kept], []).order_days.tolist() == [2.25]
    assert np.isnan(window(tmp_path / "gone", gone, []).order_days).all()


def test_what_was_spent_in_the_window(tmp_path: Path) -> None:
    """Purchases minus returns, at the price paid or else the list price as it was then; before and after is not in it.

    An item without any price counts as nothing, and so does who is not in the window.
    """
    rows = [
        ("anna", "purchase", "tea", "2025-02-20T10:00Z", {"unit_price": 20}),
        ("anna", "purchase", "tea", "2025-03-02T10:00Z", {"unit_price": 8, "quantity": 2}),
        ("anna", "return", "tea", "2025-03-03T10:00Z", {"unit_price": 20}),
        ("ben", "purchase", "new", "2025-03-04T10:00Z"),
        ("ben", "purchase", "cup", "2025-03-04T10:00Z"),
        ("ben", "view", "new", "2025-02-04T10:00Z"),
        ("ben", "purchase", "tea", "2025-03-20T10:00Z", {"unit_price": 70}),
        ("cleo", "view", "tea", "2025-02-04T10:00Z"),
        ("stranger", "purchase", "tea", "2025-03-04T10:00Z", {"unit_price": 99}),
    ]
    described = items(("tea", "drinks", 6), ("new", "drinks", 7, {"added_at": CUTOFF + timedelta(days=1)}))
    shop = Behaviour.of(stored(tmp_path, events(*rows), described=described))
    for days, wanted in ((10, {"anna": -4, "ben": 7, "cleo": 0}), (30, {"anna": -4, "ben": 77, "cleo": 0})):
        table = customer_table(shop, CUTOFF, days)
        assert dict(zip(table.features.customer_ids.to_pylist(), table.net_spend.tolist(), strict=True)) == wanted
    assert table.take(np.array([1, 0])).net_spend.tolist() == table.net_spend[[1, 0]].tolist()


@pytest.mark.parametrize(
    ("sent", "treated"),
    [("03T05:59Z", True), ("03T06:00Z", False), ("03T07:00Z", False), ("01T00:00Z", True), ("11T00:00Z", False)],
)
def test_treated_is_who_was_contacted_before_ordering(sent: str, treated: bool, tmp_path: Path) -> None:
    """A message at the order or after it did not make it; without an order any message of the window counts."""
    at = f"2025-03-{sent}"
    assert window(tmp_path / "a", [order("03T06:00Z", "1")], [("anna", at)]).treated.tolist() == [treated]
    nothing = window(tmp_path / "b", [], [("anna", at), ("ben", at)])
    assert nothing.treated.tolist() == [at < "2025-03-11"]
    assert nothing.take(np.array([0, 0])).treated.tolist() == [at < "2025-03-11"] * 2


def test_those_left_alone_on_purpose_are_untreated(tmp_path: Path) -> None:
    """The control arm of a campaign, and who was contacted before the cutoff, are not treated in the label window."""
    made = [("anna", "2025-03-03T00:00Z", {"arm": "control"}), ("anna", "2025-02-28T23:59Z")]
    table = window(tmp_path, [], made)
    assert np.isnan(table.contact_days).all()
    assert not table.treated.any()


def test_orders_after_the_cutoff_set_nobody_aside(tmp_path: Path) -> None:
    """Who becomes a reseller in the label window is a row with its label."""
    later = [
        (who, what, item, at + timedelta(days=70), more) for who, what, item, at, more in ordered("late", pieces=60)
    ]
    shop = Behaviour.of(stored(tmp_path, events(*crowd(), *ordered("late", orders=1), *later)))
    table = customer_table(shop, CUTOFF, 90)
    assert table.order_count[table.features.customer_ids.index("late").as_py()] == 3
    assert sum(table.set_aside.values()) == 0


def test_groups_are_told_by_purchase_days(tmp_path: Path) -> None:
    """A visitor has no order, two orders of one day are one, and the highest fifth of spend is of high value."""
    shop = Behaviour.of(
        stored(
            tmp_path,
            events(
                BEFORE,
                ("ben", "purchase", "tea", "2025-02-01T10:00Z", {"unit_price": 5}),
                ("ben", "purchase", "tea", "2025-02-01T12:00Z", {"unit_price": 5}),
                ("carl", "purchase", "tea", "2025-02-01T10:00Z", {"unit_price": 50}),
                ("carl", "purchase", "tea", "2025-02-03T10:00Z", {"unit_price": 50}),
            ),
        )
    )
    table = customer_table(shop, CUTOFF, 10)
    found = {
        name: table.features.customer_ids.filter(pa.array(rows)).to_pylist()
        for name, rows in groups(table.features).items()
    }
    assert found == {"visitor": ["anna"], "one_order": ["ben"], "repeat": ["carl"], "high_value": ["carl"]}


def test_nobody_is_of_high_value_where_nothing_was_spent() -> None:
    """Free orders make no one valuable, and no buyers have no highest fifth."""
    assert not high_value(np.array([True, True]), np.zeros(2)).any()
    assert not high_value(np.zeros(2, dtype=bool), np.full(2, np.nan)).any()


def test_rows_are_taken_by_flag_or_position(tmp_path: Path) -> None:
    """Both ways of naming rows give the same table, and the label window stays."""
    shop = Behaviour.of(stored(tmp_path, random_events(4, 200)))
    table = customer_table(shop, moment("2024-11-01T00:00Z"), 30)
    flags = np.arange(len(table)) % 2 == 0
    assert rows(table.take(flags)) == rows(table.take(np.flatnonzero(flags)))
    assert table.take(flags).label_end == table.cutoff + timedelta(days=30)
