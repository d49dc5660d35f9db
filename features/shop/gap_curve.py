"""How long it takes until customers order again, from gaps that have ended and gaps that are still open.

A gap runs from a day with an order to the customer's next one. The last gap of everybody is still open: it has lasted
so many days, and nobody knows how many more. To leave such gaps out would make every shop look quicker than it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from features.arrays import Flags, Floats, Ints, run_starts
from features.catalogue import UNKNOWN
from features.history import PURCHASE, History
from features.moments import day_number, local_date

INTERVAL_95 = 1.959964
"""Standard errors on each side of a 95 % interval."""

LEAST_AT_RISK = 30
"""The curve ends where fewer gaps than this are known to have lasted so long; of few gaps, where a tenth has."""


@dataclass(frozen=True)
class Gaps:
    """Gaps between the order days of some customers, by customer and time; each order day begins one."""

    customer: Ints
    """A number for each customer, rising; shape (n_gaps,)."""
    category: Ints
    """Code of the category that both orders are of, ``UNKNOWN`` where any order counts; shape (n_gaps,)."""
    days: Ints
    """Whole days until the next order, or to the cutoff where none came; shape (n_gaps,)."""
    ended: Flags
    """Whether the next order came; shape (n_gaps,)."""

    def __len__(self) -> int:
        return len(self.days)

    @property
    def ended_count(self) -> int:
        """How many gaps ended."""
        return int(np.count_nonzero(self.ended))

    @classmethod
    def joined(cls, parts: Sequence[Gaps]) -> Gaps:
        """The gaps of several buckets of customers, no customer being in two of them."""
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none, np.zeros(0, dtype=np.bool_))
        sizes = [int(part.customer.max(initial=-1)) + 1 for part in parts]
        offsets = np.repeat(np.cumsum([0, *sizes[:-1]]), [len(part) for part in parts])
        return cls(
            np.concatenate([part.customer for part in parts]) + offsets,
            np.concatenate([part.category for part in parts]),
            np.concatenate([part.days for part in parts]),
            np.concatenate([part.ended for part in parts]),
        )

    def take(self, rows: Ints | Flags) -> Gaps:
        """Some of the gaps, given by position or as flags."""
        return Gaps(self.customer[rows], self.category[rows], self.days[rows], self.ended[rows])

    def first(self) -> Gaps:
        """The first gap of each customer: the time to a second order."""
        return self.take(run_starts(np.diff(self.customer) != 0, len(self)))


def last_day_before(cutoff: datetime, timezone: str) -> int:
    """The shop's last day that began before ``cutoff``, as a number since 1970-01-01."""
    return day_number(local_date(cutoff - timedelta(microseconds=1), timezone))


def order_gaps(history: History, last_day: int) -> Gaps:
    """The gaps after every order day, open ones counted up to ``last_day`` (:func:`last_day_before`)."""
    bought = history.active_days(history.of(PURCHASE))
    anything = np.full(len(bought.customer), UNKNOWN)
    return _gaps(bought.customer, anything, bought.local_day.astype(np.int64), last_day)


def category_gaps(history: History, last_day: int) -> Gaps:
    """The gaps between order days within one category, by customer, category and time; see :func:`order_gaps`."""
    rows = history.of(PURCHASE)
    category = history.catalogue.category[history.item[rows]]
    rows, category = rows[category != UNKNOWN], category[category != UNKNOWN]
    customer, day = history.customer[rows], history.local_day[rows].astype(np.int64)
    order = np.lexsort((day, category, customer))
    customer, category, day = customer[order], category[order], day[order]
    changed = (np.diff(customer) != 0) | (np.diff(category) != 0) | (np.diff(day) != 0)
    kept = run_starts(changed, len(day))
    return _gaps(customer[kept], category[kept], day[kept], last_day)


