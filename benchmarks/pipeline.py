"""Seconds and memory of each stage from import to snapshot: ``python -m benchmarks.pipeline --events 1000000``.

Every stage runs in a process of its own, as a shop would run them, so the peak memory is the stage's. Prints one JSON
object as its last line: ``{"events", "customers", "stages": {name: {"seconds", "peak_memory_mb"}}, "total_s"}``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

EVENTS_PER_CUSTOMER = 100
"""As in the demo; 10 M events are 100,000 customers."""

ITEMS_PER_CUSTOMER = 0.1
"""A shop ten times as large sells more items as well, up to 20,000."""

STAGES = ("import", "train", "publish")


def simulate(folder: Path, events: int) -> int:
    """Write the exports of a shop with about so many events; return its number of customers."""
    from features.events.simulate import SimulationSettings
    from features.events.simulate import simulate as make

    customers = max(events // EVENTS_PER_CUSTOMER, 1)
    items = min(int(customers * ITEMS_PER_CUSTOMER) + 100, 20_000)
    make(replace(SimulationSettings(), customers=customers, items=items)).write(folder / "exports")
    return customers


def run_import(folder: Path) -> None:
    """Take in items, customers and events."""
    from features.events.importers import ImportOptions, import_customers, import_events, import_items
    from features.shop_folder import ShopFolder, ShopSettings

    shop = ShopFolder.create(folder / "shop", ShopSettings(timezone="Asia/Shanghai"))
    now = datetime.now(UTC)
    for name, take in (("items", import_items), ("customers", import_customers), ("events", import_events)):
        take(shop, [folder / "exports" / f"{name}.parquet"], ImportOptions(), now=now)


def run_train(folder: Path) -> None:
    """Train everything, backtests for the gate included."""
    from features.behaviour import Behaviour
    from features.shop_folder import ShopFolder
    from training.registry import Registry
    from training.train import train

    shop = ShopFolder.open(folder / "shop")
    train(Behaviour.of(shop), Registry(shop), shop.bundles, datetime.now(UTC), None, lambda text: None)


def run_publish(folder: Path) -> None:
    """Score everyone and write the snapshot."""
    from features.behaviour import Behaviour
    from features.shop_folder import ShopFolder
    from serving.publish import publish
    from training.registry import Registry
    from training.train import champion

    shop = ShopFolder.open(folder / "shop")
    publish(Behaviour.of(shop), champion(Registry(shop), shop.bundles), shop, now=datetime.now(UTC))


def stage_alone(name: str, folder: Path) -> dict[str, float]:
    """Seconds and peak memory of one stage, run by another process."""
    command = [sys.executable, "-m", "benchmarks.pipeline", "--stage", name, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(name: str, folder: Path) -> dict[str, float]:
    """Run one stage in this process and say what it took."""
    started = time.perf_counter()
    {"import": run_import, "train": run_train, "publish": run_publish}[name](folder)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": round(seconds, 2), "peak_memory_mb": round(peak_mb, 1)}


def main() -> None:
    """Read the arguments; run one stage, or all and the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=1_000_000, help="how many events the shop has, about")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.stage:
        print(json.dumps(measured(said.stage, said.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="huitou-pipeline-") as temporary:
        folder = Path(temporary)
        customers = simulate(folder, said.events)
        stages = {}
        for name in STAGES:
            stages[name] = stage_alone(name, folder)
            print(f"{name:10} {stages[name]['seconds']:8.1f} s  {stages[name]['peak_memory_mb']:8.0f} MB", flush=True)
    total = round(sum(stage["seconds"] for stage in stages.values()), 2)
    print(json.dumps({"events": said.events, "customers": customers, "stages": stages, "total_s": total}))


if __name__ == "__main__":
    main()
