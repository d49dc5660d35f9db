"""A planted shop with randomised campaigns: those who browse order because of a message, those who buy often anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.behaviour import Behaviour
from features.events.event import CONTACT_SCHEMA, EVENT_SCHEMA
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import stored

START = datetime(2025, 1, 1, tzinfo=UTC)
HORIZON_DAYS = 20
CAMPAIGN_DAYS = (60, 90)
"""Everybody is in both campaigns, half of them written to, by lot."""
LAST_DAY = 115
FREQUENT_RATE, OTHER_RATE = 0.6, 0.1
"""Who orders within the horizon if nobody writes: those with many orders, and the others."""


@dataclass(frozen=True)
class PlantedShop:
    """The shop and what was planted."""

    folder: ShopFolder
    effect: float
    """How much likelier a message makes an order of somebody who browses; 0 for all others."""

    @property
    def behaviour(self) -> Behaviour:
        """Everything that the shop knows."""
        return Behaviour.of(self.folder)


def browses(number: int) -> bool:
    """Whether a customer looks at much before each campaign."""
    return number % 2 == 0


def buys_often(number: int) -> bool:
    """Whether a customer has ordered often."""
    return number % 4 < 2


def planted_shop(
    path: Path, effect: float, customers: int = 1200, seed: int = 1, campaign_days: Sequence[int] = CAMPAIGN_DAYS
) -> PlantedShop:
    """The shop, with two campaigns or others."""
    random = np.random.default_rng(seed)
    events: list[dict[str, Any]] = [_event("customer-0", "view", LAST_DAY, 0)]
    contacts: list[dict[str, Any]] = []
    for number in range(customers):
        name = f"customer-{number}"
        days = random.uniform(0, 50, 6 if buys_often(number) else 1)
        events += [_event(name, "purchase", day, place) for place, day in enumerate(days)]
        for campaign in campaign_days:
            looked = campaign - random.uniform(0.5, 5, 4 if browses(number) else 0)
            events += [_event(name, "view", day, 20) for day in looked]
            treated = bool(random.random() < 0.5)
            rate = FREQUENT_RATE if buys_often(number) else OTHER_RATE
            rate += effect if treated and browses(number) else 0.0
            if random.random() < rate:
                events.append(_event(name, "purchase", campaign + random.uniform(0.1, HORIZON_DAYS - 1), 10 + campaign))
            contacts.append(_contact(name, campaign, treated))
    shop = stored(path, pa.Table.from_pylist(events, schema=EVENT_SCHEMA), buckets=2)
    Warehouse.open(shop).append_contacts(pa.Table.from_pylist(contacts, schema=CONTACT_SCHEMA))
    return PlantedShop(shop, effect)


def _event(name: str, kind: str, day: float, place: int) -> dict[str, Any]:
    return {
        "customer_id": name,
        "item_id": f"item-{place % 7}",
        "kind": kind,
        "occurred_at": START + timedelta(days=day),
        "unit_price": 10 if kind == "purchase" else None,
        "order_id": f"{name}/{place}" if kind == "purchase" else None,
    }


def _contact(name: str, campaign: int, treated: bool) -> dict[str, Any]:
    return {
        "customer_id": name,
        "contacted_at": START + timedelta(days=campaign),
        "campaign_id": f"day {campaign}",
        "channel": "email",
        "arm": "treated" if treated else "control",
    }
