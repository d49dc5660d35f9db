"""Expected dates of the next order beside the days on which customers came, as far as a horizon shows them.

Who was not seen to order within the horizon may still come: errors are those of the others alone, and favour dates that
lie within the horizon. So the share of orders inside the interval is told beside the share that the law itself expects
of orders within the horizon, and beside the least that it can be: everyone with an interval counts, and who was not
seen to order counts as a miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, ratio
from training.customers.ahead.timing import INTERVAL, CustomerGaps, TimingLaw
from training.customers.measuring.value_totals import rank_correlation


@dataclass(frozen=True)
class TimingTold:
    """When some buyers were expected, and when they came; all of shape ``(n_buyers,)``."""

    gap_count: Floats
    """Gaps between orders that each has shown, 0 after one order."""
    expected_days: Floats
    """Days from the cutoff to the expected order, NaN for who is overdue."""
    low_days: Floats
    """Where the interval begins."""
    high_days: Floats
    """Where it ends."""
    inside_share: Floats
    """Of the law's futures with an order within the horizon, the share with the next one inside the interval."""
    rule_days: Floats
    """Days to the last order plus the customer's own mean gap, below 0 when that has passed; NaN without a gap."""
    usual_days: Floats
    """One date for all: days after which those who came at earlier cutoffs did, in the middle; NaN without any."""
    came_days: Floats
    """Days to the first order within the horizon, NaN for who was not seen to order."""

    @classmethod
    def of(
        cls, law: TimingLaw, gaps: CustomerGaps, came_days: Floats, horizon_days: int, usual_days: float
    ) -> TimingTold:
        """Of the buyers among some customers; ``came_days`` has an entry for each customer of ``gaps``."""
        told = law.timing(gaps)
        ends = np.stack([told.next_order_low_days, told.next_order_high_days, np.full(len(gaps), float(horizon_days))])
        low, high, all_seen = law.share_within(gaps, np.minimum(ends, horizon_days))
        count = gaps.count.astype(np.float64)
        mean_gap = ratio(np.bincount(gaps.customer, weights=gaps.days, minlength=len(gaps)), count)
        everyone = cls(
            gap_count=count,
            expected_days=told.next_order_days,
            low_days=told.next_order_low_days,
            high_days=told.next_order_high_days,
            inside_share=ratio(high - low, all_seen),
            rule_days=mean_gap - gaps.silence_days,
            usual_days=np.full(len(gaps), usual_days),
            came_days=came_days,
        )
        return everyone.take(~np.isnan(gaps.silence_days))

    @classmethod
    def joined(cls, parts: Sequence[TimingTold]) -> TimingTold:
        """Those of several buckets, of which there is at least one."""
        return cls(*map(np.concatenate, zip(*(astuple(part) for part in parts), strict=True)))

    def take(self, rows: Flags) -> TimingTold:
        """Some of the buyers."""
        return TimingTold(*(column[rows] for column in astuple(self)))

    def totals(self) -> dict[str, Any]:
        """Figures of all buyers, of those with one order and of those with several, in plain JSON values.

        ``{group: {"buyers", "ordered", "dated", "dated_ordered", "later_share", "median_error_days",
        "median_error_overdue_now_days", "rank_correlation", "interval"}}``. Dated are those who are not overdue. The
        first error is that of the dated who ordered, and so is the correlation (Spearman) of expected and real days; in
        the second error everyone who ordered counts, who is overdue as expected at once. They are told for ``model``,
        ``own_mean_gap`` and ``one_date``. The interval has the ``share`` it is made for, the ``seen`` share of orders
        of the dated inside it, that ``expected`` of orders within the horizon, and ``at_least``. What cannot be told,
        such as own gaps of those with one order, is null.
        """
        several = self.gap_count > 0
        groups = {"all": np.ones(len(several), dtype=np.bool_), "one_order": ~several, "repeat": several}
        return {group: self.take(rows)._figures() for group, rows in groups.items()}

    def _figures(self) -> dict[str, Any]:
        ordered = ~np.isnan(self.came_days)
        dated = ~np.isnan(self.expected_days)
        seen, everyone = self.take(dated & ordered), self.take(ordered)
        inside = (seen.came_days >= seen.low_days) & (seen.came_days <= seen.high_days)
        return {
            "buyers": len(ordered),
            "ordered": int(np.count_nonzero(ordered)),
            "dated": int(np.count_nonzero(dated)),
            "dated_ordered": len(inside),
            "later_share": _mean(seen.came_days > seen.expected_days),
            "median_error_days": {name: _median(days, seen.came_days) for name, days in seen._said().items()},
            "median_error_overdue_now_days": {
                name: _median(days, everyone.came_days) for name, days in everyone._said().items()
            },
            "rank_correlation": {
                name: None if np.isnan(days).any() else rank_correlation(days, seen.came_days)
                for name, days in seen._said().items()
            },
            "interval": {
                "share": INTERVAL[1] - INTERVAL[0],
                "seen": _mean(inside),
                "expected": _mean(seen.inside_share),
                "at_least": int(np.count_nonzero(inside)) / int(np.count_nonzero(dated)) if dated.any() else None,
            },
        }

    def _said(self) -> dict[str, Floats]:
        """Days to the expected order by method, 0 for who is overdue, NaN where a method cannot tell."""
        return {
            "model": np.nan_to_num(self.expected_days),
            "own_mean_gap": np.maximum(self.rule_days, 0.0),
            "one_date": self.usual_days,
        }


def _mean(values: Floats | Flags) -> float | None:
    return float(values.mean()) if len(values) else None


def _median(days: Floats, came_days: Floats) -> float | None:
    """Median error in days; None without anyone, and where not all can be told."""
    return float(np.median(np.abs(days - came_days))) if len(days) and not np.isnan(days).any() else None
