"""How soon a second order follows the first one, open gaps counted as open: the house's Kaplan-Meier curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from features.catalogue import UNKNOWN
from features.estimate import Estimate
from features.shop.gap_curve import GapCurve, Gaps
from features.shop.numbers.counting.figure import Scope
from features.shop.numbers.counting.lines import in_periods, order_days
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import COMPARED, Period
from features.shop.numbers.shop_tables import ShopTables

WITHIN_DAYS = (30, 60, 90, 180)
"""The days after the first order that the curve is read at."""


def second_order_name(days: int) -> str:
    """The name of the share who order a second time within ``days``."""
    return f"second_order_within_{days}d"


@dataclass(frozen=True)
class SecondOrder:
    """The time from the first order to the second, as it was known at the end of each period."""

    scope: Scope
    """What it is about; the curve takes in everybody whose first order came before a period's end."""
    curves: Mapping[str, GapCurve]
    """The curve at the end of each period that the history reaches."""

    def within(self, days: int, period: str = "current") -> Estimate:
        """The share who order again within ``days``; unknown beyond what was observed."""
        curve = self.curves.get(period)
        share = None if curve is None else curve.within(days)
        if share is None:
            return Estimate.unknown()
        return Estimate(*(None if np.isnan(end) else float(end) for end in (share.value, share.low, share.high)))

    def as_dict(self) -> dict[str, Any]:
        """``within`` by name and period with intervals, and the whole ``curve`` of the period asked for, for JSON."""
        within = {
            second_order_name(days): {
                "value": self.within(days).value,
                "low": self.within(days).low,
                "high": self.within(days).high,
                "previous": self.within(days, "previous").as_dict(),
                "last_year": self.within(days, "last_year").as_dict(),
            }
            for days in WITHIN_DAYS
        }
        curve = _points(self.curves.get("current"))
        return {**self.scope.as_dict(), "within": within, "curve": curve, "definitions": definitions_of(within)}


def second_order(tables: ShopTables, period: Period) -> SecondOrder:
    """The curve at the end of ``period``, of the one before it and of last year's."""
    scope = Scope.of(tables, period)
    return SecondOrder(scope, gap_curves(tables, scope.reached, first_only=True))


def gap_curves(tables: ShopTables, periods: Mapping[str, Period], *, first_only: bool) -> dict[str, GapCurve]:
    """The curve of the gaps between order days that was known at the end of each period.

    With ``first_only`` each customer has one gap, after the first order, so the intervals are exact. Else the gaps of a
    customer count as independent ones: right for the curve, too narrow for its interval.
    """
    if not periods:
        return {}
    days = in_periods(order_days(tables), periods, ever=True)
    days = days.mutate(day=days.local_date.epoch_days())
    later = ibis.window(group_by=["period", "customer_id"], order_by="day")
    gaps = days.mutate(next_day=days.day.lead().over(later), place=ibis.row_number().over(later))
    if first_only:
        gaps = gaps.filter(gaps.place == 0)
    gaps = gaps.mutate(ended=gaps.next_day.notnull(), days=ibis.coalesce(gaps.next_day, gaps.last_day) - gaps.day)
    found = tables.ask(gaps.group_by("period", "days", "ended").agg(gaps=gaps.count()))
    return {name: _curve(found.filter(pa.compute.equal(found["period"], name))) for name in COMPARED if name in periods}


def _curve(counted: pa.Table) -> GapCurve:
    """The curve of gaps that were counted by length, each of a customer of its own."""
    counts = counted["gaps"].to_numpy()
    days = np.repeat(counted["days"].cast(pa.int64()).to_numpy(), counts)
    ended = np.repeat(counted["ended"].to_numpy().astype(np.bool_), counts)
    return GapCurve.of(Gaps(np.arange(len(days)), np.full(len(days), UNKNOWN), days, ended))


def _points(curve: GapCurve | None) -> list[dict[str, Any]]:
    if curve is None:
        return []
    columns = (curve.at_risk, curve.followed, curve.low, curve.high)
    return [
        {"days": day, "at_risk": int(at_risk), "share": float(share), "low": _end(low), "high": _end(high)}
        for day, (at_risk, share, low, high) in enumerate(zip(*columns, strict=True))
    ]


def _end(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
