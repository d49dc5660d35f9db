"""What customers said of letters and of personal offers since the snapshot; the newest word counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from features.channels import CONSENT_FIELDS
from features.events.event import VISITOR_PREFIX
from features.moments import microseconds
from serving.care.addresses import OVERLAP_US
from serving.care.snapshot_people import Codes, SnapshotPeople
from serving.database.people.described import Described

FIELDS = ("contactable", "personalized", *CONSENT_FIELDS)
"""What is looked at."""

MISSED = timedelta(minutes=10)
"""What was said so long before a snapshot was begun is looked at again: it may have missed it."""


class SaidSince:
    """The newest words of the customers of one snapshot, by row, and those of visitors without a row."""

    def __init__(self, people: SnapshotPeople, described: Described, published_at: datetime) -> None:
        self._people = people
        self._described = described
        self._since_us = microseconds(published_at - MISSED)
        self._change = -1
        self._said: dict[str, Codes] = {}
        self._visitors: dict[str, dict[str, bool]] = {}

    def refresh(self) -> None:
        """Read what was said since the last time."""
        change = self._described.change()
        if change == self._change:
            return
        newest_us = 0
        for rows, part_us in self._described.said_since(self._since_us, also_waiting=self._change < 0):
            newest_us = max(newest_us, part_us)
            self._hear(rows)
        # Noted last: where the database did not answer, the next question reads it all again.
        self._since_us, self._change = max(self._since_us, newest_us - OVERLAP_US), change

    def _hear(self, rows: Sequence[Mapping[str, Any]]) -> None:
        places = self._people.rows_of([row["customer_id"] for row in rows])
        for field in FIELDS:
            words = np.array([_code(row.get(field)) for row in rows], dtype=np.int8)
            heard = np.flatnonzero((words >= 0) & (places >= 0))
            if len(heard):
                self._array(field)[places[heard]] = words[heard]
        for row in rows:
            if row["customer_id"].startswith(VISITOR_PREFIX):
                self._visitors[row["customer_id"]] = {name: row[name] for name in FIELDS if name in row}

    def now(self, base: Codes, field: str, merges: Mapping[str, str]) -> Codes:
        """What everybody says of something; ``base`` is what the snapshot knows, and is left as it is.

        A no of a visitor in ``merges`` is its customer's.
        """
        found = base
        if field in self._said:
            found = np.where(self._said[field] >= 0, self._said[field], base)
        noes = [merges[who] for who, said in self._visitors.items() if said.get(field) is False and who in merges]
        if noes:
            rows = self._people.rows_of(noes)
            found = found.copy()
            found[rows[rows >= 0]] = 0
        return found

    def _array(self, field: str) -> Codes:
        if field not in self._said:
            self._said[field] = np.full(len(self._people), -1, dtype=np.int8)
        return self._said[field]


def _code(word: bool | None) -> int:
    return -1 if word is None else int(word)
