"""The clusters of a snapshot: how large they are, and what is told of them."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from serving.alike.clusters import TABLE, ClusterBook, checked_clusters
from serving.snapshot import Snapshot
from tests.serving.alike.planted_snapshot import planted_snapshot
from tests.serving.published_shop import small_shop
from tests.training.customers.alike.planted_kinds import KINDS


@pytest.fixture(scope="module")
def book(snapshot: Snapshot) -> ClusterBook:
    return ClusterBook.of(snapshot)


def test_every_kind_is_counted(book: ClusterBook) -> None:
    """Four clusters of eighty; who looked once is in none, and bots are counted nowhere."""
    assert [cluster.customers for cluster in book.clusters] == [80] * len(KINDS)
    assert book.in_none == 1
    assert [cluster.customer_share for cluster in book.clusters] == [80 / 321] * 4


def test_shares_of_orders_and_spend(book: ClusterBook) -> None:
    """Orders and spend are those of the table of customers, and visitors have none of them."""
    by_name = {cluster.portrait.name["en"]: cluster for cluster in book.clusters}
    strollers = by_name["afternoon visitors fond of “Lamps”"]
    assert (strollers.order_share, strollers.net_spend_share) == (0, 0)
    assert sum(cluster.order_share for cluster in book.clusters) == pytest.approx(1)
    assert sum(cluster.net_spend_share for cluster in book.clusters) == pytest.approx(1)
    snackers = next(cluster for name, cluster in by_name.items() if name.startswith("evening"))
    assert snackers.order_share > 0.5


def test_sizes_in_words(book: ClusterBook) -> None:
    """How large a cluster is can be read in both languages."""
    pattern = r"80 customers \(25%\), \d+% of the orders, \d+% of net spend"
    assert all(re.fullmatch(pattern, cluster.sizes("en")) for cluster in book.clusters)
    assert all(cluster.sizes("zh").startswith("80位顾客（占25%），占订单的") for cluster in book.clusters)


def test_the_table_has_a_row_for_each_difference(book: ClusterBook) -> None:
    """What sets clusters apart is a table with the own number and the shop's."""
    table = book.table("en")
    assert table.schema == TABLE
    assert len(table) == sum(len(cluster.portrait.differences) for cluster in book.clusters)
    row = next(row for row in table.to_pylist() if "6-11 h" in row["says"])
    assert (row["name"], row["own"], row["customers"]) == ("morning one-time buyers fond of “Tea”", 1.0, 80)


def test_the_table_of_customers_has_the_numbers(snapshot: Snapshot, book: ClusterBook) -> None:
    """Everyone's cluster is in customers.parquet; bots and who looked once have none."""
    table = pq.read_table(snapshot.customers_file).to_pylist()
    numbers = {row["customer_id"]: row["cluster"] for row in table}
    assert numbers["glance"] is None
    assert {numbers[f"machine {n}"] for n in range(6)} == {None}
    for kind in KINDS:
        assert len({numbers[f"{kind} {n}"] for n in range(80)}) == 1
    assert {number for number in numbers.values() if number} == {cluster.portrait.number for cluster in book.clusters}


def test_a_cluster_that_is_not_there(snapshot: Snapshot) -> None:
    """The numbers that exist are named, with where to see them."""
    assert checked_clusters(snapshot, [2, 4]) == (2, 4)
    with pytest.raises(HuitouError) as refused:
        checked_clusters(snapshot, [1, 9])
    assert str(refused.value) == "cluster must be one of 1, 2, 3, 4; got 9. See them with: huitou clusters"


def test_a_shop_without_clusters(tmp_path: Path) -> None:
    """Where nobody was compared there are none, and everybody is in none."""
    empty = Snapshot.open_current(small_shop(tmp_path))
    book = ClusterBook.of(empty)
    assert (book.clusters, book.in_none, len(book.table("zh"))) == ((), 6, 0)
    with pytest.raises(HuitouError, match=r"cluster must be one of \(there are none\); got 1\."):
        checked_clusters(empty, [1])


def test_too_few_people_are_published(tmp_path: Path) -> None:
    """A shop of forty customers is published without clusters."""
    few = Snapshot.open_current(planted_snapshot(tmp_path / "shop", of_each=10))
    assert ClusterBook.of(few).in_none == 41
    assert few.alike.alike.why_none is not None
