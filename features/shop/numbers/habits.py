"""At which hours and on which weekdays people look and buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from features.arrays import Floats
from features.shop.numbers.counting.figure import Figure, Scope, told
from features.shop.numbers.counting.lines import in_periods, orders, seen
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

HABIT_NAMES = ("views", "carts", "favourites", "orders", "gross_revenue")
"""What is told of each hour and weekday."""

PER_DAY_NAMES = tuple(f"{name}_per_day" for name in HABIT_NAMES)
"""The same for each day that the history covers: a period may have five Mondays and four Tuesdays."""

HOURS, WEEKDAYS = 24, 7


@dataclass(frozen=True)
class Habits:
    """The shop's week and its day."""

    scope: Scope
    """What it is about."""
    grids: Mapping[str, Floats]
    """For each period that the history reaches the numbers in :data:`HABIT_NAMES` by weekday (0 is Monday) and hour;
    shape (n_names, 7, 24)."""
    day_counts: Mapping[str, Floats]
    """For each of those periods how many days of each weekday the history covers; shape (7,)."""

    def hour(self, hour: int) -> dict[str, Figure]:
        """The figures of one hour of the day, 0 to 23."""
        return self._figures({name: grid[:, :, hour].sum(axis=1) for name, grid in self.grids.items()}, HABIT_NAMES)

    def weekday(self, weekday: int) -> dict[str, Figure]:
        """The figures of one weekday, 0 for Monday, and the same for each such day; unknown where none is covered."""
        unknown = np.full(len(HABIT_NAMES), np.nan)
        sums = {
            name: grid[:, weekday].sum(axis=1) if self.day_counts[name][weekday] else unknown
            for name, grid in self.grids.items()
        }
        means = {name: found / max(self.day_counts[name][weekday], 1) for name, found in sums.items()}
        return self._figures(sums, HABIT_NAMES) | self._figures(means, PER_DAY_NAMES)

    def of(self, name: str, period: str = "current") -> Floats | None:
        """One number by weekday and hour, shape ``(7, 24)``; None where the history does not reach."""
        grid = self.grids.get(period)
        return None if grid is None else grid[HABIT_NAMES.index(name)]

    def as_dict(self) -> dict[str, Any]:
        """``hours``, ``weekdays`` (0 is Monday) and, of the period asked for, ``weekday_hours``, for JSON."""
        grid = {name: self.of(name) for name in HABIT_NAMES}
        return {
            **self.scope.as_dict(),
            "hours": [{"hour": hour, "figures": _plain(self.hour(hour))} for hour in range(HOURS)],
            "weekdays": [{"weekday": day, "figures": _plain(self.weekday(day))} for day in range(WEEKDAYS)],
            "weekday_hours": {name: None if found is None else found.tolist() for name, found in grid.items()},
            "definitions": definitions_of((*HABIT_NAMES, *PER_DAY_NAMES)),
        }

    def _figures(self, values: Mapping[str, Floats], names: tuple[str, ...]) -> dict[str, Figure]:
        values_told = {
            period: {name: told(name, number) for name, number in zip(names, found, strict=True)}
            for period, found in values.items()
        }
        return self.scope.figures(names, values_told)


def habits(tables: ShopTables, period: Period) -> Habits:
    """The habits in ``period``, in the one before it and in last year's."""
    scope = Scope.of(tables, period)
    reached, known = scope.reached, tables.history
    grids = {name: np.zeros((len(HABIT_NAMES), WEEKDAYS, HOURS)) for name in reached}
    days = {name: np.zeros(WEEKDAYS) for name in reached}
    for name, each in reached.items():
        for number in range(each.days):
            day = each.first + timedelta(days=number)
            days[name][day.weekday()] += known is not None and known.of(day)
    for rows in (_done(tables, reached), _ordered(tables, reached)) if reached else ():
        _add(grids, tables.ask(rows))
    return Habits(scope, grids, days)


def _done(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    events = _with_weekday(in_periods(seen(tables), periods))
    return events.group_by("period", "weekday", "local_hour").agg(
        views=(events.kind == "view").sum(),
        carts=(events.kind == "cart").sum(),
        favourites=(events.kind == "favorite").sum(),
    )


def _ordered(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    placed = _with_weekday(in_periods(orders(tables), periods))
    return placed.group_by("period", "weekday", "local_hour").agg(
        orders=placed.count(), gross_revenue=placed.amount.sum()
    )


def _with_weekday(rows: Any) -> Any:
    return rows.mutate(weekday=rows.local_date.day_of_week.index().cast("int64"))


def _add(grids: Mapping[str, Floats], answer: pa.Table) -> None:
    """Put the counts of weekdays and hours into the grids of their periods."""
    weekday, hour = (answer[name].cast(pa.int64()).to_numpy() for name in ("weekday", "local_hour"))
    period = np.array(answer["period"].to_pylist(), dtype=object)
    for name in set(answer.column_names) & set(HABIT_NAMES):
        counts = answer[name].cast(pa.float64()).to_numpy()
        for each, grid in grids.items():
            rows = period == each
            grid[HABIT_NAMES.index(name), weekday[rows], hour[rows]] = counts[rows]


def _plain(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.as_dict() for name, figure in figures.items()}
