"""A small published shop for the tests of serving.

Seven items and some customers, written from plain arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.events.event import ITEM_SCHEMA
from features.shop.groups.group_rules import GroupRules
from features.shop.groups.rfm import RfmLimits
from features.shop.groups.value_levels import ValueLimits
from features.shop.layers import LayerLimits
from features.shop_folder import ShopFolder, ShopSettings
from serving.snapshot_parts.customer_columns import customer_schema
from serving.snapshot_parts.manifest import SnapshotHeader
from serving.snapshot_writer import SnapshotWriter, Step
from tests.serving.kept_snapshots import first_snapshot
from tests.serving.ready_database import put_database
from tests.serving.small_bundles import small_bundles
from tests.serving.small_recommender import LIVE_SOURCES, carts, recommender
from training.recommend.people import People

AS_OF = datetime(2025, 3, 1, tzinfo=UTC)
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
HEADER = SnapshotHeader(
    as_of=AS_OF,
    published_at=NOW,
    model_version="3",
    churn_tier="model",
    recommendation_tier="ranker",
    horizon_days=91,
    horizons_days=(30, 91),
    event_version=5,
    feature_fingerprint="f" * 64,
    timezone="UTC",
    sources=LIVE_SOURCES,
)


@dataclass(frozen=True)
class Recommendations:
    """Items of some customers as the recommender gives them."""

    item: Ints
    score: Floats
    source: Ints
    because: Ints


ITEMS = ("apple", "a/b 苹果", 'quo"te', "gone", "kettle", "tea 🍵", "zip")
"""Item ids; ``gone`` is out of stock."""
PRICES = (1.0, 2.0, 3.0, 4.0, 50.0, 6.0, None)
COSTS = {"kettle": 30.0, "tea 🍵": 2.5}
CATEGORIES = ("fruit", "fruit", "paper", "paper", "kitchen", "kitchen", None)


@dataclass(frozen=True)
class Person:
    """One customer of the small shop."""

    id: str
    items: Sequence[str] = ()
    layer: str = "active"
    churn: float | None = 0.25
    spend: float = 100.0
    contactable: bool = True
    personalized: bool = True
    set_aside: str | None = None
    consent: Mapping[str, bool] = field(default_factory=dict)
    idle_days: float = 3.0
    profit: float | None = None
    orders: int = 2
    last_order_days: float = 30.5

    @property
    def at_risk(self) -> bool:
        """Whether the next order is overdue, and the reason that is told is one of risk."""
        return self.churn is not None and self.churn >= 0.5


AT_RISK = {"concept": "silence", "en": "silent for long", "zh": "很久没来", "raises": False}
LIKELY = {"concept": "browsing", "en": "looked at 5 items this week", "zh": "本周看了5件商品", "raises": True}
NEXT_ORDER = {
    "next_order_on": date(2025, 3, 11),
    "next_order_from": date(2025, 3, 4),
    "next_order_until": date(2025, 4, 20),
}
"""Told of those who are not at risk."""

GROUP_RULES = GroupRules(
    LayerLimits.fixed(ShopSettings()),
    cycle_days=40.0,
    rfm=RfmLimits((-200.0, -90.0, -60.0, -20.0), (1.0, 1.0, 2.0, 4.0), (40.0, 100.0, 500.0, 800.0)),
    value=ValueLimits("net_spend", (100.0, 500.0)),
    buyers=5,
    buckets_read=2,
    buckets=2,
)
"""What decides who is in which group."""
GROUPS_OF_LAYERS: Mapping[str, Mapping[str, str | None]] = {
    "new": {"rfm_group": "new", "stage": "acquired", "behaviour_group": "occasional"},
    "active": {"rfm_group": "loyal", "stage": "mature", "behaviour_group": "loyal"},
    "high_win_back": {"rfm_group": "at_risk", "stage": "declining", "behaviour_group": "cart_heavy"},
    "low_win_back": {"rfm_group": "at_risk", "stage": "declining", "behaviour_group": "occasional"},
    "lost": {"rfm_group": "dormant", "stage": "lost", "behaviour_group": "promotion_only"},
    "visitor": {"rfm_group": None, "stage": "visitor", "behaviour_group": "browse_only"},
}
"""The groups of those who are in a layer."""

PEOPLE = (
    Person("anna", ("kettle", "gone", "apple"), "high_win_back", 0.8, 500.0),
    Person("b/o b", ("zip", "apple"), "lost", 0.9, 100.0),
    Person("王小明", ("a/b 苹果",), "new", 0.3, 40.0),
    Person("quiet", ("zip",), "active", 0.2, 900.0, personalized=False),
    Person("noletter", ("zip",), "lost", 0.95, 800.0, contactable=False),
    Person("visitor:v 1", ("tea 🍵",), "visitor", None, 0.0),
)


def catalogue(ids: Sequence[str] = ITEMS) -> Catalogue:
    """The items with prices and categories, repeated as often as needed."""
    count = len(ids)
    repeats = -(-count // len(ITEMS))
    table = pa.table(
        {
            "item_id": pa.array(ids, pa.string()),
            "title": pa.array([f"The {name}" if name != "zip" else None for name in ids], pa.string()),
            "category": pa.array((CATEGORIES * repeats)[:count], pa.string()),
            "brand": pa.nulls(count, pa.string()),
            "price": pa.array((PRICES * repeats)[:count], pa.float64()).cast(pa.decimal128(18, 4)),
            "in_stock": pa.array([name != "gone" for name in ids]),
            "added_at": pa.nulls(count, pa.timestamp("us", tz="UTC")),
            "unit_cost": pa.array([COSTS.get(name) for name in ids], pa.float64()).cast(pa.decimal128(18, 4)),
        },
        schema=ITEM_SCHEMA,
    )
    return Catalogue.before(table, pa.array([], pa.string()))


def customers_table(people: Sequence[Person]) -> pa.Table:
    """The rows of the people as publishing makes them."""
    schema = customer_schema(HEADER.horizon_days, HEADER.horizons_days)
    return pa.Table.from_pylist([_row(person) for person in people], schema=schema)


def _row(person: Person) -> dict[str, Any]:
    """One person's columns; what is not named is null, as for somebody who never ordered."""
    told: dict[str, Any] = {
        "customer_id": person.id,
        "layer": person.layer,
        "kind": "visitor" if person.churn is None else "repeat",
        "tier": "model",
        "method": "blend",
        "days_since_any": person.idle_days,
        "uplift_91d": None if person.profit is None else person.profit / 100,
        "expected_incremental_profit": person.profit,
        "net_spend_all": person.spend,
        "days_since_contact": None,
        "contact_count_30d": 0,
        "contactable": person.contactable,
        "personalized": person.personalized,
        "set_aside": person.set_aside,
        **{f"consent_{channel}": agreed for channel, agreed in person.consent.items()},
        "reasons": [AT_RISK if person.at_risk else LIKELY],
    }
    chance = 0.1 if person.churn is None else 1 - person.churn
    told |= {"order_probability_91d": chance, "order_probability_30d": chance / 2}
    told |= {"expected_orders_91d": chance, "expected_orders_365d": 4 * chance}
    told |= {"expected_net_spend_91d": 20 * chance, "expected_net_spend_365d": 80 * chance}
    told |= GROUPS_OF_LAYERS[person.layer]
    if person.churn is None:
        return told | {"order_count_all": 0}
    recency = {"new": 5, "active": 4, "high_win_back": 3, "low_win_back": 2, "lost": 1}
    told |= {"rfm_recency_score": recency.get(person.layer), "rfm_frequency_score": 3}
    told |= {"rfm_monetary_score": 5 if person.spend > 800 else 3}
    told |= {"value_level": "high" if person.spend > 500 else "middle" if person.spend > 100 else "low"}
    told |= {"churn_probability_91d": person.churn, "churn_probability_30d": 1 - chance / 2}
    told |= {"order_count_all": person.orders, "days_since_last_order": person.last_order_days}
    if person.at_risk:
        return told | {"purchase_cycle_days": 18.0, "overdue_days": 12.5}
    return told | {"purchase_cycle_days": 40.5, "overdue_days": 0.0} | NEXT_ORDER


