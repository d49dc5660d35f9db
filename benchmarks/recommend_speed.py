"""How fast recommendations are made, and in how much memory: ``python -m benchmarks.recommend_speed``.

A simulated shop of 10 M events, 100,000 items and a million customers is imported; training (with its gate), writing
everyone's recommendations by what then serves, and the same by ``implicit`` run in processes of their own, so the peak
memory is each stage's. All write the same file of as many items for everyone. ``--customers 20000 --events 2000000``
is a quick look. Prints ratios of one run, and one JSON object as its last line.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.events.importers import ImportOptions, import_customers, import_events, import_items
from features.events.simulate import SimulationSettings, simulate
from features.history import History
from features.shop_folder import ShopFolder, ShopSettings
from training.recommend.counted.sources import Sources
from training.recommend.fitting import fit_recommender
from training.recommend.measuring.implicit_models import ImplicitModel, fit_als, fit_bm25, interest_matrix
from training.recommend.recommender import FittedRecommender, Recommender

STAGES = ("import", "train", "write", "als", "bm25_knn")
HORIZON_DAYS = 14
SEED = 7

PEOPLE_AT_ONCE = 10_000
"""So many people are asked of ``implicit`` together; it needs a score for each of them and each item."""

MOST_TRAINING_MB = 6_000
"""What training on 10 M events and 100,000 items may take."""


@dataclass(frozen=True)
class Size:
    """How large the shop is, and how much is asked."""

    customers: int
    """Accounts."""
    events: int
    """Events of all kinds, about."""
    items: int
    """Items in the catalogue."""
    k: int
    """Items written for everyone."""


def make_shop(folder: Path, size: Size) -> None:
    """Write the exports of the shop."""
    settings = SimulationSettings(
        customers=size.customers,
        items=size.items,
        events_per_customer=size.events / size.customers,
        anonymous_share=0.0,
    )
    simulate(settings).write(folder / "exports")


def run_import(folder: Path, size: Size) -> dict[str, Any]:
    """Take in items, customers and events."""
    shop, now = ShopFolder.create(folder / "shop", ShopSettings(timezone="Asia/Shanghai")), datetime.now(UTC)
    stored = 0
    for name, take in (("items", import_items), ("customers", import_customers), ("events", import_events)):
        stored = take(shop, [folder / "exports" / f"{name}.parquet"], ImportOptions(), now=now)[0].stored
    return {"events": stored}


def run_train(folder: Path, size: Size) -> dict[str, Any]:
    """Choose what serves and keep it."""
    behaviour, as_of = opened(folder)
    training = fit_recommender(behaviour, as_of, HORIZON_DAYS)
    training.recommender.save(folder / "recommender")
    return {"tier": training.recommender.tier, "gate": list(training.gate.reasons)}


def run_write(folder: Path, size: Size) -> dict[str, Any]:
    """Count the shop, then write everyone's recommendations."""
    behaviour, as_of = opened(folder)
    started = time.perf_counter()
    catalogue = behaviour.catalogue(as_of)
    fitted = FittedRecommender.fit(behaviour, as_of, catalogue, Recommender.load(folder / "recommender"))
    counting = time.perf_counter() - started

    def ranked(_: int, history: History) -> tuple[Ints, Floats]:
        best = fitted.recommend(history, size.k)
        return best.item, best.score

    return {"fit_seconds": round(counting, 2)} | written(
        folder / "ours.parquet", behaviour.map_histories(ranked, as_of, catalogue), size.k
    )


def run_implicit(fit: Callable[[sparse.csr_matrix], ImplicitModel]) -> Callable[[Path, Size], dict[str, Any]]:
    """A stage that fits a model of ``implicit`` on everyone's interest, and writes what its ``recommend`` says."""

    def run(folder: Path, size: Size) -> dict[str, Any]:
        behaviour, as_of = opened(folder)
        interest = interest_of(behaviour, as_of, Recommender.load(folder / "recommender"))
        started = time.perf_counter()
        model = fit(interest)
        fitting = time.perf_counter() - started

        def ranked() -> Iterator[tuple[Ints, Floats]]:
            for start in range(0, interest.shape[0], PEOPLE_AT_ONCE):
                rows = interest[start : start + PEOPLE_AT_ONCE]
                people = np.arange(start, start + rows.shape[0])
                yield model.recommend(people, rows, N=size.k, filter_already_liked_items=False)

        return {"fit_seconds": round(fitting, 2)} | written(folder / "implicit.parquet", ranked(), size.k)

    return run


