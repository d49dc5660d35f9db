"""A small shop with four planted kinds of customers, and people who must not change what is said of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from tests.small_shop import EventRow, items, moment

AS_OF = moment("2025-06-02T00:00Z")
"""A Monday."""

KINDS = ("snackers", "tea lovers", "readers", "strollers")
"""Regulars with snacks in the evening, one order of dear tea in the morning, books at noon, visitors at weekends."""

HOSTILE = '{own} <script>=1+1"\u202e snacks\n'
"""The name of the snackers' category: a template, markup, a formula, a mark that turns the text round, a line break."""


def catalogue() -> pa.Table:
    """Eight items in each of four categories; the dearest is the last."""
    names = {"snack": HOSTILE, "tea": "Tea", "book": "Books", "lamp": "Lamps"}
    return items(*((f"{key}{n}", name, 10 * (n + 1)) for key, name in names.items() for n in range(8)))


def rows(of_each: int = 80, seed: int = 3) -> list[EventRow]:
    """The events of so many people of each kind, whose ids are the kind and a number."""
    rng = np.random.default_rng(seed)
    makers = (_snacker, _tea_lover, _reader, _stroller)
    return [
        row
        for kind, make in zip(KINDS, makers, strict=True)
        for n in range(of_each)
        for row in make(f"{kind} {n}", rng)
    ]


def bots(count: int = 6) -> list[EventRow]:
    """Machines that look at one dear lamp every ten seconds, at night."""
    start = AS_OF - timedelta(days=3)
    return [
        (f"machine {n}", "view", "lamp7", start + timedelta(seconds=10 * beat + n))
        for n in range(count)
        for beat in range(900)
    ]


def _at(days: float | np.integer[Any], hour: float) -> object:
    return AS_OF - timedelta(days=int(days) + 1) + timedelta(hours=float(hour))


def _bought(name: str, item: str, at: object, price: float) -> list[EventRow]:
    more = {"unit_price": round(price, 2), "order_id": f"{name} {at}"}
    return [(name, "view", item, at), (name, "purchase", item, at, more)]


def _snacker(name: str, rng: np.random.Generator) -> list[EventRow]:
    found: list[EventRow] = []
    for order in range(int(rng.integers(5, 8))):
        number = int(rng.integers(0, 4))
        at = _at(order * 14 + rng.integers(0, 5), 19 + 2 * rng.random())
        found += _bought(name, f"snack{number}", at, 10.0 * (number + 1))
    return found


def _tea_lover(name: str, rng: np.random.Generator) -> list[EventRow]:
    at = _at(rng.integers(20, 60), 7 + 2 * rng.random())
    looks = [(name, "view", f"tea{rng.integers(5, 8)}", _at(rng.integers(60, 70), 8)) for _ in range(3)]
    return [*looks, *_bought(name, "tea7", at, 80.0)]


def _reader(name: str, rng: np.random.Generator) -> list[EventRow]:
    found: list[EventRow] = []
    for order in range(2):
        number = int(rng.integers(2, 5))
        at = _at(order * 60 + rng.integers(0, 20), 11.5 + 2 * rng.random())
        found += _bought(name, f"book{number}", at, 10.0 * (number + 1))
    return found


def _stroller(name: str, rng: np.random.Generator) -> list[EventRow]:
    saturdays = 7 * rng.integers(0, 10, 8) + 1
    return [(name, "view", f"lamp{rng.integers(0, 8)}", _at(day, 15 + 2 * rng.random())) for day in saturdays]