def _gaps(customer: Ints, category: Ints, day: Ints, last_day: int) -> Gaps:
    """The gap that begins on each day; days are distinct, by customer, category and time."""
    same = (customer[1:] == customer[:-1]) & (category[1:] == category[:-1])
    ended = np.append(same, False)[: len(day)]
    until = np.where(ended, np.append(day[1:], last_day)[: len(day)], last_day)
    # Days of a shop whose time zone was changed may lie a day off; no gap is negative for that.
    return Gaps(customer, category, np.maximum(until - day, 0), ended)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval, all from 0 to 1."""

    value: float
    """The estimate."""
    low: float
    """The lower end; NaN where it is not known."""
    high: float
    """The upper end; NaN where it is not known."""


@dataclass(frozen=True)
class GapCurve:
    """The share of orders that are followed by another one within so many days (Kaplan and Meier 1958).

    The position in every array is the number of days, from 0 to the last that was observed often enough. Some
    customers never come again, so the curve levels off below 1.
    """

    ended_count: int
    """How many gaps had ended."""
    open_count: int
    """How many were still open."""
    at_risk: Ints
    """Gaps that are known to have lasted at least so many days; shape (n_days,)."""
    followed: Floats
    """Share of orders that were followed by another within so many days; shape (n_days,)."""
    low: Floats
    """Lower end of its 95 % interval, NaN where all have ordered again; shape (n_days,)."""
    high: Floats
    """Upper end of its 95 % interval, NaN where all have ordered again; shape (n_days,)."""

    @classmethod
    def of(cls, gaps: Gaps) -> GapCurve:
        """The curve of ``gaps``; without any it has one day, on which nobody has ordered again.

        The interval is symmetric in log(-log) of the share that has not ordered again (Kalbfleisch and Prentice 1980).
        It takes customers, not gaps, as independent (Williams 1995). Where every customer has one gap it is Greenwood's
        (1926); on UCI Online Retail, whose regulars order often, it is 3.3 times as wide at 30 days.
        """
        at_risk = np.bincount(gaps.days, minlength=1)[::-1].cumsum()[::-1]
        ended = np.bincount(gaps.days[gaps.ended], minlength=len(at_risk))
        left = at_risk - ended
        silent = np.cumprod(np.divide(left, at_risk, out=np.ones(len(left)), where=at_risk > 0))
        low, high = _interval(silent, np.sqrt(_log_variance(gaps, at_risk, ended)))
        # The number at risk never rises, so those days come first.
        size = max(1, int(np.count_nonzero(at_risk >= max(1.0, min(LEAST_AT_RISK, len(gaps) / 10)))))
        count = gaps.ended_count
        return cls(count, len(gaps) - count, at_risk[:size], (1 - silent)[:size], low[:size], high[:size])

    @property
    def observed_days(self) -> int:
        """The last day of the curve."""
        return len(self.followed) - 1

    @property
    def level(self) -> float:
        """The share that ever comes again, as far as was observed."""
        return float(self.followed[-1])

    def within(self, days: int) -> Share | None:
        """The share that comes again within ``days``; None when that is longer than was observed."""
        if days > self.observed_days:
            return None
        return Share(float(self.followed[days]), float(self.low[days]), float(self.high[days]))

    def day_of(self, share: float) -> int | None:
        """The day by which ``share`` of those that come again as far as was observed have come; None without any."""
        if self.level <= 0:
            return None
        # The product of many ratios may miss a share by its last digits.
        return int(np.argmax(self.followed >= share * self.level - 1e-9))


def _log_variance(gaps: Gaps, at_risk: Ints, ended: Ints) -> Floats:
    """Variance of the logarithm of the share that has not ordered again, summed over customers; shape ``(n_days,)``.

    A gap that lasted x days moves the logarithm at day t by ``hazard(t)`` when t < x, and from day x on by
    ``hazard(x)``, less ``1 / (at_risk - ended)`` of that day if it ended. The moves of one customer add up before they
    are squared; with m gaps longer than t and the others' moves adding up to b, the square is (b + m hazard(t))^2.
    """
    left = at_risk - ended
    hazard = np.cumsum(np.divide(ended, at_risk * left, out=np.zeros(len(left)), where=left > 0))
    jump = np.divide(1.0, left, out=np.zeros(len(left)), where=left > 0)
    order = np.lexsort((gaps.days, gaps.customer))
    customer, days = gaps.customer[order], gaps.days[order]
    starts = run_starts(np.diff(customer) != 0, len(customer))
    sizes = np.diff(np.append(starts, len(customer)))
    move = hazard[days] - jump[days] * gaps.ended[order]
    total = np.cumsum(move)
    after = total - np.repeat((total - move)[starts], sizes)
    before = after - move
    longer = np.repeat(starts + sizes, sizes) - np.arange(len(customer)) - 1.0

    def squares(change: Floats) -> Floats:
        return np.cumsum(np.bincount(days, weights=change, minlength=len(left)))

    moved = squares(after**2 - before**2)
    both = squares(after * longer - before * (longer + 1))
    still_open = np.sum(sizes.astype(np.float64) ** 2) + squares(longer**2 - (longer + 1) ** 2)
    return np.maximum(moved + 2 * hazard * both + hazard**2 * still_open, 0.0)


def _interval(silent: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of ``1 - silent``, never outside 0 to 1; ``deviation`` is of the logarithm of ``silent``."""
    inner = (silent > 0) & (silent < 1)
    log = np.log(silent, out=np.full(len(silent), -1.0), where=inner)
    width = np.exp(INTERVAL_95 * deviation / -log)
    known = np.where(silent >= 1, 0.0, np.nan)
    low = np.where(inner, 1 - silent ** (1 / width), known)
    high = np.where(inner, 1 - silent**width, known)
    return low, high