RUNS: dict[str, Callable[[Path, Size], dict[str, Any]]] = {
    "import": run_import,
    "train": run_train,
    "write": run_write,
    "als": run_implicit(lambda interest: fit_als(interest, SEED)),
    "bm25_knn": run_implicit(fit_bm25),
}


def opened(folder: Path) -> tuple[Behaviour, datetime]:
    """The shop, and the moment after its last event."""
    behaviour = Behaviour.of(ShopFolder.open(folder / "shop"))
    return behaviour, behaviour.reader.moment_after(datetime.now(UTC))


def interest_of(behaviour: Behaviour, as_of: datetime, recommender: Recommender) -> sparse.csr_matrix:
    """Everyone's interest as our own sources see it."""
    return interest_matrix(behaviour, Sources.fit(behaviour, as_of, recommender.settings, related=()))


def written(file: Path, parts: Iterator[tuple[Ints, Floats]], k: int) -> dict[str, Any]:
    """Write items and scores of everyone, a row each; how many they were and how fast it went."""
    schema = pa.schema([("item", pa.list_(pa.int32(), k)), ("score", pa.list_(pa.float32(), k))])
    started, people = time.perf_counter(), 0
    with pq.ParquetWriter(file, schema) as writer:
        for items, scores in parts:
            columns = (np.ascontiguousarray(items, np.int32), np.ascontiguousarray(scores, np.float32))
            lists = [pa.FixedSizeListArray.from_arrays(pa.array(column.ravel()), k) for column in columns]
            writer.write_table(pa.table(lists, schema=schema))
            people += len(items)
    seconds = time.perf_counter() - started
    return {"people": people, "write_seconds": round(seconds, 2), "people_a_second": round(people / seconds, 1)}


def stage_alone(name: str, folder: Path, size: Size) -> dict[str, Any]:
    """What one stage found and took, run by another process."""
    command = [sys.executable, "-m", "benchmarks.recommend_speed", "--stage", name, "--folder", str(folder)]
    command += [f"--{field}={value}" for field, value in vars(size).items()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(name: str, folder: Path, size: Size) -> dict[str, Any]:
    """Run one stage in this process; what it found, its seconds and its peak memory."""
    started = time.perf_counter()
    found = RUNS[name](folder, size)
    seconds = round(time.perf_counter() - started, 2)
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return found | {"seconds": seconds, "peak_memory_mb": peak_mb}


def main() -> None:
    """Read the arguments; run one stage, or all and the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=1_000_000, help="accounts of the shop")
    parser.add_argument("--events", type=int, default=10_000_000, help="how many events it has, about")
    parser.add_argument("--items", type=int, default=100_000, help="items in its catalogue")
    parser.add_argument("--k", type=int, default=50, help="items written for everyone")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    size = Size(said.customers, said.events, said.items, said.k)
    if said.stage:
        print(json.dumps(measured(said.stage, said.folder, size)))
        return
    with tempfile.TemporaryDirectory(prefix="huitou-speed-") as folder:
        make_shop(Path(folder), size)
        stages = {}
        for name in STAGES:
            stages[name] = stage_alone(name, Path(folder), size)
            print_stage(name, stages[name])
    ratios = {name: stages["write"]["people_a_second"] / stages[name]["people_a_second"] for name in STAGES[3:]}
    print_summary(stages, ratios)
    print(json.dumps(vars(size) | {"stages": stages, "rate_over_implicit": ratios}))


def print_stage(name: str, found: dict[str, Any]) -> None:
    """One line of a stage."""
    rate = f"  {found['people_a_second']:10,.0f} people a second" if "people_a_second" in found else ""
    print(f"{name:10} {found['seconds']:8.1f} s  {found['peak_memory_mb']:8,.0f} MB{rate}", flush=True)


def print_summary(stages: dict[str, Any], ratios: dict[str, float]) -> None:
    """What serves, its rate over that of ``implicit``, and whether training kept to its memory."""
    for reason in stages["train"]["gate"]:
        print(reason)
    for name, ratio in ratios.items():
        print(f"written at {ratio:.3f} times the rate of implicit's {name}")
    peak_mb = stages["train"]["peak_memory_mb"]
    print(
        f"training on {stages['import']['events']:,} events: {stages['train']['seconds']:,.0f} s, {peak_mb:,.0f} MB "
        f"(at most {MOST_TRAINING_MB:,}: {'met' if peak_mb <= MOST_TRAINING_MB else 'NOT MET'})"
    )


if __name__ == "__main__":
    main()
