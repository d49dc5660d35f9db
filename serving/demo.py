"""The whole of Huitou on a simulated shop, and what it found beside what had been planted there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rich.console import Console

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.importers import ImportOptions, import_customers, import_events, import_items
from features.events.simulate import SimulatedTruth, SimulationSettings, simulate
from features.shop.promotions.own_promotions import PROMOTIONS_FILE
from features.shop_folder import ShopFolder, ShopSettings, replace_text
from serving.demo_day import show_day
from serving.demo_findings import findings
from serving.desk.workroom import workroom
from serving.publish import publish
from serving.terminal.progress import bar, bars, spinner
from serving.terminal.tables import show_imports, show_table, show_training
from training.registry import Registry
from training.train import train

MARK = "simulated.json"
"""A folder with this file was made by the demo and may be emptied by it."""

PEOPLE_PER_BUCKET = 1_000
"""About so many at least: a bucket takes its time to be read, however few are in it."""


@dataclass(frozen=True)
class Demo:
    """Where the demo put things, and whom it asks for the time."""

    folder: Path
    """Holds the simulated exports, the shop and the lists."""
    console: Console
    """Where it tells what it does."""
    clock: Callable[[], datetime]
    """The present moment."""

    @property
    def files(self) -> Path:
        """The exports of the simulated shop."""
        return self.folder / "exports"

    @property
    def shop(self) -> Path:
        """The shop's folder."""
        return self.folder / "shop"


def run_demo(folder: Path, customers: int, seed: int, console: Console, clock: Callable[[], datetime]) -> Path:
    """Simulate, import, train, publish, compare with the truth, and show a marketer's day; return the shop's folder."""
    demo = Demo(folder, console, clock)
    settings = replace(SimulationSettings(), customers=customers, seed=seed)
    _emptied(folder, settings)
    truth = _simulated(demo, settings)
    buckets = min(ShopSettings.buckets, 1 + customers // PEOPLE_PER_BUCKET)
    shop = ShopFolder.create(demo.shop, ShopSettings(timezone=settings.timezone, buckets=buckets))
    replace_text(shop.path / PROMOTIONS_FILE, sales_of(truth))
    _imported(demo, shop)
    _trained_and_published(demo, shop)
    console.rule("What was found, beside what was planted")
    show_table(console, "", ("what", "found", "to compare with", "meaning"), findings(shop, truth))
    with workroom(shop, None, clock) as room:
        show_day(console, room, folder)
    return demo.shop


def _emptied(folder: Path, settings: SimulationSettings) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise HuitouError(
            f"the demo's folder must be empty or from an earlier demo; {folder} holds other things. "
            "Name another with --folder.",
            field="folder",
            value=str(folder),
        )
    folder.mkdir(parents=True, exist_ok=True)
    said = {"customers": settings.customers, "seed": settings.seed}
    (folder / MARK).write_text(json.dumps(said) + "\n", encoding="utf-8")
    # The mark stays while the rest goes: a demo that is killed here can be started again.
    for made in folder.iterdir():
        if made.is_dir() and not made.is_symlink():
            shutil.rmtree(made)
        elif made.name != MARK:
            made.unlink()


def _simulated(demo: Demo, settings: SimulationSettings) -> SimulatedTruth:
    demo.console.rule("A simulated shop")
    shop = simulate(settings)
    with bar(demo.console, f"a year of {settings.customers:,} customers") as progress:
        shop.write(demo.files, progress)
    return shop.truth


def sales_of(truth: SimulatedTruth) -> str:
    """The planted sales as the shop would tell of them in ``promotions.json``."""
    sales = [
        {
            "name": dict(zip(("en", "zh"), sale["name"].split(" / "), strict=True)),
            "from": sale["starts_on"].isoformat(),
            "until": sale["ends_on"].isoformat(),
            "categories": sale["categories"],
            "discount": sale["discount"],
        }
        for sale in truth.promotions.to_pylist()
    ]
    return json.dumps({"promotions": sales}, ensure_ascii=False, indent=2) + "\n"


def _imported(demo: Demo, shop: ShopFolder) -> None:
    demo.console.rule("Import")
    takers = (("items", import_items), ("customers", import_customers), ("events", import_events))
    with bars(demo.console) as doing:
        summaries = [
            summary
            for name, take in takers
            for summary in take(
                shop, [demo.files / f"{name}.parquet"], ImportOptions(), now=demo.clock(), progress=doing
            )
        ]
    show_imports(demo.console, summaries)


def _trained_and_published(demo: Demo, shop: ShopFolder) -> None:
    demo.console.rule("Train and publish")
    behaviour = Behaviour.of(shop)
    with spinner(demo.console, "training") as said:
        outcome = train(behaviour, Registry(shop), shop.bundles, demo.clock(), None, said)
    show_training(demo.console, outcome)
    with bar(demo.console, "publishing") as progress:
        publish(behaviour, outcome.bundle, shop, now=demo.clock(), progress=progress)
