"""A planted shop in which campaigns make people order who would not have: what they would have done is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from features.arrays import Flags, Floats
from features.behaviour import Behaviour
from features.events.event import CONTACT_SCHEMA, EVENT_SCHEMA
from features.events.warehouse import Warehouse
from tests.small_shop import stored
from training.calibration import log_loss
from training.customers.scorers.blend import BlendSettings
from training.customers.treatment import ways
from training.tables import CustomerTable, customer_table

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 160
HORIZON_DAYS = 20
SILENT_DAYS = 12
"""Campaigns choose those who have been silent for so long."""
CUTOFF_DAYS = (98, 105, 112, 119, 140)
"""The newest cutoff stands alone: the labels of all others were complete before it."""


@dataclass(frozen=True)
class Campaigns:
    """When the shop writes, to whom, and what comes of it."""

    first_day: int
    """The day of the first campaign."""
    every_days: int
    """Days from one campaign to the next."""
    share: float
    """This share of the silent is written to, at random."""
    effect: float
    """This share of them orders within five days because of it."""


@dataclass(frozen=True)
class Planted:
    """The training tables of the shop, and the truth beside them."""

    tables: list[CustomerTable]
    """Oldest first; the labels of all but the newest were complete before the newest cutoff."""
    own_days: dict[str, Floats]
    """When each customer ordered without being made to, in days since ``START``."""

    def would_order(self, table: CustomerTable) -> Flags:
        """Who orders in the label window if nobody writes, shape ``(n,)``."""
        first = (table.cutoff - START) / timedelta(days=1)
        own = [self.own_days[name] for name in table.features.customer_ids.to_pylist()]
        return np.array([bool(((days >= first) & (days < first + HORIZON_DAYS)).any()) for days in own])

    def compared(self) -> pd.DataFrame:
        """What each way, fitted on the complete tables, says of the newest, beside the truth of nobody writing.

        By way and ``truth``: the mean chance of the ``silent`` and of ``everyone``, and the ``log_loss``.
        """
        *complete, newest = self.tables
        truth = self.would_order(newest)
        said = {way: fit(complete).order_probability(newest.features) for way, fit in ways(BlendSettings()).items()}
        silent = newest.features.column("days_since_purchase") >= SILENT_DAYS
        rows = {
            way: (chance[silent].mean(), chance.mean(), log_loss(chance, truth))
            for way, chance in {"truth": truth.astype(np.float64), **said}.items()
        }
        return pd.DataFrame(rows, index=["silent", "everyone", "log_loss"]).T


def planted(folder: Path, campaigns: Campaigns, customers: int = 2000, seed: int = 1) -> Planted:
    """The shop: people order with their own gaps, many leave, and the silent are written to."""
    rng = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    contacts: list[dict[str, Any]] = []
    own_days = {}
    for number in range(customers):
        name = f"customer-{number}"
        own_days[name] = _own_days(rng)
        days, contacted = _with_campaigns(own_days[name].tolist(), campaigns, rng)
        orders += [_order(name, day, place) for place, day in enumerate(sorted(days))]
        contacts += [{"customer_id": name, "contacted_at": START + timedelta(days=day)} for day in contacted]
    shop = stored(folder, pa.Table.from_pylist(orders, schema=EVENT_SCHEMA), buckets=2)
    Warehouse.open(shop).append_contacts(pa.Table.from_pylist(contacts, schema=CONTACT_SCHEMA))
    behaviour = Behaviour.of(shop)
    cutoffs = [START + timedelta(days=day) for day in CUTOFF_DAYS]
    return Planted([customer_table(behaviour, cutoff, HORIZON_DAYS) for cutoff in cutoffs], own_days)


def _own_days(rng: np.random.Generator) -> Floats:
    """Orders at random moments, as often as this customer does, until it leaves."""
    gap_days = np.exp(rng.normal(np.log(18), 0.6))
    leaves = DAYS if rng.random() < 0.6 else rng.uniform(20, DAYS)
    days = rng.uniform(0, 40) + np.append(0, np.cumsum(rng.exponential(gap_days, DAYS)))
    return days[days < leaves]


def _with_campaigns(
    days: list[float], campaigns: Campaigns, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """The days of all orders, those made by campaigns among them, and the days of the contacts."""
    contacted: list[float] = []
    for sent in np.arange(campaigns.first_day, DAYS, campaigns.every_days).tolist():
        chosen, acts, later = rng.random() < campaigns.share, rng.random() < campaigns.effect, rng.uniform(0.1, 5)
        before = [day for day in days if day < sent]
        if before and sent - max(before) >= SILENT_DAYS and chosen:
            contacted.append(sent)
            days = [*days, sent + later] if acts and sent + later < DAYS else days
    return days, contacted


def _order(name: str, day: float, place: int) -> dict[str, Any]:
    return {
        "customer_id": name,
        "item_id": f"item-{place % 10}",
        "kind": "purchase",
        "occurred_at": START + timedelta(days=day),
        "unit_price": 5,
        "order_id": f"{name}/{place}",
    }
