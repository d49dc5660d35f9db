"""A crowd of usual customers, and what odd people among them do."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from tests.small_shop import EventRow, moment

CUTOFF = moment("2025-06-01T00:00Z")
START = moment("2025-01-01T08:00Z")


def ordered(name: str, *, orders: int = 3, lines: int = 4, pieces: int = 1, price: float = 5) -> list[EventRow]:
    """Orders of some lines each, ten days apart."""
    return [
        (
            name,
            "purchase",
            f"i{line}",
            START + timedelta(days=10 * order, hours=6),
            {"order_id": f"{name} {order}", "quantity": pieces, "unit_price": price},
        )
        for order in range(orders)
        for line in range(lines)
    ]


def viewed(name: str, count: int, seconds: float = 10) -> list[EventRow]:
    """Views at a steady pace."""
    return [(name, "view", "i1", START + timedelta(seconds=seconds * number)) for number in range(count)]


def browsed(name: str, count: int, seed: int = 1) -> list[EventRow]:
    """Views as a person makes them: fifty at a time, on many days."""
    gaps = 20 * np.exp(np.random.default_rng(seed).normal(0, 1, count)).cumsum()
    return [
        (name, "view", "i1", START + timedelta(days=number // 50, seconds=float(gap % 20_000)))
        for number, gap in enumerate(gaps)
    ]


def crowd(count: int = 120) -> list[EventRow]:
    """Buyers as there are many: up to a dozen views, some orders of some lines of one or two pieces."""
    rng = np.random.default_rng(5)
    rows: list[EventRow] = []
    for number in range(count):
        name = f"crowd {number}"
        rows += browsed(name, int(rng.integers(1, 12)), number)
        rows += ordered(name, orders=int(rng.integers(1, 4)), lines=int(rng.integers(1, 6)), pieces=1 + number % 2)
    return rows
