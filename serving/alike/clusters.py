"""The clusters of a snapshot, with how many customers, orders and how much money each holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.errors import HuitouError
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.columns import UNKNOWN
from training.customers.alike.portraits import Portrait


@dataclass(frozen=True)
class Cluster:
    """One cluster as it is in a snapshot."""

    portrait: Portrait
    """What sets its people apart."""
    customers: int
    """Its people."""
    customer_share: float
    """They as a part of everyone who is not set aside."""
    order_share: float
    """Their part of all orders, 0 where there are none."""
    net_spend_share: float
    """Their part of all net spend, 0 where there is none."""

    def sizes(self, language: str) -> str:
        """How large it is, in words."""
        shares = (self.customer_share, self.order_share, self.net_spend_share)
        customers, orders, spend = (f"{100 * share:.0f}%" for share in shares)
        if language == "zh":
            return f"{self.customers:,}位顾客（占{customers}），占订单的{orders}、净消费的{spend}"
        return f"{self.customers:,} customers ({customers}), {orders} of the orders, {spend} of net spend"


@dataclass(frozen=True)
class ClusterBook:
    """All clusters of a snapshot."""

    clusters: tuple[Cluster, ...]
    """The largest first."""
    in_none: int
    """People who are in none: too little is known of them. Those who are set aside are not counted anywhere."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> ClusterBook:
        """The clusters with their sizes, counted in the columns of customers: 20 ms for a million."""
        counted = _sizes(snapshot)
        totals = [sum(sizes[place] for sizes in counted.values()) for place in range(3)]
        found = []
        for portrait in snapshot.alike.alike.portraits:
            sizes = counted.get(portrait.number, (0, 0.0, 0.0))
            shares = [size / total if total else 0.0 for size, total in zip(sizes, totals, strict=True)]
            found.append(Cluster(portrait, sizes[0], *shares))
        found.sort(key=lambda cluster: (-cluster.customers, cluster.portrait.number))
        return cls(tuple(found), counted.get(None, (0, 0.0, 0.0))[0])

    def table(self, language: str) -> pa.Table:
        """A row for each thing that sets a cluster apart, with the cluster's name and sizes beside it."""
        rows = [
            {
                "cluster": cluster.portrait.number,
                "name": cluster.portrait.name[language],
                "customers": cluster.customers,
                "customer_share": round(cluster.customer_share, 4),
                "order_share": round(cluster.order_share, 4),
                "net_spend_share": round(cluster.net_spend_share, 4),
                "trait": each.label[language],
                "says": each.sentence[language],
                "own": round(each.own, 4),
                "shop": round(each.shop, 4),
                "deviations": round(each.deviations, 2),
            }
            for cluster in self.clusters
            for each in cluster.portrait.differences
        ]
        return pa.Table.from_pylist(rows, schema=TABLE)


def _sizes(snapshot: Snapshot) -> dict[int | None, tuple[int, float, float]]:
    """People, orders and net spend of each cluster, and of those in none; without who is set aside."""
    columns = snapshot.audience.columns
    kept = columns.values("set_aside") == UNKNOWN
    cluster, orders, spend = (columns.values(name)[kept] for name in ("cluster", "order_count_all", "net_spend_all"))
    numbers, place = np.unique(cluster, return_inverse=True)  # of those in none, NaN, there is one
    people = np.bincount(place, minlength=len(numbers))
    sums = [np.bincount(place, np.fmax(each, 0), len(numbers)) for each in (orders, spend)]
    sizes = zip(people.tolist(), *(each.tolist() for each in sums), strict=True)
    return {None if np.isnan(number) else int(number): each for number, each in zip(numbers, sizes, strict=True)}


TABLE = pa.schema(
    [
        ("cluster", pa.int64()),
        ("name", pa.string()),
        ("customers", pa.int64()),
        *((name, pa.float64()) for name in ("customer_share", "order_share", "net_spend_share")),
        ("trait", pa.string()),
        ("says", pa.string()),
        *((name, pa.float64()) for name in ("own", "shop", "deviations")),
    ]
)
"""The columns of :meth:`ClusterBook.table`."""


def checked_clusters(snapshot: Snapshot, numbers: Sequence[int]) -> tuple[int, ...]:
    """``numbers``; raises :class:`HuitouError` for one that is no cluster of the snapshot."""
    allowed = sorted(snapshot.alike.alike.clusters.numbers)
    for number in numbers:
        if number not in allowed:
            raise HuitouError(
                f"cluster must be one of {', '.join(map(str, allowed)) or '(there are none)'}; got {number}. "
                "See them with: huitou clusters",
                code="unknown_cluster",
                field="cluster",
                value=number,
                allowed=allowed,
            )
    return tuple(numbers)
