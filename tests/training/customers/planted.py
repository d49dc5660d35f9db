"""A small shop whose customers' habits are known: regulars with their own cycle, leavers, and people who only look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.events.event import EVENT_SCHEMA
from tests.small_shop import history, stored
from training.customers.fitting import training_tables
from training.tables import CustomerTable

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 200
HORIZON_DAYS = 20
AS_OF = START + timedelta(days=DAYS)


def planted_events(customers: int = 400, seed: int = 3) -> pa.Table:
    """Events of ``customers``: of ten, two only look (one of them now and then buys), three leave halfway."""
    rng = np.random.default_rng(seed)
    rows = [row for number in range(customers) for row in _person(number, rng)]
    return pa.Table.from_pylist(rows, schema=EVENT_SCHEMA)


def _person(number: int, rng: np.random.Generator) -> list[dict[str, object]]:
    habit = number % 10
    if habit < 2:
        return _looking(f"looker-{number}", rng, buys=habit == 1)
    gap_days = 6.0 if habit % 2 else 12.0
    leaves = DAYS * rng.uniform(0.2, 0.9) if habit < 5 else DAYS
    name = f"leaver-{number}" if habit < 5 else f"regular-{number}"
    rows: list[dict[str, object]] = []
    day = rng.uniform(0, gap_days)
    while day < leaves:
        rows.append(_event(name, "view", rng, day - min(day, 0.2)))
        rows.append(_event(name, "purchase", rng, day, order=f"{name}/{len(rows)}"))
        day += gap_days * rng.uniform(0.7, 1.3)
    return rows


def _looking(name: str, rng: np.random.Generator, *, buys: bool) -> list[dict[str, object]]:
    """Someone who only looks; who ``buys`` looks three times as much and orders once, late."""
    count = 30 if buys else 10
    rows = [_event(name, "view", rng, day) for day in rng.uniform(0, DAYS, count)]
    if buys:
        day = rng.uniform(DAYS / 4, DAYS * 1.3)
        rows.extend([_event(name, "cart", rng, day - 5), _event(name, "purchase", rng, day, order=name)])
    return [row for row in rows if START <= row["occurred_at"] < AS_OF]  # type: ignore[operator]


def _event(name: str, kind: str, rng: np.random.Generator, day: float, order: str | None = None) -> dict[str, object]:
    return {
        "customer_id": name,
        "item_id": f"item-{rng.integers(12)}",
        "kind": kind,
        "occurred_at": START + timedelta(days=float(day)),
        "unit_price": 5 if kind == "purchase" else None,
        "order_id": order,
    }


def planted_shop(path: Path, customers: int = 400, seed: int = 3) -> Behaviour:
    """The shop of :func:`planted_events`, stored in ``path``."""
    return Behaviour.of(stored(path, planted_events(customers, seed)))


def planted_tables(path: Path, customers: int = 400, seed: int = 3) -> list[CustomerTable]:
    """Its training tables, oldest first."""
    return training_tables(planted_shop(path, customers, seed), AS_OF, HORIZON_DAYS)


def no_features() -> CustomerFeatures:
    """The feature table of nobody."""
    return customer_features(history(EVENT_SCHEMA.empty_table(), AS_OF))


def odd_features(count: int = 4) -> CustomerFeatures:
    """Customers as no shop has them: all missing, all zero, huge and negative."""
    known = no_features()
    values = np.zeros((count, len(known.names)), dtype=np.float32)
    values[0] = np.nan
    values[1] = 0
    values[2] = 1e30
    values[3] = -1e9
    ids = pa.array([f"odd {place} 奇" for place in range(count)])
    return CustomerFeatures(ids, known.names, values)
