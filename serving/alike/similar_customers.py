"""The customers of a snapshot who are most like one of them, with what they have in common."""

from __future__ import annotations

from dataclasses import dataclass

from serving.snapshot import Snapshot
from training.customers.alike.similar import in_common, similarity

MOST = 100
"""So many similar customers are given at most."""

NOT_COMPARED = {
    "en": "too little is known of this customer to be compared, or it is no usual customer (set_aside)",
    "zh": "对该顾客所知太少，无法比较；或者不是普通顾客（set_aside）",
}
"""Why somebody is like nobody."""


@dataclass(frozen=True)
class SimilarCustomer:
    """One customer who is like another."""

    customer_id: str
    """Who it is."""
    similarity: float
    """1 for the very same traits, 0 for two who are as far apart as two customers usually are, or farther."""
    cluster: int | None
    """The number of the cluster, None for none."""
    in_common: list[str]
    """What both are that is not usual in the shop, in words."""


def similar_customers(snapshot: Snapshot, row: int, count: int, language: str) -> list[SimilarCustomer] | None:
    """The ``count`` most similar customers of a row, the most similar first; None where it cannot be compared."""
    files = snapshot.alike
    if not files.is_compared(row):
        return None
    alike, found = files.alike, files.nearest(row, count)
    alikeness = similarity(alike.space, found.distance).round(3).tolist()
    numbers = alike.clusters.of(files.vectors[found.rows]).tolist()
    return [
        SimilarCustomer(
            snapshot.customers.id(other),
            near,
            number or None,
            in_common(alike.space, files.vectors[row], files.vectors[other], language),
        )
        for other, near, number in zip(found.rows.tolist(), alikeness, numbers, strict=True)
    ]
