"""The customers of a snapshot who are most like some of them, with what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from features.arrays import Ints
from serving.snapshot import Snapshot
from training.customers.alike.similar import MOST_TOLD, Nearest, in_common, middle, similarity

MOST = 100
"""So many similar customers are given at most over HTTP."""

NOT_COMPARED = {
    "en": "too little is known of this customer to be compared, or it is no usual customer (set_aside)",
    "zh": "对该顾客所知太少，无法比较；或者不是普通顾客（set_aside）",
}
"""Why somebody is like nobody."""

OPTED_OUT = {
    "en": "this customer opted out of personal answers, and is not compared",
    "zh": "该顾客已选择不接受个性化服务，不作比较",
}
"""Why somebody is not compared."""


@dataclass(frozen=True)
class SimilarCustomer:
    """One customer who is like others."""

    customer_id: str
    """Who it is."""
    similarity: float
    """1 for the very same traits, 0 for two who are as far apart as two customers usually are, or farther."""
    cluster: int | None
    """The number of the cluster, None for none."""
    in_common: list[str]
    """What both are that is not usual in the shop, in words."""


def similar_customers(
    snapshot: Snapshot, rows: Ints, count: int, language: str, left_out: Collection[str] = ()
) -> list[SimilarCustomer] | None:
    """The ``count`` customers most like those of some rows, the most similar first; None where none can be compared.

    Like several are those who are like the middle of them. Who opted out of personal answers is not among them, nor
    who is ``left_out``, the ids of those who did so since the snapshot.
    """
    files = snapshot.alike
    asked = files.compared(rows)
    if not len(asked):
        return None
    alike, found, centre = files.alike, _nearest(snapshot, asked, count, left_out), middle(files.vectors, asked)
    alikeness = similarity(alike.space, found.distance).round(3).tolist()
    numbers = alike.clusters.of(files.vectors[found.rows]).tolist()
    return [
        SimilarCustomer(
            snapshot.customers.id(other),
            near,
            number or None,
            in_common(alike.space, centre, files.vectors[other], language),
        )
        for other, near, number in zip(found.rows.tolist(), alikeness, numbers, strict=True)
    ]


def _nearest(snapshot: Snapshot, asked: Ints, count: int, left_out: Collection[str]) -> Nearest:
    """The nearest of those who may be compared, however many have to be passed over."""
    wanted = count
    while True:
        found = snapshot.alike.nearest(asked, wanted)
        ids = [snapshot.customers.id(row) for row in found.rows.tolist()]
        kept = [place for place, name in enumerate(ids) if name not in left_out and name not in snapshot.opted_out]
        if len(kept) >= count or len(ids) < wanted:
            return Nearest(found.rows[kept[:count]], found.distance[kept[:count]])
        wanted *= 4


def similar_table(found: Sequence[SimilarCustomer]) -> pa.Table:
    """A row for each customer, with a column for each thing in common."""
    columns: dict[str, pa.Array] = {
        "customer_id": pa.array([each.customer_id for each in found], pa.string()),
        "similarity": pa.array([each.similarity for each in found], pa.float64()),
        "cluster": pa.array([each.cluster for each in found], pa.int64()),
    }
    for place in range(MOST_TOLD):
        told = [each.in_common[place] if place < len(each.in_common) else None for each in found]
        columns[f"in_common_{place + 1}"] = pa.array(told, pa.string())
    return pa.table(columns)
