"""People for the tests of groups: a few numbers of each, and random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from features.shop.groups.known import NUMBERS, Known


def person(**numbers: float) -> dict[str, float]:
    """The numbers of one person; who has orders, and says no more, came on as many days about ten days apart."""
    orders = numbers.get("orders", 0.0)
    days = numbers.get("order_days", orders)
    several = days > 1
    usual = {
        "orders": orders,
        "order_days": days,
        "silent_days": 5.0 if orders else np.nan,
        "net_spend": 20.0 * orders,
        "gap_mean_days": 10.0 if several else np.nan,
        "gap_trend": 1.0 if days > 4 else np.nan,
        "favorites": 0.0,
        "carts": 0.0,
        "purchases": orders,
    }
    return usual | numbers


def crowd(*people: dict[str, float]) -> Known:
    """Several people, one after another."""
    return Known(*(np.array([each[name] for each in people], dtype=np.float32) for name in NUMBERS))


def one(known: Known, place: int) -> Known:
    """One of several people, alone."""
    return known.take(np.array([place]))


@st.composite
def anybody(draw: Any) -> dict[str, float]:
    """A person as a shop may have one: from visitors to those with fifty orders."""
    whole = st.integers(0, 12)
    days = draw(st.integers(0, 6))
    several = days > 1
    return person(
        orders=float(days + draw(st.integers(0, 3)) if days else 0),
        order_days=float(days),
        silent_days=draw(st.floats(0, 900)) if days else np.nan,
        net_spend=float(draw(st.integers(-50, 500))) if days else 0.0,
        gap_mean_days=draw(st.floats(0.5, 400)) if several else np.nan,
        gap_trend=draw(st.floats(0, 10)) if days > 4 else np.nan,
        favorites=float(draw(whole)),
        carts=float(draw(whole)),
        purchases=float(days + draw(st.integers(0, 5)) if days else 0),
    )
