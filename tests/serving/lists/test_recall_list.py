"""Recall lists: the right people in the right order, with reasons and items, and the others counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.lists.recall_list import RecallFilter, RecallList, recall_list
from serving.snapshot import Snapshot
from tests.serving.published_shop import ITEMS, PEOPLE, Person, small_shop, write_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def people(snapshot: Snapshot, wanted: RecallFilter, **options: list[str]) -> list[str]:
    found: list[str] = recall_list(snapshot, wanted, **options).table["customer_id"].to_pylist()  # type: ignore[arg-type]
    return found


def test_ordered_by_what_is_at_stake(snapshot: Snapshot) -> None:
    """Churn probability times spend decides; visitors and who must not be written to are left out."""
    assert people(snapshot, RecallFilter()) == ["anna", "quiet", "b/o b", "王小明"]


def test_a_row_says_everything(snapshot: Snapshot) -> None:
    """Each row has layer, probabilities with their horizon, figures, reasons, items with titles, and its origin."""
    first = recall_list(snapshot, RecallFilter(top=1)).table.to_pylist()[0]
    assert first == {
        "customer_id": "anna",
        "layer": "high_win_back",
        "churn_probability_91d": 0.8,
        "order_probability_91d": pytest.approx(0.2),
        "days_since_last_order": 30.5,
        "overdue_days": 12.5,
        "next_order_on": None,
        "order_count": 2,
        "net_spend": 500.0,
        "expected_net_spend_91d": pytest.approx(4.0),
        "reason_1": "silent for long",
        "reason_2": None,
        "reason_3": None,
        "item_1_id": "kettle",
        "item_1_title": "The kettle",
        "item_2_id": "apple",
        "item_2_title": "The apple",
        "item_3_id": "tea 🍵",
        "item_3_title": "The tea 🍵",
        "as_of": "2025-03-01T00:00:00+00:00",
        "model_version": "3",
        "tier": "model",
        "method": "blend",
    }


def test_reasons_are_those_of_risk(snapshot: Snapshot) -> None:
    """They come in the language asked for; who is likely to order has a date, and no reason for staying as one."""
    table = recall_list(snapshot, RecallFilter(), language="zh").table
    told = {row["customer_id"]: (row["reason_1"], row["next_order_on"]) for row in table.to_pylist()}
    assert told == {
        "anna": ("很久没来", None),
        "b/o b": ("很久没来", None),
        "quiet": (None, date(2025, 3, 11)),
        "王小明": (None, date(2025, 3, 11)),
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (RecallFilter(layers=("lost",)), ["b/o b"]),
        (RecallFilter(layers=("new", "active")), ["quiet", "王小明"]),
        (RecallFilter(min_churn=0.8), ["anna", "b/o b"]),
        (RecallFilter(max_churn=0.3), ["quiet", "王小明"]),
        (RecallFilter(min_spend=100.0), ["anna", "quiet", "b/o b"]),
        (RecallFilter(top=2), ["anna", "quiet"]),
        (RecallFilter(layers=("visitor",)), ["visitor:v 1"]),
        (RecallFilter(layers=("visitor",), min_churn=0.0), []),
        (RecallFilter(layers=()), []),
    ],
)
def test_filters(snapshot: Snapshot, wanted: RecallFilter, expected: list[str]) -> None:
    """Every filter limits the list, with its own bound on the list."""
    assert people(snapshot, wanted) == expected


def test_exclusions_are_counted(snapshot: Snapshot) -> None:
    """Who fits and is left out is counted by reason; who does not fit is not."""
    found = recall_list(snapshot, RecallFilter(), bought_since=["anna", "nobody"])
    assert found.table["customer_id"].to_pylist() == ["quiet", "b/o b", "王小明"]
    assert counted(found) == {"not_contactable": 1, "bought_since": 1}
    nobody = recall_list(snapshot, RecallFilter(layers=("new",))).exclusions
    assert set(nobody) == {"bot", "reseller", "test_orders", "internal", "not_contactable", "bought_since"}
    assert set(nobody.values()) == {0}


def counted(found: RecallList) -> dict[str, int]:
    """How many were left out, by those reasons that somebody was left out for."""
    return {reason: count for reason, count in found.exclusions.items() if count}


def test_who_is_set_aside_is_not_listed(tmp_path: Path) -> None:
    """Bots, resellers, testers and internal accounts are left out and counted by reason, which goes before others."""
    shop = ShopFolder.create(tmp_path)
    odd = [
        Person("trader", spend=9_000.0, set_aside="reseller"),
        Person("other trader", spend=9_000.0, set_aside="reseller", contactable=False),
        Person("tries", set_aside="test_orders"),
        Person("staff", set_aside="internal"),
        Person("machine", layer="visitor", churn=None, set_aside="bot"),
    ]
    write_snapshot(shop, [*PEOPLE, *odd])
    found = recall_list(Snapshot.open_current(shop), RecallFilter(), bought_since=["staff"])
    assert found.table["customer_id"].to_pylist() == ["anna", "quiet", "b/o b", "王小明"]
    assert counted(found) == {"reseller": 2, "test_orders": 1, "internal": 1, "not_contactable": 1}
    visitors = recall_list(Snapshot.open_current(shop), RecallFilter(layers=("visitor",)))
    assert (len(visitors.table), counted(visitors)) == (1, {"bot": 1})


def test_items_of_those_who_opted_out(snapshot: Snapshot) -> None:
    """Who opted out of personalisation gets popular items, never those computed for them."""
    rows = {row["customer_id"]: row for row in recall_list(snapshot, RecallFilter()).table.to_pylist()}
    assert [rows["quiet"][f"item_{place}_id"] for place in (1, 2, 3)] == ["tea 🍵", "apple", "a/b 苹果"]


def test_items_are_in_stock_and_differ(snapshot: Snapshot) -> None:
    """Nothing out of stock is offered, and nobody is offered the same thing twice."""
    for row in recall_list(snapshot, RecallFilter()).table.to_pylist():
        items = [row[f"item_{place}_id"] for place in (1, 2, 3)]
        assert "gone" not in items
        assert len({*items}) == 3


@pytest.mark.parametrize("ids", [(), ("gone",), ("zip",)], ids=["none", "out of stock", "one"])
def test_a_shop_with_hardly_any_items(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """Places without an item to offer stay empty."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, [Person("anna"), Person("bob")], ids)
    table = recall_list(Snapshot.open_current(shop), RecallFilter()).table
    assert table["item_1_id"].to_pylist() == ["zip" if ids == ("zip",) else None] * 2
    assert table["item_2_id"].to_pylist() == [None, None]


