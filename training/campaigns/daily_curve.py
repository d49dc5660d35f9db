"""How many had ordered by each day of a campaign, in both arms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.wilson import wilson


@dataclass(frozen=True)
class ArmCurve:
    """The curve of one arm; all of shape ``(n_days,)``."""

    conversion: Floats
    """The share of its people who had ordered by the end of each day."""
    low: Floats
    """Lower end of its 95 % band."""
    high: Floats
    """Upper end."""


@dataclass(frozen=True)
class DailyCurve:
    """Both arms, day by day. Each day's band holds for that day alone: it is no rule for stopping."""

    treated: ArmCurve
    """Those written to."""
    control: ArmCurve
    """Those left alone."""


def daily_curve(treated: Flags, first_order_day: Ints, days: int) -> DailyCurve:
    """The curves of the first ``days`` days; ``first_order_day`` counts from 0, -1 is never, shape ``(n_people,)``."""
    return DailyCurve(*(_curve(first_order_day[arm], days) for arm in (treated, ~treated)))


def _curve(first_order_day: Ints, days: int) -> ArmCurve:
    people = len(first_order_day)
    if not people:
        nothing = np.full(days, np.nan)
        return ArmCurve(nothing, nothing, nothing)
    on_day = np.bincount(first_order_day[(first_order_day >= 0) & (first_order_day < days)], minlength=days)
    done = np.cumsum(on_day).astype(np.float64)
    return ArmCurve(done / people, *wilson(done, people))
