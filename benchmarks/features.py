"""How fast the whole feature table is: against merely reading the events, and against pandas.

``python -m benchmarks.features`` simulates a shop of ``--events`` events, stores it, and runs ours and the floor in
turns after one run of each that is not counted. Every stage has a process of its own, so that memory is told apart.
The last line is one JSON object:

- ``events_per_s``: events over the median time from stored events to every customer's features;
- ``floor_ratio``: that time over the median time in which DuckDB, with as many threads, merely reads the same columns
  of the same files and orders them by customer and time;
- ``pandas_ratio``: the time of the same features in pandas over ours, of a sample of buckets, scaled to all events;
- ``peak_memory_mb``: the most memory that a process held which did nothing but our part.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from benchmarks.pandas_features import pandas_features, prepared
from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features, log_price_levels
from features.events.duck import connect
from features.events.engine import map_buckets
from features.events.event import EVENT_SCHEMA, ITEM_SCHEMA
from features.events.reader import HISTORY_SQL
from features.events.simulate import SimulationSettings, simulate
from features.events.staging import Staging
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder, ShopSettings

EVENTS_PER_CUSTOMER = 100
BUCKETS = 16
ROOT = Path(__file__).resolve().parents[1]
Stage = Callable[[Path, argparse.Namespace], dict[str, Any]]


def build(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Simulate a shop and store it in ``path``."""
    customers = max(1, asked.events // EVENTS_PER_CUSTOMER)
    settings = SimulationSettings(customers=customers, events_per_customer=EVENTS_PER_CUSTOMER, seed=asked.seed)
    simulated = simulate(settings)
    folder = ShopFolder.create(path, ShopSettings(timezone=settings.timezone, buckets=BUCKETS))
    staging = Staging(folder.staging / "benchmark", BUCKETS, settings.timezone)
    for chunk in simulated.event_chunks():
        staging.add(completed(chunk, EVENT_SCHEMA))
    warehouse = Warehouse.open(folder)
    stored = warehouse.append(staging).stored
    warehouse.put_items(completed(simulated.items, ITEM_SCHEMA))
    return {"events": stored}


def completed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Simulated events or items with the columns that they lack, empty."""
    for name in schema.names:
        if name not in table.schema.names:
            table = table.append_column(name, pa.nulls(len(table), schema.field(name).type))
    return table.select(schema.names)


def moment_after(behaviour: Behaviour) -> datetime:
    """A cutoff that every event comes before."""
    last = behaviour.reader.extent().last
    if last is None:
        raise SystemExit("The simulated shop has no events.")
    return last + timedelta(microseconds=1)


def ours(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """From stored events to the features of every customer."""
    behaviour = Behaviour.of(ShopFolder.open(path))
    cutoff = moment_after(behaviour)
    started = time.perf_counter()
    catalogue = behaviour.catalogue(cutoff)
    customers = sum(
        len(table)
        for table in behaviour.map_histories(lambda _, history: customer_features(history), cutoff, catalogue)
    )
    return {"seconds": time.perf_counter() - started, "customers": customers}


def floor(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Merely read and order the same columns of the same files, by as many threads."""
    reader = Behaviour.of(ShopFolder.open(path)).reader
    query = f"{HISTORY_SQL} order by customer_id, occurred_us"

    def read(bucket: int) -> int:
        with connect() as connection:
            return len(connection.sql(query, params={"files": list(reader.files[bucket])}).to_arrow_table())

    started = time.perf_counter()
    events = sum(map_buckets(read, sorted(reader.files)))
    return {"seconds": time.perf_counter() - started, "events": events}


def plain_pandas(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The same features in pandas for a sample of buckets, held to ours."""
    behaviour = Behaviour.of(ShopFolder.open(path))
    cutoff = moment_after(behaviour)
    catalogue = behaviour.catalogue(cutoff)
    items = behaviour.items.select(["item_id", "category", "price"]).to_pandas()
    items["price"] = items["price"].astype("float64")
    levels = pd.Series(log_price_levels(catalogue.price, catalogue.category), catalogue.ids.to_pylist())
    sales = pd.DatetimeIndex(np.array(catalogue.promotions.days, dtype="datetime64[D]"))
    seconds, events = 0.0, 0
    for bucket in sorted(behaviour.reader.files)[: asked.pandas_buckets]:
        started = time.perf_counter()
        frame = prepared(read_frame(behaviour, bucket), items, cutoff)
        table = pandas_features(frame, levels, sales)
        seconds += time.perf_counter() - started
        events += len(frame)
        compare(customer_features(behaviour.history(bucket, cutoff, catalogue)), table)
    return {"seconds": seconds, "events": events}


def read_frame(behaviour: Behaviour, bucket: int) -> pd.DataFrame:
    """The stored events of one bucket as a frame."""
    columns = ["customer_id", "kind", "item_id", "occurred_at", "local_date", "local_hour"]
    table = ds.dataset(list(behaviour.reader.files[bucket])).to_table([*columns, "quantity", "unit_price", "order_id"])
    for name, kind in (("unit_price", pa.float64()), ("local_date", pa.timestamp("s"))):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def compare(found: CustomerFeatures, table: pd.DataFrame) -> None:
    """Stop when pandas and we do not agree in every column."""
    table = table.loc[found.customer_ids.to_pylist()]
    assert set(table.columns) == set(found.names)
    for name in found.names:
        expected = table[name].to_numpy(dtype=np.float64)
        np.testing.assert_allclose(found.column(name), expected, rtol=1e-4, atol=1e-3, err_msg=name)


def turns(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Ours and the floor in turns, so that whatever else the machine does falls on both; the first are warm-ups."""
    runs = [(ours(path, asked)["seconds"], floor(path, asked)["seconds"]) for _ in range(asked.runs + 1)][1:]
    return {"ours": [our for our, _ in runs], "floor": [lowest for _, lowest in runs]}


STAGES: dict[str, Stage] = {"build": build, "ours": ours, "turns": turns, "pandas": plain_pandas}


def peak_memory_mb() -> float:
    """The most memory that this process has held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]
        return int(kilobytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def in_a_process(stage: str, path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one stage in a process of its own and tell what it found."""
    command = [sys.executable, "-m", "benchmarks.features", "--stage", stage, "--shop", str(path)]
    names = ("events", "runs", "pandas_buckets", "seed")
    command += [f"--{name.replace('_', '-')}={getattr(asked, name)}" for name in names]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{stage}: {result}", file=sys.stderr)
    return result


def measure(path: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Every figure, of ours and the floor in turns."""
    events = in_a_process("build", path, asked)["events"]
    alone = in_a_process("ours", path, asked)
    runs = in_a_process("turns", path, asked)
    sample = in_a_process("pandas", path, asked)
    seconds, floor_seconds = median(runs["ours"]), median(runs["floor"])
    return {
        "events": events,
        "customers": alone["customers"],
        "runs": asked.runs,
        "seconds": round(seconds, 3),
        "floor_seconds": round(floor_seconds, 3),
        "pandas_seconds": round(sample["seconds"] * events / sample["events"], 3),
        "pandas_sample_share": round(sample["events"] / events, 4),
        "events_per_s": round(events / seconds),
        "floor_ratio": round(seconds / floor_seconds, 3),
        "pandas_ratio": round(sample["seconds"] * events / sample["events"] / seconds, 2),
        "peak_memory_mb": round(alone["peak_memory_mb"], 1),
    }


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description="Measure the feature table.")
    parser.add_argument("--events", type=int, default=5_000_000, help="about so many simulated events")
    parser.add_argument("--runs", type=int, default=5, help="runs of ours and of the floor, in turns")
    parser.add_argument("--pandas-buckets", type=int, default=2, help=f"buckets of {BUCKETS} that pandas gets")
    parser.add_argument("--seed", type=int, default=7, help="seed of the simulated shop")
    parser.add_argument("--shop", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stage", choices=list(STAGES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        print(json.dumps(STAGES[asked.stage](asked.shop, asked) | {"peak_memory_mb": peak_memory_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder) / "shop", asked)))


if __name__ == "__main__":
    main()
