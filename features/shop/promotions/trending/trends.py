"""Whether the shop's numbers rise or fall, and which move together, told with how sure it is.

Weekdays, sales and holidays are taken out first, for correlations the trend as well. All intervals hold together:
with ``n`` of them each leaves out the truth in 5 % / n of cases at most (Bonferroni), so that among all that is told
of a shop in one go something is wrong in one of twenty cases at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from features.arrays import Floats
from features.estimate import CONFIDENCE, Estimate
from features.shop.promotions.day_sorts import DaySorts
from features.shop.promotions.trending.plain_days import BLOCK_DAYS, LEAST_DAYS, PlainDays, drawn_deviation, slope_over

NUMBERS = ("views", "carts", "favourites", "orders", "new_buyers", "net_revenue", "average_order_value")
"""The numbers that are looked at."""

TREND_DAYS = 182
"""Trends and correlations are those of so many newest days."""

MONTH_DAYS = 30
"""Trends are told for so many days."""

LEAST_MEAN = 5.0
"""Numbers of less than so many a day are left out."""

SEED = 7
"""Of the draws: the same days give the same intervals."""


@dataclass(frozen=True)
class Trend:
    """How one number goes."""

    number: str
    """One of ``NUMBERS``."""
    monthly_change: Estimate
    """What it rises by in ``MONTH_DAYS`` days, as a part of itself; below 0 it falls."""


@dataclass(frozen=True)
class Correlation:
    """How two numbers move together from day to day."""

    one: str
    """One of ``NUMBERS``."""
    other: str
    """Another."""
    rank_correlation: Estimate
    """Spearman's rank correlation, -1 to 1."""


@dataclass(frozen=True)
class Trends:
    """What was found in some days."""

    first: date
    """The first of them."""
    last: date
    """The last of them."""
    ordinary_days: int
    """How many of them are neither in a sale or just after one, nor a holiday."""
    trends: tuple[Trend, ...]
    """One for each number with enough days."""
    correlations: tuple[Correlation, ...]
    """One for each pair of them, the strongest first."""

    @property
    def interval_count(self) -> int:
        """How many intervals hold together."""
        return len(self.trends) + len(self.correlations)

    def as_dict(self) -> dict[str, Any]:
        """The same in plain types, for JSON."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "ordinary_days": self.ordinary_days,
            "trends": [
                {"number": each.number, "monthly_change": each.monthly_change.as_dict()} for each in self.trends
            ],
            "correlations": [
                {"one": each.one, "other": each.other, "rank_correlation": each.rank_correlation.as_dict()}
                for each in self.correlations
            ],
        }


def find_trends(days: Sequence[date], sorts: DaySorts, values: Mapping[str, Floats]) -> Trends:
    """The trends and correlations of ``values`` by number, each of shape ``(n_days,)``, over ``days`` without a gap."""
    random = np.random.default_rng(SEED)
    plain = {
        name: found
        for name in NUMBERS
        if name in values and np.nan_to_num(values[name]).mean() >= LEAST_MEAN
        if (found := PlainDays.of(values[name], sorts)) is not None
    }
    pairs = list(combinations(plain, 2))
    told = max(len(plain) + len(pairs), 1)
    # So many blocks tell about the deviation, two less for level and slope: few, hence Student's law.
    freedom = max(int(sorts.is_ordinary.sum()) // BLOCK_DAYS - 2, 1)
    reach = float(stdtrit(freedom, 1 - (1 - CONFIDENCE) / 2 / told))
    slopes = {name: slope_over(each.days)(each.logs) for name, each in plain.items()}
    trends = tuple(_trend(name, each, slopes[name], reach, random) for name, each in plain.items())
    rest = {name: each.logs - slopes[name] * each.days for name, each in plain.items()}
    told_pairs = (_correlation(one, other, plain, rest, reach, random) for one, other in pairs)
    correlations = sorted((each for each in told_pairs if each is not None), key=_strength)
    return Trends(days[0], days[-1], int(sorts.is_ordinary.sum()), trends, tuple(correlations))


def _trend(name: str, plain: PlainDays, found: float, reach: float, random: np.random.Generator) -> Trend:
    rest = plain.logs - found * plain.days
    deviation = drawn_deviation(rest, slope_over(plain.days), random)
    low, high = (float(np.expm1((found + sign * reach * deviation) * MONTH_DAYS)) for sign in (-1, 1))
    return Trend(name, Estimate(float(np.expm1(found * MONTH_DAYS)), low, high))


def _correlation(
    one: str,
    other: str,
    plain: Mapping[str, PlainDays],
    rest: Mapping[str, Floats],
    reach: float,
    random: np.random.Generator,
) -> Correlation | None:
    _, rows, columns = np.intersect1d(plain[one].days, plain[other].days, return_indices=True)
    if len(rows) < LEAST_DAYS:
        return None
    both = np.stack([rankdata(rest[one][rows]), rankdata(rest[other][columns])], axis=1)
    found = _fisher(both)
    deviation = drawn_deviation(both, _fisher, random)
    low, high = (float(np.tanh(found + sign * reach * deviation)) for sign in (-1, 1))
    return Correlation(one, other, Estimate(float(np.tanh(found)), low, high))


def _fisher(both: Floats) -> float:
    """The correlation of two columns on Fisher's scale, on which its deviation hardly depends on its size."""
    deviation = both - both.mean(axis=0)
    norm = float(np.sqrt(np.prod(np.square(deviation).sum(axis=0))))
    correlation = float((deviation[:, 0] * deviation[:, 1]).sum()) / norm if norm else 0.0
    return float(np.arctanh(np.clip(correlation, -0.999999, 0.999999)))


def _strength(each: Correlation) -> float:
    return -abs(each.rank_correlation.value or 0.0)
