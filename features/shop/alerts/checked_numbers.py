"""The numbers that are checked: of the whole shop, of each category and of each channel, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from features.arrays import Flags, Floats
from features.shop.numbers.daily import DAILY_NUMBERS, GROUPED_BY, DailyNumbers, daily_numbers
from features.shop.numbers.definitions import definition
from features.shop.numbers.shop_tables import ShopTables

HISTORY_DAYS = 800
"""So many days are looked at: two years, so that last year's sales and holidays are known."""

MOST_GROUPS = 40
"""So many categories (or channels) are checked, those with the most views and orders."""


@dataclass(frozen=True)
class Checked:
    """One number of the whole shop or of a part of it."""

    number: str
    """One of ``DAILY_NUMBERS``."""
    by: str | None = None
    """``category`` or ``channel``; None for the whole shop."""
    group: str = ""
    """The category or channel; empty where the events name none."""

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money; the others are counts."""
        return bool(definition(self.number).unit == "money")


@dataclass(frozen=True)
class CheckedNumbers:
    """Numbers over the same days."""

    checked: tuple[Checked, ...]
    """What each is; length n_numbers."""
    values: Floats
    """The numbers, NaN where none is known; shape (n_numbers, n_days)."""
    days: tuple[date, ...]
    """The days, without a gap."""

    @classmethod
    def of(cls, tables: ShopTables, until: date, history_days: int = HISTORY_DAYS) -> CheckedNumbers:
        """The numbers of the days before ``until``."""
        first = until - timedelta(days=history_days)
        if tables.history is not None:
            first = max(first, min(tables.history.first, until - timedelta(days=1)))
        return cls.joined([(by, daily_numbers(tables, until, first, by)) for by in (None, *GROUPED_BY)])

    @classmethod
    def joined(cls, parts: Sequence[tuple[str | None, DailyNumbers]]) -> CheckedNumbers:
        """The numbers of the shop and its parts in one; what is split into one group only is not told twice."""
        checked: list[Checked] = []
        values: list[Floats] = []
        for by, daily in parts:
            if by is not None and len(daily.groups) < 2:
                continue
            for place in _largest(daily):
                checked += [Checked(name, by, daily.groups[place]) for name in DAILY_NUMBERS]
                values += [daily.values[name][place] for name in DAILY_NUMBERS]
        return cls(tuple(checked), np.array(values, dtype=np.float64), tuple(parts[0][1].days))

    @property
    def is_count(self) -> Flags:
        """Which numbers are counts, shape ``(n_numbers,)``."""
        return np.array([not each.is_money for each in self.checked], dtype=bool)

    def without(self, days: Flags) -> CheckedNumbers:
        """The same with nothing known of some days, told by flags of shape ``(n_days,)``."""
        return CheckedNumbers(self.checked, np.where(days, np.nan, self.values), self.days)


def _largest(daily: DailyNumbers) -> list[int]:
    weight = daily.values["views"].sum(axis=1) + daily.values["orders"].sum(axis=1)
    return sorted(np.argsort(-weight, kind="stable")[:MOST_GROUPS].tolist())
