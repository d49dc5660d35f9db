"""How much each customer buys, in which portions, and what of it was bought in earnest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, ratio
from features.history import DAY_US, PURCHASE, RETURN, History

MINUTE_DAYS = 1 / 1_440
"""A minute, in days."""


@dataclass(frozen=True)
class Trade:
    """What the customers of a history bought, one entry for each of them."""

    orders: Floats
    """Orders; shape (n_customers,)."""
    lines: Floats
    """Lines of them; shape (n_customers,)."""
    pieces: Floats
    """Pieces bought less those sent back; shape (n_customers,)."""
    pieces_per_line: Floats
    """Pieces bought in a line on average, NaN without one; shape (n_customers,)."""
    spend: Floats
    """Net spend in the shop's currency; a price that is not known counts as none; shape (n_customers,)."""
    void_lines: Floats
    """Lines that were free, or sent back whole within minutes; shape (n_customers,)."""

    @classmethod
    def of(cls, history: History, return_minutes: float) -> Trade:
        """The trade of everyone; what goes back within ``return_minutes`` was not bought in earnest."""
        bought = history.of(PURCHASE)
        rows = history.of(PURCHASE, RETURN)
        signed = np.where(history.kind[rows] == RETURN, -1.0, 1.0) * history.quantity[rows]
        owner = history.customer[rows]
        lines = history.sums(history.customer[bought])
        void = (history.unit_price[bought] == 0) | _undone(history, return_minutes)
        return cls(
            orders=history.sums(history.orders.customer),
            lines=lines,
            pieces=history.sums(owner, signed),
            pieces_per_line=ratio(history.sums(history.customer[bought], history.quantity[bought]), lines),
            spend=history.sums(owner, signed * np.nan_to_num(history.price[rows])),
            void_lines=history.sums(history.customer[bought], void),
        )

    @property
    def is_void(self) -> Flags:
        """Who has ordered, and never in earnest; shape ``(n_customers,)``."""
        return (self.lines > 0) & (self.void_lines == self.lines)


def _undone(history: History, minutes: float) -> Flags:
    """For each purchase whether the same customer sends all of it back within minutes, shape ``(n_purchases,)``.

    A return at the very moment of the purchase tells nothing: some shops date returns by their order, and where only
    days are known both are at midnight.
    """
    bought = history.of(PURCHASE)
    undone = np.zeros(len(bought), dtype=bool)
    rows = history.of(PURCHASE, RETURN)
    if len(rows) == len(bought):
        return undone
    key = history.customer[rows] * np.int64(len(history.catalogue) + 1) + history.item[rows]
    by_key = np.argsort(key, kind="stable")
    rows, key = rows[by_key], key[by_key]
    kind, age, quantity = history.kind[rows], history.age_days[rows], history.quantity[rows]
    waited = age[:-1] - age[1:]
    went_back = (
        (key[:-1] == key[1:])
        & (kind[:-1] == PURCHASE)
        & (kind[1:] == RETURN)
        & (quantity[1:] >= quantity[:-1])
        & (waited > 0.5 / DAY_US)
        & (waited <= minutes * MINUTE_DAYS)
    )
    undone[np.searchsorted(bought, rows[:-1][went_back])] = True
    return undone
