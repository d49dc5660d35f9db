"""A figure beside the previous period's and last year's, and how much of each period the history covers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from features.shop.numbers.definitions import definition
from features.shop.numbers.period import COMPARED, Period, compared
from features.shop.numbers.shop_tables import ShopTables
from features.shop.numbers.words.definition import Unit

Values = Mapping[str, float | None]
"""Figures of one period by name; None where there is nothing to tell."""


@dataclass(frozen=True)
class Figure:
    """One number in three periods."""

    value: float | None
    """In the period asked for; None where it cannot be told."""
    previous: float | None
    """In the period of the same length before; None where the history does not reach."""
    last_year: float | None
    """In the same days of the year before; None where the history does not reach."""

    @classmethod
    def of(cls, name: str, values: Mapping[str, Values]) -> Figure:
        """The figure called ``name`` out of the values of each of the three periods."""
        return cls(*(values.get(period, {}).get(name) for period in COMPARED))

    def over(self, whole: Figure) -> Figure:
        """This as a share of another figure, in each period; None where that is 0."""
        return Figure(*(ratio(part, of) for part, of in zip(self.values, whole.values, strict=True)))

    def less(self, other: Figure) -> Figure:
        """This less another figure, in each period."""
        return Figure(*(_difference(one, two) for one, two in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[float | None, float | None, float | None]:
        """The number in each of the three periods."""
        return self.value, self.previous, self.last_year

    @property
    def change(self) -> float | None:
        """How much more it is than in the previous period, in its own unit."""
        return _difference(self.value, self.previous)

    @property
    def change_share(self) -> float | None:
        """The same as a share of the previous period's; None where that was 0."""
        return _share(self.change, self.previous)

    @property
    def change_last_year(self) -> float | None:
        """How much more it is than last year, in its own unit."""
        return _difference(self.value, self.last_year)

    @property
    def change_last_year_share(self) -> float | None:
        """The same as a share of last year's; None where that was 0."""
        return _share(self.change_last_year, self.last_year)

    def as_dict(self) -> dict[str, float | None]:
        """The three numbers and the four changes, for JSON."""
        names = ("value", "previous", "last_year", "change", "change_share", "change_last_year")
        return {name: getattr(self, name) for name in (*names, "change_last_year_share")}


@dataclass(frozen=True)
class Covered:
    """One period, and how much of it the shop's history covers."""

    period: Period
    """The period."""
    known_days: int
    """How many of its days lie between the first and the last day with an event."""

    @property
    def coverage(self) -> str:
        """``full``, ``partial`` (the history begins or ends within the period) or ``none``."""
        if self.known_days == 0:
            return "none"
        return "full" if self.known_days == self.period.days else "partial"

    def as_dict(self) -> dict[str, Any]:
        """Its days, ``known_days`` and ``coverage``, for JSON."""
        return {**self.period.as_dict(), "known_days": self.known_days, "coverage": self.coverage}


@dataclass(frozen=True)
class Scope:
    """What the figures of an answer are about: three periods, and whose behaviour counts."""

    periods: Mapping[str, Covered]
    """The period asked for and the two it is compared with, by the names in ``COMPARED``."""
    set_aside: int | None
    """How many people set aside were left out; None where bots, resellers, test orders and staff are in."""

    @classmethod
    def of(cls, tables: ShopTables, period: Period) -> Scope:
        """The scope of figures of ``period``."""
        known = tables.history
        days = {name: 0 if known is None else each.within(known) for name, each in compared(period).items()}
        covered = {name: Covered(each, days[name]) for name, each in compared(period).items()}
        return cls(covered, tables.left_out)

    @property
    def period(self) -> Period:
        """The period asked for."""
        return self.periods["current"].period

    @property
    def reached(self) -> dict[str, Period]:
        """The periods that the history covers at least a day of."""
        return {name: each.period for name, each in self.periods.items() if each.known_days}

    def figures(self, names: Iterable[str], values: Mapping[str, Values]) -> dict[str, Figure]:
        """A figure for each name."""
        return {name: Figure.of(name, values) for name in names}

    def as_dict(self) -> dict[str, Any]:
        """``periods`` and who was left out, for JSON."""
        return {
            "periods": {name: each.as_dict() for name, each in self.periods.items()},
            "set_aside_left_out": self.set_aside is not None,
            "set_aside_people": self.set_aside,
        }


def told(name: str, number: float) -> float | None:
    """A number as it is told: None for NaN, and a whole number of what is counted one by one."""
    if math.isnan(number):
        return None
    counted = definition(name).unit not in (Unit.MONEY, Unit.SHARE, Unit.RATIO) and float(number).is_integer()
    return int(number) if counted else float(number)


def ratio(part: float | None, whole: float | None) -> float | None:
    """``part / whole``; None where one is not known or the whole is 0."""
    return None if part is None or not whole else float(part) / float(whole)


def _difference(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _share(change: float | None, other: float | None) -> float | None:
    return None if change is None or not other else change / abs(other)