def test_nobody(tmp_path: Path) -> None:
    """A snapshot without customers gives a list without rows."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, (), ITEMS)
    assert len(recall_list(Snapshot.open_current(shop), RecallFilter()).table) == 0


@pytest.mark.parametrize("name", ["'; drop table people; --", "a' or '1'='1"])
def test_filters_are_values_not_sql(snapshot: Snapshot, name: str) -> None:
    """Text from outside stays text."""
    with pytest.raises(HuitouError, match=r"^layer must be one of"):
        recall_list(snapshot, RecallFilter(layers=(name,)))
    assert len(recall_list(snapshot, RecallFilter(), bought_since=[name]).table) == 4


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (RecallFilter(min_churn=80), r"^min_churn must be between 0 and 1; got 80\. Use for example 0\.8\.$"),
        (RecallFilter(max_churn=-0.1), r"^max_churn must be between 0 and 1; got -0\.1"),
        (RecallFilter(min_churn=float("nan")), r"^min_churn must be between 0 and 1; got nan"),
        (RecallFilter(top=0), r"^top must be at least 1; got 0\. Leave it out for everyone\.$"),
    ],
)
def test_senseless_filters(snapshot: Snapshot, wanted: RecallFilter, message: str) -> None:
    """A value that makes no sense is told with the rule."""
    with pytest.raises(HuitouError, match=message):
        recall_list(snapshot, wanted)


def test_a_list_over_many_customers(tmp_path: Path) -> None:
    """Rows and items stay together across row groups and buckets."""
    shop = ShopFolder.create(tmp_path)
    inside = [name for name in ITEMS if name != "gone"]
    crowd = [Person(f"c{number}", (inside[number % 6],), spend=float(number)) for number in range(6_000)]
    write_snapshot(shop, [*crowd, *PEOPLE], buckets=3)
    table = recall_list(Snapshot.open_current(shop), RecallFilter(layers=("active",), top=3_000)).table
    assert table["customer_id"].to_pylist()[:2] == ["c5999", "c5998"]
    for row in table.slice(0, 3_000).to_pylist():
        if row["customer_id"] != "quiet":
            assert row["item_1_id"] == inside[int(row["customer_id"][1:]) % 6]
