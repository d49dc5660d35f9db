"""Whom an item is for: customers by how much they want it, also where nobody has bought it yet.

First the customers behind the item, its related items, and its category and brand are looked up; then those with the
strongest interest are scored exactly as when items are recommended to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Flags, Floats, Ints
from features.catalogue import UNKNOWN
from serving.live.live_history import stored_histories
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import reason
from training.recommend.wanting import NOT_PROPOSED, Wanting, wanting

LOOKED_AT = 1_000
"""Customers who are scored for one answer, at least; four times as many as are asked for where that is more."""

MOST_ITEMS = 2_000
"""Of a set of items the most popular are taken; all together would be half the shop."""

INTEREST = "interest"
"""Name of the source of customers to whom no source proposed the item."""

RELATED_SHARE = 0.5
"""Interest in a related item counts for this share of its relation."""
LIKE_SHARE = 0.05
"""Interest in the best items of the same category or brand counts for so much."""
LIKE_ITEMS = 50
"""So many items of the same category or brand are looked behind."""


@dataclass(frozen=True)
class InterestedCustomer:
    """One customer who should hear of an item."""

    row: int
    """Row in the snapshot."""
    score: float
    """Orders the customers of one answer; a chance to buy within the horizon where the ranker serves."""
    item: int
    """Code of the item that is wanted most, ``UNKNOWN`` where only the interest in such items speaks for it."""
    source: str
    """What speaks for it."""
    because: int
    """Code of the customer's own item that the reason names, ``UNKNOWN`` where none."""


def interested_in_item(
    snapshot: Snapshot, code: int, n: int, *, refused: Collection[str] = (), with_set_aside: bool = False
) -> list[InterestedCustomer]:
    """The ``n`` customers who want an item most; without those who opted out of personalisation.

    ``refused`` are the ids of those who did so since the snapshot. Nor are there those who are set aside, unless the
    caller wants to count them.
    """
    return _interested(snapshot, np.array([code]), _seeds(snapshot, code), n, frozenset(refused), with_set_aside)


def interest_in_item(snapshot: Snapshot, code: int) -> tuple[Ints, Floats]:
    """Rising rows of everybody with some interest in an item or in those like it, and how strong it is."""
    return _interest(snapshot, _seeds(snapshot, code))


def interested_in_any(
    snapshot: Snapshot, wanted: ItemFilter, n: int, *, refused: Collection[str] = (), with_set_aside: bool = False
) -> list[InterestedCustomer]:
    """The ``n`` customers who want items of some category, brand or price most; the same are left out."""
    items = np.asarray(snapshot.popular)
    items = items[snapshot.shelf.allowed(items, wanted)][:MOST_ITEMS]
    return _interested(snapshot, items, dict.fromkeys(items.tolist(), 1.0), n, frozenset(refused), with_set_aside)


def interest_reason(snapshot: Snapshot, found: InterestedCustomer, language: str) -> str:
    """Why a customer should hear of it, in words."""
    if found.item == UNKNOWN:
        return reason(found.source, language)
    because = snapshot.shelf.label(found.because) if found.because not in (UNKNOWN, found.item) else None
    return reason(
        found.source,
        language,
        because=because,
        category=snapshot.shelf.item(found.item).category,
        item_days=snapshot.shelf.usual_days(found.item),
    )


def _interested(
    snapshot: Snapshot,
    items: Ints,
    seeds: dict[int, float],
    n: int,
    refused: frozenset[str],
    with_set_aside: bool,
) -> list[InterestedCustomer]:
    rows, strength = _interest(snapshot, seeds)
    if not with_set_aside:
        usual = ~snapshot.customer_groups.set_aside(rows)
        rows, strength = rows[usual], strength[usual]
    strongest = np.argsort(-strength, kind="stable")[: max(LOOKED_AT, 4 * n)]
    rows, strength = rows[strongest], strength[strongest]
    kept = _personal(snapshot, rows, refused)
    rows, strength = rows[kept], strength[kept]
    order = np.argsort(rows)
    rows, strength = rows[order], strength[order]
    if not len(rows):
        return []
    fitted = snapshot.recommender
    found = wanting(fitted, fitted.sources.people(stored_histories(snapshot, rows)), items)
    return list(_best(snapshot, rows, strength, found))[:n]


def _seeds(snapshot: Snapshot, code: int) -> dict[int, float]:
    """The items whose fans are asked for one item, and how much each counts."""
    seeds = {code: 1.0}
    for relation in snapshot.recommender.sources.related.values():
        for item, score in _leading_to(relation, code):
            seeds[item] = seeds.get(item, 0.0) + RELATED_SHARE * score
    for item in _like(snapshot, code):
        seeds.setdefault(item, LIKE_SHARE)
    return seeds


def _interest(snapshot: Snapshot, seeds: dict[int, float]) -> tuple[Ints, Floats]:
    return snapshot.interest.of(np.array([*seeds], dtype=np.int64), np.array([*seeds.values()]))


def _best(snapshot: Snapshot, rows: Ints, strength: Floats, found: Wanting) -> Iterator[InterestedCustomer]:
    """Customers by score, at equal scores by interest."""
    for place in np.lexsort((rows, -strength, -found.score)).tolist():
        source = int(found.source[place])
        yield InterestedCustomer(
            row=int(rows[place]),
            score=float(found.score[place]),
            item=int(found.item[place]),
            source=INTEREST if source == NOT_PROPOSED else snapshot.header.sources[source],
            because=int(found.because[place]),
        )


def _leading_to(relation: sparse.csr_matrix, code: int) -> Iterator[tuple[int, float]]:
    """The items whose related items hold one, and how strongly."""
    place = np.flatnonzero(relation.indices == code)
    item = np.searchsorted(relation.indptr, place, side="right") - 1
    return zip(item.tolist(), relation.data[place].tolist(), strict=True)


def _like(snapshot: Snapshot, code: int) -> list[int]:
    """Popular items of the same category, then of the same brand."""
    catalogue, popular = snapshot.catalogue, np.asarray(snapshot.popular)
    found: list[int] = []
    for column in (catalogue.category, catalogue.brand):
        if column[code] != UNKNOWN:
            found += popular[column[popular] == column[code]][:LIKE_ITEMS].tolist()
    return found


def _personal(snapshot: Snapshot, rows: Ints, refused: frozenset[str]) -> Flags:
    """Which of the customers did not opt out of personalisation."""
    names = (snapshot.customers.id(int(row)) for row in rows)
    return np.array([not (name in refused or name in snapshot.opted_out) for name in names], dtype=bool)
