"""The groups of a snapshot, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.shop.groups.playbook import Playbook
from features.shop.layers import LAYERS, LayerLimits
from serving.grouping.group_book import GroupBook, GroupSize, layers_in_words
from serving.snapshot import Snapshot
from tests.serving.published_shop import PEOPLE, small_shop, write_snapshot


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> GroupBook:
    """The groups of the small shop."""
    shop = small_shop(tmp_path_factory.mktemp("booked") / "shop")
    return GroupBook.of(Snapshot.open_current(shop), Playbook.in_folder(shop.path))


def sizes(book: GroupBook, grouping: str) -> dict[str, GroupSize]:
    """The groups of one kind by name."""
    return {size.named.name: size for size in book.groupings[grouping]}


def test_layers_by_hand(book: GroupBook) -> None:
    """Six people: two are lost and brought 900 of 2,340; the visitor has no part in orders."""
    found = sizes(book, "layer")
    assert {name: size.customers for name, size in found.items()} == {
        "new": 1,
        "active": 1,
        "high_win_back": 1,
        "low_win_back": 0,
        "lost": 2,
        "visitor": 1,
    }
    lost = found["lost"]
    assert (lost.customer_share, lost.orders, lost.order_share) == (2 / 6, 4, 4 / 10)
    assert (lost.net_spend, lost.net_spend_share) == (900.0, 900 / 2_340)
    assert (found["visitor"].orders, found["visitor"].net_spend_share) == (0, 0)
    assert lost.plan.group == "lost"


def test_customers_alone_are_in_rfm_groups(book: GroupBook) -> None:
    """Shares of RFM groups and value levels are those among the five who have ordered."""
    assert sizes(book, "rfm_group")["dormant"].customer_share == 2 / 5
    assert sum(size.customers for size in book.groupings["value_level"]) == 5
    assert sizes(book, "value_level")["high"].net_spend_share == 1_700 / 2_340


def test_shares_add_up(book: GroupBook) -> None:
    """Everybody is in one group of each kind, so all shares of a kind make one."""
    for groups in book.groupings.values():
        for name in ("customer_share", "order_share", "net_spend_share"):
            assert sum(getattr(size, name) for size in groups) == pytest.approx(1)


def test_the_table_has_every_group(book: GroupBook) -> None:
    """A row for each of the 31 groups, in either language."""
    english, chinese = book.table("en"), book.table("zh")
    assert len(english) == len(chinese) == 31
    assert english.column_names == chinese.column_names
    assert english["group"] == chinese["group"]
    assert english["name"][1].as_py() == "Active"
    assert chinese["name"][1].as_py() == "活跃老客"


def test_layers_tell_the_days_in_force() -> None:
    """The rule of each layer in words has the days that hold."""
    told = layers_in_words(LayerLimits(30, 75, 200, 400))
    assert tuple(layer.name for layer in told) == LAYERS
    assert [layer.rule["en"] for layer in told][:5] == [
        "one order, at most 30 days ago",
        "last order less than 75 days ago, and not new",
        "last order 75 to 200 days ago",
        "last order 200 to 400 days ago",
        "last order 400 days ago or longer",
    ]
    assert "75" in told[1].rule["zh"]


def test_layers_are_those_of_the_manifest(book: GroupBook, tmp_path: Path) -> None:
    """The counts are those that the snapshot tells of itself, in many blocks as in one."""
    shop = small_shop(tmp_path / "shop")
    write_snapshot(shop, PEOPLE, buckets=5)
    snapshot = Snapshot.open_current(shop)
    assert pq.ParquetFile(snapshot.customers_file).num_row_groups == 5
    again = GroupBook.of(snapshot, Playbook.in_folder(shop.path))
    counted = {name: size.customers for name, size in sizes(again, "layer").items() if size.customers}
    assert counted == dict(snapshot.contents.layers)
    assert again == book
