"""The customers of a snapshot who are most like some of them, with what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from features.arrays import Ints
from serving.snapshot import Snapshot
from training.customers.alike.similar import MOST_TOLD, in_common, middle, similarity

MOST = 100
"""So many similar customers are given at most over HTTP."""

NOT_COMPARED = {
    "en": "too little is known of this customer to be compared, or it is no usual customer (set_aside)",
    "zh": "对该顾客所知太少，无法比较；或者不是普通顾客（set_aside）",
}
"""Why somebody is like nobody."""


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


def similar_customers(snapshot: Snapshot, rows: Ints, count: int, language: str) -> list[SimilarCustomer] | None:
    """The ``count`` customers most like those of some rows, the most similar first; None where none can be compared.

    Like several are those who are like the middle of them.
    """
    files = snapshot.alike
    asked = files.compared(rows)
    if not len(asked):
        return None
    alike, found, centre = files.alike, files.nearest(asked, count), middle(files.vectors, asked)
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
