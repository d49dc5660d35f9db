"""What one answer costs: ``python -m benchmarks.live_answers --shop demo/shop`` of a published shop.

Answers for people of the current snapshot as the service does: as stored, where they have done nothing since, and after
a fresh click, where both stages are asked anew. Then whom an item is for, and the same stages for a thousand people at
a time, as publishing asks them. Times are of the processor; a busy machine makes them longer, but less than it makes
people wait. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from features.arrays import Ints
from features.moments import microseconds
from features.shop_folder import ShopFolder
from serving.database.people.touch import Touch
from serving.interested import interested_in_item
from serving.live.live_history import stored_histories
from serving.recommending.recommender import recommend
from serving.recommending.wish import Wish
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import RECOMMENDATIONS

SEED = 7

WARMING = 20
"""So many answers are given first: what is worked out once for the whole snapshot is not of any one answer."""

AT_ONCE = 1_000
"""People of a batch."""

CLICKED = 500
"""Fresh clicks are on so many of the most popular items."""

ASKED_FOR = 20
"""Items that are asked whom they are for, the most popular."""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what one answer costs, and a thousand of them at a time.")
    parser.add_argument("--shop", type=Path, required=True, help="the folder of a published shop; nothing is written")
    parser.add_argument("--people", type=int, default=500, help="people who are answered one by one")
    said = parser.parse_args()
    snapshot = Snapshot.open_current(ShopFolder.open(said.shop))
    rows = np.random.default_rng(SEED).permutation(len(snapshot.customers))
    print(
        f"{len(snapshot.customers):,} customers, {len(snapshot.shelf):,} items, "
        f"tier {snapshot.header.recommendation_tier}"
    )
    found: dict[str, Any] = {
        "stored_ms": told("an answer as stored", times(stored(snapshot, rows[: said.people]))),
        "fresh_ms": told("an answer after a fresh click", times(fresh(snapshot, rows[: said.people]))),
        "interested_ms": told("whom an item is for", times(interested(snapshot))),
        "batch_people_per_second": batch(snapshot, np.sort(rows[:AT_ONCE])),
    }
    print(f"{found['batch_people_per_second']:,} people a second of the processor, {AT_ONCE:,} at a time")
    print(json.dumps(found))


def stored(snapshot: Snapshot, rows: Ints) -> Iterator[Callable[[], object]]:
    """Answers for people who have done nothing since."""
    for row in rows.tolist():
        wish = Wish(snapshot.header.as_of, snapshot.customers.id(row))
        yield partial(recommend, snapshot, wish)


def fresh(snapshot: Snapshot, rows: Ints) -> Iterator[Callable[[], object]]:
    """Answers for people who have just looked at an item."""
    now = snapshot.header.as_of + timedelta(minutes=1)
    clicked = snapshot.popular[:CLICKED]
    for number, row in enumerate(rows.tolist()):
        item = snapshot.catalogue.ids[int(clicked[number % len(clicked)])].as_py()
        touch = Touch("view", item, microseconds(snapshot.header.as_of))
        wish = Wish(now, snapshot.customers.id(row), touches=(touch,))
        yield partial(recommend, snapshot, wish)


def interested(snapshot: Snapshot) -> Iterator[Callable[[], object]]:
    """Whom each of some items is for."""
    for item in snapshot.popular[: ASKED_FOR + 1].tolist():
        yield partial(interested_in_item, snapshot, item, 100)


def batch(snapshot: Snapshot, rows: Ints) -> int:
    """People a second, asked together for what the snapshot stores."""
    history = stored_histories(snapshot, rows)
    started = time.process_time()
    snapshot.recommender.recommend(history, RECOMMENDATIONS)
    return round(len(rows) / (time.process_time() - started))


def times(answers: Iterator[Callable[[], object]]) -> list[float]:
    """Milliseconds of the processor that each took, without those that warm up."""
    took = []
    for answer in answers:
        started = time.process_time()
        answer()
        took.append(1e3 * (time.process_time() - started))
    return took[min(WARMING, len(took) // 2) :]


def told(name: str, took: list[float]) -> dict[str, float]:
    """Median and 95th percentile of some times, which are printed, too."""
    median, high = (round(float(np.quantile(took, share)), 2) for share in (0.5, 0.95))
    print(f"{name:30} {median:8.2f} ms, 95th percentile {high:8.2f} ms")
    return {"median": median, "p95": high}


if __name__ == "__main__":
    main()