def recommendations(people: Sequence[Person], shelf: Catalogue, k: int = 4) -> Recommendations:
    """Each person's items, all from the cart, with scores 0.9, 0.8, ..."""
    shape = (len(people), k)
    item = np.full(shape, -1, dtype=np.int32)
    for row, person in enumerate(people):
        item[row, : len(person.items)] = shelf.codes(pa.array(list(person.items), pa.string()))
    score = np.where(item >= 0, 0.9 - 0.1 * np.arange(k), 0).astype(np.float32)
    return Recommendations(item, score, np.zeros(shape, np.int8), np.full(shape, -1, np.int32))


def with_carts(people: Sequence[Person], best: Recommendations, shelf: Catalogue) -> People:
    """The people with what is recommended to them in their carts."""
    owned = [row[row >= 0].tolist() for row in best.item]
    return People(carts([person.id for person in people], owned, shelf, AS_OF), half_life_days=14.0, history_items=50)


def write_snapshot(
    shop: ShopFolder,
    people: Sequence[Person] = PEOPLE,
    ids: Sequence[str] = ITEMS,
    *,
    header: SnapshotHeader = HEADER,
    step: Step | None = None,
    buckets: int = 2,
    more_related: Mapping[str, tuple[Ints, Floats]] = MappingProxyType({}),
    serves: bool = True,
    compared: Collection[str] = (),
    contacts: pa.Table | None = None,
) -> str:
    """Publish the people bucket by bucket; items are related to their neighbours by code."""

    def publish() -> str:
        told = step or (lambda name: None)
        with SnapshotWriter(
            shop, header, group_rules=GROUP_RULES, serves=serves, compared=compared, step=told
        ) as writer:
            _write(writer, people, catalogue(ids), buckets, more_related, contacts)
            return writer.commit()

    if step or compared or not serves or shop.snapshots.exists():
        return publish()
    related = [(kind, item.tolist(), score.tolist()) for kind, (item, score) in more_related.items()]
    told = [list(people), list(ids), header, buckets, related, None if contacts is None else contacts.to_pylist()]
    return first_snapshot(shop, repr(told), publish)


