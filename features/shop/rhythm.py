"""How somebody's views follow one another, and whether a person could have made them.

People look at things in bursts, at hours at which they are awake, and no faster than they can read. Machines keep a
beat, do not sleep, or run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio, run_starts
from features.history import DAY_US, VIEW, History
from features.moments import microseconds

SECOND_US = 1_000_000
"""Microseconds in a second."""

TICKS_US = (SECOND_US, 60 * SECOND_US)
"""How coarse clocks are: whoever's times are all whole seconds, or whole minutes, has such a clock. One that tells
hours alone has fewer gaps in a day than are wanted, and one that tells days alone has none."""

TELLING_TICKS = 3
"""Gaps of so few ticks are known so roughly that they look alike."""

NORMAL_QUARTILES = 1.349
"""Distance between the quartiles of a normal distribution, in standard deviations."""


@dataclass(frozen=True)
class BotSettings:
    """When views are those of a machine. Volume and the lack of orders never suffice: a rhythm must be seen as well."""

    least_views: int = 500
    """Fewer views are nobody's burden."""
    times_upper_views: float = 2.0
    """At least so many times the views that 99 % of the buyers stay below: buyers are people."""
    most_other_share: float = 0.002
    """Carts and favourites, as a share of the views. An order of any kind shows a person."""
    gap_spread: float = 0.3
    """A beat: within a day the logarithm of the gaps has at most this standard deviation, told by its quartiles (the
    middle half lies within a factor of 1.5; of gaps by chance alone, within 4.8)."""
    least_gaps: int = 30
    """Gaps within a day from which its beat is told."""
    hours_per_day: int = 22
    """Around the clock: active in so many different hours of one day."""
    days_around_clock: int = 2
    """On at least so many days."""
    views_per_hour: int = 360
    """A run: so many different moments in one hour, one every ten seconds."""
    share: float = 0.5
    """Each of the three must hold for this share of the views, or of the gaps."""


@dataclass(frozen=True)
class Rhythm:
    """The rhythm of the views of some customers, one entry for each of them."""

    customer: Ints
    """Position of the customer in the history; shape (n,)."""
    views: Ints
    """Number of views; shape (n,)."""
    days: Ints
    """Number of days with a view; shape (n,)."""
    gap_seconds: Floats
    """Median of the gaps within days that tell something, NaN where none does; shape (n,)."""
    steady_share: Floats
    """Share of the gaps that lie on days with a beat; shape (n,)."""
    clock_days: Ints
    """Days around the clock; shape (n,)."""
    clock_share: Floats
    """Share of the views that lie on them; shape (n,)."""
    fast_share: Floats
    """Share of the moments that lie in hours of a run; shape (n,)."""
    busiest_hour: Ints
    """Different moments in the busiest hour; shape (n,)."""

    @classmethod
    def of(cls, history: History, customer: Ints, settings: BotSettings) -> Rhythm:
        """The rhythm of the customers at these rising positions; each has at least one view."""
        rows, owner = _views(history, customer)
        views = np.bincount(owner, minlength=len(customer))
        # Ages were whole microseconds: what fits into 53 bits comes back exactly.
        cutoff_us = microseconds(history.cutoff)
        moment_us = cutoff_us - np.round(history.age_days[rows] * DAY_US).astype(np.int64)
        day, hour = history.local_day[rows].astype(np.int64), history.local_hour[rows].astype(np.int64)
        steady_share, gap_seconds = _beat(owner, day, moment_us, len(customer), settings)
        days, clock_days, clock_share = _around_clock(owner, day, hour, views, settings)
        fast_share, busiest_hour = _run(owner, day, hour, moment_us, len(customer), settings)
        return cls(
            customer=customer,
            views=views,
            days=days,
            gap_seconds=gap_seconds,
            steady_share=steady_share,
            clock_days=clock_days,
            clock_share=clock_share,
            fast_share=fast_share,
            busiest_hour=busiest_hour,
        )

    def has_beat(self, settings: BotSettings) -> Flags:
        """Whose gaps are all but the same; shape ``(n,)``."""
        return self.steady_share >= settings.share

    def never_sleeps(self, settings: BotSettings) -> Flags:
        """Who is active around the clock; shape ``(n,)``."""
        return (self.clock_share >= settings.share) & (self.clock_days >= settings.days_around_clock)

    def runs(self, settings: BotSettings) -> Flags:
        """Who is faster than anybody reads; shape ``(n,)``."""
        return self.fast_share >= settings.share

    def is_machine(self, settings: BotSettings) -> Flags:
        """Whether any of the three is seen; shape ``(n,)``."""
        return self.has_beat(settings) | self.never_sleeps(settings) | self.runs(settings)


