"""What is proposed to the customers of a tiny shop of one bucket, told by names instead of codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.arrays import Flags
from features.behaviour import Behaviour
from tests.small_shop import EventRow, events, items, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import candidates
from training.recommend.proposing.registry import tables_of

CUTOFF = moment("2025-03-11T00:00Z")
DESCRIBED = items(("cup", "kitchen", None), ("kettle", "kitchen", None), ("pan", "kitchen", None), ("tea", None, None))

NAMES = (
    "open_cart",
    "open_favorite",
    "bought_before",
    "viewed",
    "viewed_together",
    "bought_together",
    "category",
    "popular",
)
"""Sources that need no table of their own."""


def at(days: float) -> datetime:
    """The time so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


class Proposed:
    """What some sources propose."""

    def __init__(
        self,
        path: Path,
        *rows: EventRow,
        settings: SourceSettings | None = None,
        described: pa.Table | None = None,
        names: Sequence[str] = NAMES,
    ) -> None:
        behaviour = Behaviour.of(stored(path, events(*rows), buckets=1, described=described))
        self.names = list(names)
        self.sources = Sources.fit(behaviour, CUTOFF, settings or SourceSettings(), tables=tables_of(names))
        self.history = behaviour.history(0, CUTOFF, self.sources.catalogue)
        self.people = self.sources.people(self.history)
        self.found = candidates(self.sources, self.people, names)
        self.ids = self.sources.catalogue.ids.to_pylist()

    def ranked(self, source: str, customer: str) -> list[str]:
        """What one source proposes to one customer, the best first."""
        rank, mine = self.found.column(source), self._rows(customer)
        chosen = [row for row in np.argsort(rank, kind="stable") if mine[row] and not np.isnan(rank[row])]
        assert rank[chosen].tolist() == list(range(len(chosen))), "ranks count from 0 without a gap"
        scores = self.found.score[chosen, self.names.index(source)]
        assert (np.diff(scores) <= 0).all(), "scores fall with the rank"
        return [self.ids[self.found.item[row]] for row in chosen]

    def score(self, source: str, customer: str, item: str) -> float:
        """The score of one proposal."""
        (row,) = np.flatnonzero(self._rows(customer) & (self.found.item == self.ids.index(item)))
        return float(self.found.score[row, self.names.index(source)])

    def reasons(self, customer: str) -> dict[str, str]:
        """The source that gives the reason, by item."""
        rows = np.flatnonzero(self._rows(customer))
        return {self.ids[self.found.item[row]]: self.names[self.found.source[row]] for row in rows}

    def _rows(self, customer: str) -> Flags:
        wanted: Flags = self.found.customer == self.history.customer_ids.to_pylist().index(customer)
        return wanted