def _write(
    writer: SnapshotWriter,
    people: Sequence[Person],
    shelf: Catalogue,
    buckets: int,
    more_related: Mapping[str, tuple[Ints, Floats]],
    contacts: pa.Table | None,
) -> None:
    """Give the writer everything."""
    count = len(shelf)
    nearest = (np.arange(count)[:, None] + np.arange(1, 4)) % max(count, 1)
    writer.set_items(shelf)
    known = set(shelf.ids.to_pylist())
    bestsellers = shelf.codes(pa.array([name for name in ("tea 🍵", "gone", "apple") if name in known], pa.string()))
    writer.set_popular(bestsellers)
    strength = np.broadcast_to(np.array([0.5, 0.4, 0.1]), (count, 3))
    related: dict[str, tuple[Ints, Floats]] = {
        "viewed_together": (nearest, strength),
        "bought_together": (nearest[:, ::-1], strength),
    }
    related |= more_related
    for kind, (item, score) in related.items():
        writer.set_related(kind, item, score)
    writer.set_recommender(recommender(shelf, related, bestsellers, writer.header.as_of))
    if contacts is not None:
        writer.set_contacts(contacts)
    for bucket in range(buckets):
        part = people[bucket::buckets]
        best = recommendations(part, shelf)
        writer.add_customers(customers_table(part), best, with_carts(part, best, shelf))
    writer.add_opted_out(["stranger who said no"])
    # By code: the first was bought again five times, the second has its category's cycle, the others have none.
    days = np.where(np.arange(count) < 2, 30.25, np.nan)
    writer.set_cycles(days, np.where(np.arange(count) < 1, 5, 0))
    writer.set_bundles(small_bundles(shelf))


def small_shop(folder: Path) -> ShopFolder:
    """A shop with one published snapshot and an empty database."""
    shop = ShopFolder.create(folder)
    put_database(shop)
    write_snapshot(shop)
    return shop


def later(hours: int) -> SnapshotHeader:
    """The header of a snapshot published some hours after the first."""
    return replace(HEADER, published_at=NOW.replace(hour=NOW.hour + hours), model_version=f"3+{hours}")
