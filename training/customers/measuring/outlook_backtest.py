"""Expected orders, spend and dates as they would have been told at a past moment, beside what came in the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats
from features.behaviour import Behaviour
from features.history import History
from features.progress import Said
from training.customers.ahead.outlook import Outlook
from training.customers.ahead.timing import customer_gaps
from training.customers.measuring.timing_totals import TimingTold
from training.customers.measuring.value_totals import ValueTold
from training.tables import CustomerTable, buyers

MOST_TIMED = 100_000
"""The dates of some buckets with so many people are looked at: a median needs no more, and their past is read again."""


@dataclass
class OutlookBacktest:
    """Gathers what one outlook says of everybody, bucket by bucket."""

    behaviour: Behaviour
    """The shop."""
    cutoff: datetime
    """The moment between what is known and what is looked at."""
    outlook: Outlook
    """What was learned before it."""
    usual_days: float
    """After so many days those buyers of the training tables who ordered did so, in the middle; NaN without any."""
    told: list[ValueTold] = field(default_factory=list)
    """What is said of each bucket's orders and spend."""
    came: list[tuple[pa.Array, Floats]] = field(default_factory=list)
    """Of the first buckets, who is in them and after how many days each ordered."""

    @classmethod
    def fit(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        horizon_days: int,
        tables: Sequence[CustomerTable],
        *,
        said: Said | None = None,
    ) -> OutlookBacktest:
        """Learn from what was known before ``cutoff``; ``tables`` are those of ``training_tables``, or none."""
        waits = np.concatenate([np.zeros(0), *(table.order_days[buyers(table.features)] for table in tables)])
        waits = waits[~np.isnan(waits)]
        usual = float(np.median(waits)) if len(waits) else float("nan")
        return cls(behaviour, cutoff, Outlook.fit(behaviour, cutoff, horizon_days, tables, said=said), usual)

    def add(self, table: CustomerTable) -> None:
        """Take the customers of the next bucket, in order."""
        self.told.append(ValueTold.of(self.outlook.value, table))
        if self.timed_customers < MOST_TIMED:
            self.came.append((table.features.customer_ids, table.order_days))

    @property
    def timed_customers(self) -> int:
        """How many people's dates are looked at."""
        return sum(len(days) for _, days in self.came)

    def report(self) -> dict[str, Any]:
        """Figures of everybody who was added, in plain JSON values.

        ``value`` holds :func:`training.customers.measuring.value_totals.value_totals`, ``timing`` holds
        :meth:`training.customers.measuring.timing_totals.TimingTold.totals` of ``timed_customers`` people.
        """
        catalogue = self.behaviour.catalogue(self.cutoff)
        dates = self.behaviour.map_histories(self._dates, self.cutoff, catalogue, buckets=range(len(self.came)))
        return {
            "value": ValueTold.joined(self.told).totals(),
            "timing": TimingTold.joined(list(dates)).totals(),
            "timed_customers": self.timed_customers,
        }

    def _dates(self, bucket: int, history: History) -> TimingTold:
        ids, came_days = self.came[bucket]
        # Those who are set aside are in the history, and not in the table, which has the same order.
        kept = pc.is_in(history.customer_ids, value_set=ids).to_numpy(zero_copy_only=False)
        gaps = customer_gaps(history).of(kept)
        return TimingTold.of(self.outlook.timing, gaps, came_days, self.outlook.horizon_days, self.usual_days)