def _views(history: History, customer: Ints) -> tuple[Ints, Ints]:
    """The views of the customers in order of customer and time, and whose each is: its place in ``customer``."""
    place = np.full(len(history), -1)
    place[customer] = np.arange(len(customer))
    rows = history.of(VIEW)
    owner = place[history.customer[rows]]
    kept = owner >= 0
    return rows[kept], owner[kept]


def _beat(owner: Ints, day: Ints, moment_us: Ints, count: int, settings: BotSettings) -> tuple[Floats, Floats]:
    """The share of each owner's gaps that lie on days with a beat, and the median gap in seconds, both ``(count,)``."""
    shortest_us = _shortest_telling(owner, moment_us, count)
    newer = (owner[1:] == owner[:-1]) & (day[1:] == day[:-1]) & (moment_us[1:] != moment_us[:-1])
    gap_us = (moment_us[1:] - moment_us[:-1])[newer]
    owner, day = owner[1:][newer], day[1:][newer]
    gaps = np.bincount(owner, minlength=count)
    telling = gap_us > shortest_us[owner]
    start = run_starts((owner[1:] != owner[:-1]) | (day[1:] != day[:-1]), len(owner))
    group = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(owner))))
    of_day = np.bincount(group, minlength=len(start))
    told = np.bincount(group[telling], minlength=len(start))
    low, high = (_quantile(group[telling], np.log(gap_us[telling]), told, share) for share in (0.25, 0.75))
    alike = high - low <= settings.gap_spread * NORMAL_QUARTILES
    steady = alike & (told >= settings.least_gaps) & (2 * told >= of_day)
    on_steady = np.bincount(owner[start], weights=np.where(steady, of_day, 0), minlength=count)
    told_gaps = np.bincount(owner[telling], minlength=count)
    median = _quantile(owner[telling], gap_us[telling] / SECOND_US, told_gaps, 0.5)
    return ratio(on_steady, gaps), median


def _shortest_telling(owner: Ints, moment_us: Ints, count: int) -> Ints:
    """The gap above which each owner's gaps say something, ``(count,)``.

    A second at least: one page may log several views. Some ticks of the owner's clock, where it is coarser than that.
    """
    shortest_us = np.full(count, SECOND_US)
    if not len(owner):
        return shortest_us
    start = run_starts(owner[1:] != owner[:-1], len(owner))
    for tick_us in TICKS_US:
        whole = np.logical_and.reduceat(moment_us % tick_us == 0, start)
        shortest_us[owner[start[whole]]] = TELLING_TICKS * tick_us
    return shortest_us


def _quantile(group: Ints, values: Floats, sizes: Ints, share: float) -> Floats:
    """The value at this share of each group in order of size, NaN for an empty group, ``(n_groups,)``."""
    found = np.full(len(sizes), np.nan)
    ordered = values[np.lexsort((values, group))]
    filled = sizes > 0
    first = np.cumsum(sizes) - sizes
    found[filled] = ordered[(first + np.round(share * (sizes - 1)).astype(np.int64))[filled]]
    return found


def _around_clock(owner: Ints, day: Ints, hour: Ints, views: Ints, settings: BotSettings) -> tuple[Ints, Ints, Floats]:
    """The days of each owner, those around the clock, and the share of the views on them, each ``(count,)``."""
    start = run_starts((owner[1:] != owner[:-1]) | (day[1:] != day[:-1]), len(owner))
    sizes = np.diff(np.append(start, len(owner)))
    group = np.repeat(np.arange(len(start)), sizes)
    hours = np.bincount(np.unique(group * 24 + hour) // 24, minlength=len(start))
    full = hours >= settings.hours_per_day
    days, full_days = (np.bincount(whose, minlength=len(views)) for whose in (owner[start], owner[start][full]))
    on_full = np.bincount(owner[start], weights=np.where(full, sizes, 0), minlength=len(views))
    return days, full_days, ratio(on_full, views)


def _run(owner: Ints, day: Ints, hour: Ints, moment_us: Ints, count: int, settings: BotSettings) -> tuple[Floats, Ints]:
    """The share of each owner's moments in hours of a run, and the moments of its busiest hour, ``(count,)``.

    Views of one moment count once: a day that is told without its hours is one moment.
    """
    first = run_starts((owner[1:] != owner[:-1]) | (moment_us[1:] != moment_us[:-1]), len(owner))
    owner, slot = owner[first], (day * 24 + hour)[first]
    start = run_starts((owner[1:] != owner[:-1]) | (slot[1:] != slot[:-1]), len(owner))
    sizes = np.diff(np.append(start, len(owner)))
    fast = np.bincount(owner[start], weights=np.where(sizes >= settings.views_per_hour, sizes, 0), minlength=count)
    busiest = np.zeros(count, dtype=np.int64)
    np.maximum.at(busiest, owner[start], sizes)
    return ratio(fast, np.bincount(owner, minlength=count)), busiest
