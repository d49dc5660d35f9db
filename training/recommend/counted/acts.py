"""Who viewed or bought which item when, as flat arrays that add up over buckets: what pairs of items are counted from.

What one person can say is bounded, so that machines, resellers and test orders change nothing that matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints, run_starts
from features.history import PURCHASE, VIEW, History
from training.recommend.top import rank_in_group

MOST_VIEWS = 100
"""The newest viewed items of one person that count, an item once a day."""

MOST_ORDERS = 20
"""The newest orders of one person that count."""

MOST_LINES = 50
"""An order of more different items is a stock list: it tells of no pair and is left out."""

MINUTES = 1_440
"""Minutes in a day: times are compared by the minute."""


@dataclass(frozen=True)
class Acts:
    """Acts ordered by person and time."""

    people: int
    """Number of people, those without acts among them."""
    person: Ints
    """Position of the person; int32, shape (n,)."""
    order: Ints
    """Which order or day of the person it belongs to, rising along the acts; int32, shape (n,)."""
    item: Ints
    """Item code, each once an order or day; int32, shape (n,)."""
    age_minutes: Ints
    """Minutes between the act (of an order: its first line) and the cutoff; int32, shape (n,)."""

    def __len__(self) -> int:
        return len(self.person)

    @property
    def age_days(self) -> Floats:
        """Days between each act and the cutoff, shape ``(n,)``."""
        return self.age_minutes / MINUTES

    @classmethod
    def orders(cls, history: History) -> Acts:
        """What everyone bought in which order; a quantity is no matter."""
        rows, orders = history.of(PURCHASE), history.orders
        order, item = _distinct(orders.of_line, history.item[rows], len(history.catalogue))
        person = orders.customer[order]
        sizes = np.bincount(order, minlength=len(orders.customer))
        newest = rank_in_group(orders.customer[::-1])[::-1] < MOST_ORDERS
        kept = newest[order] & (sizes[order] <= MOST_LINES)
        return cls._of(len(history), person[kept], order[kept], item[kept], orders.age_days[order[kept]])

    @classmethod
    def views(cls, history: History) -> Acts:
        """What everyone viewed on which day, as of the first view that day."""
        rows = history.of(VIEW)
        customer, day = history.customer[rows], history.local_day[rows]
        days = np.cumsum(np.append(False, (customer[1:] != customer[:-1]) | (day[1:] != day[:-1]))[: len(rows)])
        key = days * np.int64(max(len(history.catalogue), 1)) + history.item[rows]
        first = np.sort(np.unique(key, return_index=True)[1])
        person = customer[first]
        kept = first[rank_in_group(person[::-1])[::-1] < MOST_VIEWS]
        return cls._of(len(history), customer[kept], days[kept], history.item[rows[kept]], history.age_days[rows[kept]])

    @classmethod
    def none(cls) -> Acts:
        """Nobody's acts."""
        nothing = np.zeros(0, np.int32)
        return cls(0, nothing, nothing, nothing, nothing)

    @classmethod
    def joined(cls, parts: Sequence[Acts]) -> Acts:
        """Those of several buckets, whose people and orders are others in each."""
        people = np.cumsum([0, *(part.people for part in parts)])
        orders = np.cumsum([0, *(int(part.order.max(initial=-1)) + 1 for part in parts)])
        return cls(
            int(people[-1]),
            np.concatenate([part.person + np.int32(first) for part, first in zip(parts, people, strict=False)]),
            np.concatenate([part.order + np.int32(first) for part, first in zip(parts, orders, strict=False)]),
            np.concatenate([part.item for part in parts]),
            np.concatenate([part.age_minutes for part in parts]),
        )

    def of(self, wanted: Flags) -> Acts:
        """The acts of some people, told by a flag for each person."""
        kept = wanted[self.person]
        return Acts(self.people, self.person[kept], self.order[kept], self.item[kept], self.age_minutes[kept])

    def same_order(self) -> tuple[Ints, Ints]:
        """For each act where the acts of its order begin and end, shapes ``(n,)``."""
        starts = run_starts(self.order[1:] != self.order[:-1], len(self))
        ends = np.append(starts, len(self))[1:]
        size = ends - starts
        return np.repeat(starts, size), np.repeat(ends, size)

    def followed_by(self, others: Acts, within_days: float, *, at_once: bool) -> tuple[Ints, Ints]:
        """For each act where the same person's ``others`` in the days after it begin and end, shapes ``(n,)``.

        ``at_once`` says whether those of the same minute come after it.
        """
        span = np.int64(max(self._oldest, others._oldest) + within_days * MINUTES + 2)
        moment = others.person * span - others.age_minutes
        own = self.person * span - self.age_minutes
        start = np.searchsorted(moment, own, side="left" if at_once else "right")
        stop = np.searchsorted(moment, own + np.int64(within_days * MINUTES), side="right")
        # Ages end at the cutoff, so what lies within the span of one person is never another's.
        return start, np.maximum(stop, start)

    @property
    def _oldest(self) -> int:
        return int(self.age_minutes.max(initial=0))

    @classmethod
    def _of(cls, people: int, person: Ints, order: Ints, item: Ints, age_days: Floats) -> Acts:
        columns = (person, order, item, np.floor(age_days * MINUTES))
        return cls(people, *(column.astype(np.int32) for column in columns))


def _distinct(group: Ints, item: Ints, items: int) -> tuple[Ints, Ints]:
    """Each pair of group and item once, by group."""
    key = np.unique(group * np.int64(max(items, 1)) + item)
    return key // max(items, 1), key % max(items, 1)
