"""Orders: which purchases belong together, when they were made, and what they were worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats, Ints, distinct, run_lengths, run_starts
from features.catalogue import UNKNOWN
from features.events.event import KIND_CODES

if TYPE_CHECKING:  # A history has its orders.
    from features.history import History


@dataclass(frozen=True)
class Orders:
    """Orders, by customer and time: lines with one ``order_id``, or of one local day where there is none."""

    customer: Ints
    """Position of the customer in the history; shape (n_orders,)."""
    age_days: Floats
    """Days between the order's first line and the cutoff; shape (n_orders,)."""
    local_day: Ints
    """The shop's day of its first line, as a number since 1970-01-01; shape (n_orders,)."""
    value: Floats
    """Sum of quantity x unit price over its lines, returns not subtracted; shape (n_orders,)."""
    lines: Ints
    """Number of lines; shape (n_orders,)."""
    of_line: Ints
    """The order of each purchase, in the order of ``history.of(PURCHASE)``; shape (n_lines,)."""

    @classmethod
    def of(cls, history: History) -> Orders:
        """All orders of everyone in ``history``."""
        rows = history.of(KIND_CODES["purchase"])
        if not len(rows):
            nothing = np.zeros(0, dtype=np.int64)
            return cls(nothing, np.zeros(0), nothing, np.zeros(0), nothing, nothing)
        named = _numbered(history.orders_of(rows))
        day = history.local_day[rows].astype(np.int64)
        # Orders without an id are told apart by their day, in a range of their own below zero.
        key = np.where(named == UNKNOWN, -1 - (day - day.min(initial=0)), named)
        least = key.min(initial=0)
        span = int(key.max(initial=0) - least) + 1
        key = history.customer[rows] * span + (key - least)
        by_key = key.argsort()
        ordered = key[by_key]
        starts = run_starts(ordered[1:] != ordered[:-1], len(key))
        lines = run_lengths(starts, len(key))
        first = np.minimum.reduceat(by_key, starts)
        order_of_line = np.empty(len(key), dtype=np.int64)
        order_of_line[by_key] = np.arange(len(starts)).repeat(lines)
        paid = history.quantity[rows] * np.nan_to_num(history.price[rows])
        value = np.bincount(order_of_line, weights=paid, minlength=len(starts)).astype(np.float64)
        order = first.argsort()
        head = rows[first[order]]
        place = order.argsort()
        return cls(
            history.customer[head],
            history.age_days[head],
            history.local_day[head],
            value[order],
            lines[order],
            place[order_of_line],
        )


def _numbered(order_ids: pa.Array | Ints) -> Ints:
    """Small numbers that tell the order ids apart, ``UNKNOWN`` for none."""
    if isinstance(order_ids, np.ndarray):
        return np.where(order_ids == UNKNOWN, UNKNOWN, distinct(order_ids)[1])
    codes = pc.fill_null(order_ids.dictionary_encode().indices, UNKNOWN)
    numbers: Ints = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
