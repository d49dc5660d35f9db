"""A small shop with random events, contacts and columns, whose audiences a test can count in another way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from features.history import History
from features.shop.layers import LAYERS
from features.shop_folder import ShopFolder, ShopSettings
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import customer_schema
from serving.snapshot_writer import SnapshotWriter
from tests.serving.published_shop import GROUP_RULES, HEADER, Recommendations
from tests.serving.small_bundles import small_bundles
from tests.serving.small_recommender import recommender
from tests.small_shop import contacts, history, items, random_events
from training.recommend.people import People

TIMEZONE = "Asia/Shanghai"
"""Eight hours ahead: many an event is on another day here than in UTC."""

AS_OF = datetime(2025, 2, 4, 18, tzinfo=UTC)
NOW = datetime(2025, 2, 4, 20, 30, tzinfo=UTC)
TODAY = date(2025, 2, 5)
"""The shop's date at ``NOW``, which is yesterday in UTC."""

ITEMS = items(
    *(
        (f"i{number}", ("tea", "cups", "tea 'n; drop table", None)[number % 4], 10 * number or None)
        for number in range(8)
    )
)
"""Items of three categories, one of them with a name that is no SQL, some without a category or price."""

PEOPLE = 40
EVENTS = 1_500


@dataclass(frozen=True)
class AudienceShop:
    """The shop, and what it was made from."""

    shop: ShopFolder
    """Its folder."""
    snapshot: Snapshot
    """What is published."""
    events: pa.Table
    """What happened, in ``EVENT_SCHEMA``."""
    contacts: pa.Table
    """Who was written to, in ``CONTACT_SCHEMA``."""


def audience_shop(folder: Path, seed: int = 7) -> AudienceShop:
    """The shop in ``folder``, published."""
    shop = ShopFolder.create(folder, ShopSettings(timezone=TIMEZONE))
    events = random_events(seed, EVENTS, customers=PEOPLE, item_count=8)
    told = history(events, AS_OF, ITEMS, TIMEZONE)
    rng = np.random.default_rng(seed)
    written = random_contacts(rng, told.customer_ids.to_pylist())
    header = replace(HEADER, as_of=AS_OF, published_at=NOW - timedelta(hours=1), timezone=TIMEZONE)
    shelf = told.catalogue
    nearest = (np.arange(len(shelf))[:, None] + np.arange(1, 3)) % len(shelf)
    strength = np.full((len(shelf), 2), 0.5)
    related = {"bought_together": (nearest, strength), "viewed_together": (nearest, strength)}
    with SnapshotWriter(shop, header, group_rules=GROUP_RULES) as writer:
        writer.set_contacts(written)
        writer.set_items(shelf)
        writer.set_popular(np.arange(3))
        for kind, (item, score) in related.items():
            writer.set_related(kind, item, score)
        writer.set_recommender(recommender(shelf, related, np.arange(3), AS_OF))
        for first in range(0, len(told), 13):  # in blocks, as buckets come
            part = told.part(first, min(first + 13, len(told)))
            writer.add_customers(_table(part, rng), _nothing(len(part)), People(part, 14.0, 50))
        writer.set_bundles(small_bundles(shelf))
        writer.commit()
    return AudienceShop(shop, Snapshot.open_current(shop), events, written)


def random_contacts(rng: np.random.Generator, people: list[str]) -> pa.Table:
    """Contacts of some people by several campaigns, some in the control arm, known late, or of nobody here."""
    rows: list[tuple[Any, ...]] = []
    for number in range(120):
        who = "nobody here" if number % 20 == 0 else people[int(rng.integers(len(people)))]
        at = AS_OF - timedelta(hours=int(rng.integers(-48, 24 * 120)))
        more = {
            "contact_id": f"k{number}",
            "known_at": at + timedelta(days=200) if number % 15 == 1 else at,
            "campaign_id": ("spring", "autumn", None)[number % 3],
            "channel": ("email", "sms", "carrier pigeon", None)[number % 4],
            "arm": "control" if number % 7 == 0 else "treated",
        }
        rows.append((who, at, more))
    return contacts(*rows)


def _table(part: History, rng: np.random.Generator) -> pa.Table:
    """Columns of everybody, a third of them unknown where that can be."""
    schema = customer_schema(HEADER.horizon_days, HEADER.horizons_days)
    count = len(part)
    local = AS_OF.astimezone(ZoneInfo(TIMEZONE)).date()

    def column(field: pa.Field) -> Any:
        unknown = rng.random(count) < 1 / 3
        if field.name in _WHOLE:
            return _WHOLE[field.name](part, rng)
        if pa.types.is_boolean(field.type):
            return pa.array(rng.random(count) < 0.5, mask=unknown)
        if pa.types.is_date32(field.type):
            return pa.array([local + timedelta(days=int(days)) for days in rng.integers(-40, 40, count)], mask=unknown)
        if pa.types.is_string(field.type):
            return pa.array([f"group {number}" for number in rng.integers(0, 3, count)], mask=unknown)
        if pa.types.is_integer(field.type):
            return pa.array(rng.integers(1, 6, count), field.type, mask=unknown)
        if pa.types.is_floating(field.type):
            return pa.array(rng.integers(0, 101, count) / 100, mask=unknown)
        return pa.nulls(count, field.type)

    return pa.table([pa.array(column(field), field.type) for field in schema], schema=schema)


_WHOLE: dict[str, Any] = {
    "customer_id": lambda part, rng: part.customer_ids,
    "layer": lambda part, rng: [LAYERS[number] for number in rng.integers(0, len(LAYERS), len(part))],
    "order_count_all": lambda part, rng: rng.integers(0, 5, len(part)),
    "net_spend_all": lambda part, rng: rng.integers(0, 9, len(part)) * 12.35,
    "contactable": lambda part, rng: rng.random(len(part)) < 0.9,
    "personalized": lambda part, rng: rng.random(len(part)) < 0.8,
    "set_aside": lambda part, rng: pa.array(["bot"] * len(part), mask=rng.random(len(part)) < 0.95),
    "birthday_month": lambda part, rng: pa.array(rng.integers(1, 13, len(part)), mask=rng.random(len(part)) < 0.3),
    "birthday_day": lambda part, rng: rng.integers(1, 30, len(part)),
}


def _nothing(count: int) -> Recommendations:
    none = np.full((count, 1), -1, dtype=np.int32)
    return Recommendations(none, np.zeros((count, 1), np.float32), np.zeros((count, 1), np.int8), none)
