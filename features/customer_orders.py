"""Features of customers that come from their orders: how many, worth how much, and how regularly."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.history import PURCHASE, RETURN, History

ORDER_WINDOW_DAYS = (30, 60, 90, 180, 365)
"""The nested windows that orders and spend are told in; all time comes last."""


def order_count(history: History) -> dict[str, Floats]:
    """How many orders there are in all."""
    return {"order_count_all": history.sums(history.orders.customer)}


def orders(history: History) -> dict[str, Floats]:
    """Orders and net spend (purchases minus returns) in windows, and what an order is like."""
    found = history.orders
    width = len(ORDER_WINDOW_DAYS) + 1
    window = np.searchsorted(ORDER_WINDOW_DAYS, found.age_days, side="left")
    flat = np.bincount(found.customer * width + window, minlength=len(history) * width)
    count = flat.reshape(len(history), width).cumsum(axis=1).astype(np.float64)
    rows = history.of(PURCHASE, RETURN)
    signed = np.where(history.kind[rows] == RETURN, -1.0, 1.0) * history.quantity[rows]
    spend = history.totals(rows, signed * np.nan_to_num(history.price[rows]), ORDER_WINDOW_DAYS)
    labels = [f"{days}d" for days in ORDER_WINDOW_DAYS] + ["all"]
    columns: dict[str, Floats] = {f"order_count_{label}": count[:, position] for position, label in enumerate(labels)}
    columns |= {f"net_spend_{label}": spend[:, position] for position, label in enumerate(labels)}
    total = count[:, -1]
    last = np.full(len(history), np.nan)
    last[found.customer] = found.value
    largest = np.full(len(history), np.nan)
    np.fmax.at(largest, found.customer, found.value)
    returned = history.of(RETURN)
    return columns | {
        "order_value_mean": ratio(history.sums(found.customer, found.value), total),
        "order_value_last": last,
        "order_value_max": largest,
        "lines_per_order": ratio(history.sums(found.customer, found.lines), total),
        "return_count_all": history.sums(history.customer[returned]),
        "days_since_return": history.latest(returned),
    }


def gaps(history: History) -> dict[str, Floats]:
    """The days between purchase days (same-day orders are one), and how the present silence compares.

    ``churn_factor`` is days since the last order over the customer's own mean gap; ``overdue_days`` is their
    difference.
    """
    days = history.active_days(history.of(PURCHASE))
    customer = days.customer
    same = customer[1:] == customer[:-1]
    # In time order ages fall, so the older day minus the newer is the gap that ends at the newer.
    gap = (days.age_days[:-1] - days.age_days[1:])[same]
    owner = customer[1:][same]
    count = history.sums(owner)
    mean = ratio(history.sums(owner, gap), count)
    variance = ratio(history.sums(owner, np.square(gap - mean[owner])), count)
    deviation = np.where(count > 1, np.sqrt(variance), np.nan)
    last, previous = _last_two(len(history), owner, gap)
    since = history.latest(history.of(PURCHASE))
    first = history.first(history.of(PURCHASE))
    return {
        "purchase_day_count": history.sums(customer),
        "days_since_first_purchase": first,
        "purchase_gap_mean_days": mean,
        "purchase_gap_std_days": deviation,
        "purchase_gap_variation": ratio(deviation, mean),
        "purchase_gap_last_days": last,
        "purchase_gap_shortest_days": _extreme(len(history), owner, gap, np.fmin),
        "purchase_gap_longest_days": _extreme(len(history), owner, gap, np.fmax),
        "purchase_gap_trend": ratio(last, previous),
        "churn_factor": ratio(since, mean),
        "overdue_days": since - mean,
        "longest_gap_share": ratio(since, _extreme(len(history), owner, gap, np.fmax)),
        "orders_per_year": ratio(history.sums(customer), np.maximum(first, 30.0) / 365.0),
    }


def _last_two(size: int, owner: Ints, gap: Floats) -> tuple[Floats, Floats]:
    """The last gap of each owner and the one before it, NaN where there is none."""
    last, previous = np.full(size, np.nan), np.full(size, np.nan)
    last[owner] = gap
    is_last = np.ones(len(owner), dtype=bool)
    is_last[:-1] = owner[1:] != owner[:-1]
    previous[owner[~is_last]] = gap[~is_last]
    return last, previous


def _extreme(size: int, owner: Ints, gap: Floats, pick: np.ufunc) -> Floats:
    found = np.full(size, np.nan)
    pick.at(found, owner, gap)
    return found
