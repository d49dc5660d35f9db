"""The published shop that ``benchmarks/serving.py`` asks: simulated, as large as wanted.

The models learn from a smaller shop of the same items, because how they were learned changes nothing in how fast they
answer; everyone in the large shop is counted, scored and published by the usual code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from features.behaviour import Behaviour
from features.events.importers import ImportOptions, import_customers, import_events, import_items
from features.events.simulate import SimulationSettings, simulate
from features.shop_folder import ShopFolder, ShopSettings
from serving.publish import publish
from training.registry import Registry
from training.train import train

HORIZON_DAYS = 30
LEARNED_FROM_CUSTOMERS = 60_000
LEARNED_FROM_EVENTS_EACH = 25.0


@dataclass(frozen=True)
class Size:
    """How large the shop is."""

    customers: int
    """Accounts."""
    items: int
    """Items in the catalogue."""
    events_each: float = 10.0
    """Events per customer, about."""
    buckets: int = 64
    """Parts that customers are split into."""


def make_shop(folder: Path, size: Size) -> ShopFolder:
    """A shop of that size in ``folder``, simulated, imported and published; half an hour for a million customers."""
    few = Size(min(size.customers, LEARNED_FROM_CUSTOMERS), size.items, LEARNED_FROM_EVENTS_EACH, buckets=16)
    small = imported_shop(folder / "learned-from", few)
    now = datetime.now(UTC)
    bundle = train(Behaviour.of(small), Registry(small), small.bundles, now, HORIZON_DAYS, print).bundle
    shop = imported_shop(folder / "large", size)
    publish(Behaviour.of(shop), bundle, shop, now=now)
    return shop


def imported_shop(folder: Path, size: Size) -> ShopFolder:
    """The shop with everything that was simulated, in ``folder / "shop"``; the exports are beside it."""
    settings = SimulationSettings(
        customers=size.customers, items=size.items, events_per_customer=size.events_each, anonymous_share=0.0
    )
    simulate(settings).write(folder / "exports")
    shop = ShopFolder.create(folder / "shop", ShopSettings(timezone=settings.timezone, buckets=size.buckets))
    for name, take in (("items", import_items), ("customers", import_customers), ("events", import_events)):
        take(shop, [folder / "exports" / f"{name}.parquet"], ImportOptions(), now=datetime.now(UTC))
    return shop
