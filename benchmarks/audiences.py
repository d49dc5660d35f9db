"""What counting an audience costs: ``python -m benchmarks.audiences --shop demo/shop`` of a published shop.

Filters of every kind are answered in turn, round after round, so that a busy moment falls on all of them; then whole
previews, with who may be written to, what that would bring, and the overlap with five ready audiences. The same
questions are asked of DuckDB over the same table and events as Parquet, on one thread as well. Times are of the
processor; a busy machine makes them longer, but less than it makes people wait. The database is an empty one of its
own; nothing is written to the shop. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.events.event import KIND_CODES, KINDS
from features.moments import day_number, local_date
from features.shop_folder import ShopFolder
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.matching import matching
from serving.audiences.previewing.preview import Previews
from serving.audiences.previewing.preview_request import PreviewRequest
from serving.care.care import Care
from serving.database.connection import open_database
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.contacts import Contacts

SEED = 7
ROUNDS = 30
CONTACTS = 600_000
"""So many contacts are planted where the snapshot has none, in the ninety days before it."""

LISTS = ("open-cart", "lost", "high-win-back", "one-purchase-sleepers", "overdue")
"""The ready audiences that one is compared with."""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what counting an audience costs.")
    parser.add_argument("--shop", type=Path, required=True, help="the folder of a published shop; nothing is written")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each question is asked")
    said = parser.parse_args()
    shop = ShopFolder.open(said.shop)
    before_mb = private_mb()
    snapshot = Snapshot.open_current(shop)
    print(f"{len(snapshot.customers):,} customers, {len(snapshot.audience.acts):,} events")
    filters = asked(snapshot)
    fresh = with_contacts(snapshot)
    found: dict[str, Any] = {"customers": len(snapshot.customers), "events": len(snapshot.audience.acts)}
    found["filter_ms"] = measured(
        {name: _matching(snapshot, fresh, filter) for name, filter in filters.items()}, said.rounds
    )
    with TemporaryDirectory() as folder:
        engine = open_database(shop, f"sqlite:///{folder}/empty.db")
        previews = Previews(shop, engine, Care(shop, engine), FreshActs(engine))
        wanted = {name: PreviewRequest.read({"filter": filter, "channel": "email"}) for name, filter in filters.items()}
        others = [{"template": name} for name in LISTS]
        wanted["with five overlaps"] = PreviewRequest.read({"filter": filters["everyone"], "overlap_with": others})
        found["preview_ms"] = measured(
            {f"preview: {name}": _previewed(previews, snapshot, one) for name, one in wanted.items()}, said.rounds
        )
        found["memory_mb"] = round(private_mb() - before_mb, 1)
        engine.dispose()
        found["duckdb_ratio"] = against_duckdb(snapshot, filters, fresh, Path(folder), said.rounds)
    slowest = max(each["p95"] for each in found["preview_ms"].values())
    print(f"slowest preview {slowest:.1f} ms (95th percentile of the slowest), {found['memory_mb']} MB of its own")
    print(json.dumps(found))


def asked(snapshot: Snapshot) -> Mapping[str, dict[str, Any]]:
    """Filters of every kind."""
    category = snapshot.shelf.categories[0]
    return {
        "everyone": {"everyone": True},
        "layer": {"field": "layer", "is": "high_win_back"},
        "predicted": {"field": "churn_probability", "at_least": 0.8},
        "relative date": {"field": "next_order_on", "between": ["today", "today+7"]},
        "open cart": {"open": "cart", "within_days": 30},
        "category within 90 days": {"did": "view", "category": category, "within_days": 90},
        "category, ever": {"did": "view", "category": category},
        "on three days, ever": {"did": "view", "on_days": 3},
        "on three days": {"did": "view", "on_days": 3, "within_days": 90},
        "did not": {"did_not": "purchase", "within_days": 60},
        "contact history": {"not": {"contacted": {"within_days": 30, "channel": "email"}}},
        "seven parts": {
            "all": [
                {"did": "view", "category": category, "within_days": 90},
                {"did_not": "purchase", "category": category, "within_days": 90},
                {"field": "churn_probability", "at_most": 0.9},
                {"not": {"contacted": {"within_days": 14}}},
                {"not": {"field": "layer", "is": "lost"}},
                {"any": [{"open": "cart"}, {"open": "favorite"}]},
            ]
        },
    }


def with_contacts(snapshot: Snapshot) -> Fresh:
    """What happened since: planted contacts where the snapshot has none."""
    if len(snapshot.audience.contacts.row) or not len(snapshot.customers):
        return Fresh.nothing()
    rng = np.random.default_rng(SEED)
    today = day_number(local_date(snapshot.header.as_of, snapshot.header.timezone))
    row = rng.integers(0, len(snapshot.customers), CONTACTS)
    day, channel = today - rng.integers(0, 90, CONTACTS), rng.integers(0, 3, CONTACTS)
    contacts = Contacts(
        row, np.zeros(CONTACTS, dtype=np.int64), day, channel, np.zeros(CONTACTS, dtype=int), ("spring",)
    )
    return Fresh(Fresh.nothing().events, contacts)


def _matching(snapshot: Snapshot, fresh: Fresh, said: dict[str, Any]) -> Callable[[], int]:
    return lambda: int(np.count_nonzero(matching(snapshot, parse_filter(said), fresh, snapshot.header.as_of)))


def _previewed(previews: Previews, snapshot: Snapshot, wanted: PreviewRequest) -> Callable[[], int]:
    return lambda: previews.preview(snapshot, wanted, snapshot.header.as_of).count


def measured(questions: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, dict[str, float]]:
    """For each question how many people it means, and the median and 95th percentile in milliseconds, printed too."""
    took: dict[str, list[float]] = {name: [] for name in questions}
    people = {name: question() for name, question in questions.items()}  # the first time maps the files
    for _ in range(rounds):
        for name, question in questions.items():
            started = time.process_time()
            question()
            took[name].append(1e3 * (time.process_time() - started))
    found = {}
    for name, times in took.items():
        median, high = (round(float(np.quantile(times, share)), 2) for share in (0.5, 0.95))
        print(f"{name:38} {people[name]:10,} people {median:8.2f} ms, 95th percentile {high:8.2f} ms")
        found[name] = {"people": people[name], "median": median, "p95": high}
    return found


def against_duckdb(
    snapshot: Snapshot, filters: Mapping[str, dict[str, Any]], fresh: Fresh, folder: Path, rounds: int
) -> dict[str, float]:
    """How many times as long DuckDB takes for some of the same questions over Parquet; raises where it disagrees."""
    events = folder / "acts.parquet"
    pq.write_table(acts_table(snapshot), events, compression="zstd")
    today = day_number(local_date(snapshot.header.as_of, snapshot.header.timezone))
    people = f"read_parquet('{snapshot.customers_file}', file_row_number = true)"
    acted = f"select row from read_parquet('{events}') where kind = {{}} and day >= {{}}"
    horizon = snapshot.header.horizon_days
    questions = {
        "predicted": f"select count(*) from {people} where churn_probability_{horizon}d >= 0.8",
        "category within 90 days": f"""select count(*) from {people} where file_row_number in
            ({acted.format(KIND_CODES["view"], today - 89)} and category = 0)""",
        "did not": f"""select count(*) from {people} where file_row_number not in
            ({acted.format(KIND_CODES["purchase"], today - 59)})""",
    }
    found = {}
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        for name, sql in questions.items():
            ours = _matching(snapshot, fresh, filters[name])
            theirs = partial(_counted, connection, sql)
            pair = measured({f"masks: {name}": ours, f"duckdb: {name}": theirs}, rounds)
            masks, duck = pair[f"masks: {name}"], pair[f"duckdb: {name}"]
            if masks["people"] != duck["people"]:
                raise ValueError(f"{name}: {masks['people']} people by masks, {duck['people']} by DuckDB")
            found[name] = round(duck["median"] / masks["median"], 1)
    return found


def acts_table(snapshot: Snapshot) -> pa.Table:
    """Every act as a row, ordered as the masks have them, so that both can pass over other days."""
    acts = snapshot.audience.acts
    parts = [acts.of(code, acts.first_day, acts.last_day) for code in range(len(KINDS))]
    item = np.concatenate([part.item for part in parts])
    return pa.table(
        {
            "kind": np.repeat(np.arange(len(KINDS), dtype=np.int8), [len(part.row) for part in parts]),
            "day": np.concatenate([part.day for part in parts]),
            "row": np.concatenate([part.row for part in parts]),
            "category": snapshot.shelf.category(item),
        }
    )


def _counted(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])


def private_mb() -> float:
    """Memory that only this process has, in megabytes: pages of the snapshot's files are shared and do not count."""
    said = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8")
    return sum(int(found) for found in re.findall(r"^Anonymous:\s+(\d+) kB", said, re.MULTILINE)) / 1024


if __name__ == "__main__":
    main()
