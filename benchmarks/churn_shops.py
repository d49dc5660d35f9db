"""The shops of the churn benchmark, each imported by the product from its files, with the moments to test at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from features.behaviour import Behaviour
from features.events.importers import ImportOptions, import_customers, import_events, import_items
from features.events.simulate import SimulationSettings, simulate
from features.shop_folder import ShopFolder, ShopSettings
from training.backtest_plan import BacktestPlan, moment


@dataclass(frozen=True)
class Protocol:
    """One shop, and what is asked of it."""

    name: str
    """Its name in the last line."""
    title: str
    """One line for people."""
    behaviour: Behaviour
    """What was imported."""
    cutoffs: tuple[datetime, ...]
    """The moments to predict at, oldest first."""
    horizon_days: int
    """How far ahead."""
    aims: dict[str, tuple[str, float]]
    """What is aimed at: ``above`` or ``below`` a figure, by measure."""


Maker = Callable[[Path, Path], Protocol]
"""Makes the shop in a folder from the folder of public data."""

# Public protocols speak of everyone: nobody is set aside.
_EVERYONE = ShopSettings(timezone="UTC", set_aside=False)


def cdnow(folder: Path, data: Path) -> Protocol:
    """All 23,570 customers; known before 1998, returning by the end of June."""
    options = ImportOptions(timezone="UTC", constants={"item_id": "order", "kind": "purchase"})
    shop = _imported(folder / "cdnow", data / "cdnow" / "transactions.parquet", options)
    return Protocol(
        "cdnow",
        "CDNOW: who buys again between 1998-01-01 and 1998-06-30",
        shop,
        (moment("1998-01-01", "UTC"),),
        181,
        {"roc_auc": ("above", 0.8043), "log_loss": ("below", 0.4152), "ece": ("below", 0.03)},
    )


def online_retail(folder: Path, data: Path) -> Protocol:
    """Online Retail; known before 2011-09-09, returning within 91 days."""
    shop = _imported(folder / "retail", data / "online_retail" / "transactions.parquet", ImportOptions(timezone="UTC"))
    return Protocol(
        "online_retail",
        "Online Retail: who orders within 91 days of 2011-09-09",
        shop,
        (moment("2011-09-09", "UTC"),),
        91,
        {"roc_auc": ("above", 0.7428), "log_loss": ("below", 0.5957)},
    )


SIMULATED = SimulationSettings(customers=10_000, days=730, start=date(2024, 1, 1), events_per_customer=150, seed=7)
"""Two years, so that the models have seen each season once."""

SIMULATED_CUTOFFS = 6
"""So many moments, one horizon apart."""


def simulated(folder: Path, data: Path) -> Protocol:
    """A simulated shop of two years, at its own horizon, at the last cutoffs one horizon apart."""
    files = folder / "simulated-files"
    simulate(SIMULATED).write(files)
    shop = ShopFolder.create(folder / "simulated", ShopSettings(timezone=SIMULATED.timezone))
    for name, take in (("items", import_items), ("customers", import_customers), ("events", import_events)):
        take(shop, [files / f"{name}.parquet"], ImportOptions(), now=datetime.now(UTC))
    behaviour = Behaviour.of(shop)
    plan = BacktestPlan.rolling(behaviour, SIMULATED_CUTOFFS)
    return Protocol(
        "simulated",
        f"Simulated shop of two years: who orders within {plan.horizon_days} days, at {len(plan.cutoffs)} cutoffs",
        behaviour,
        plan.cutoffs,
        plan.horizon_days,
        {"ece": ("below", 0.02)},
    )


MAKERS: dict[str, Maker] = {"cdnow": cdnow, "online_retail": online_retail, "simulated": simulated}
"""Every protocol by name."""


def _imported(folder: Path, file: Path, options: ImportOptions) -> Behaviour:
    shop = ShopFolder.create(folder, _EVERYONE)
    import_events(shop, [file], options, now=datetime.now(UTC))
    return Behaviour.of(shop)
