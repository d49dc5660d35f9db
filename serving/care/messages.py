"""Who was written to lately: the contacts of the snapshot, and those that were logged since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from features.arrays import Flags, Ints
from features.history import DAY_US
from features.moments import microseconds
from serving.care.rules import LONGEST_DAYS, Cap
from serving.care.same_people import SamePeople
from serving.care.snapshot_people import CHANNEL_CODES, SnapshotPeople
from serving.database.marketing.contact_log import ContactLog
from serving.snapshot import Snapshot

NO_CHANNEL = -1
"""The code of a channel that is not known."""


class Messages:
    """The messages to the customers of one snapshot."""

    def __init__(self, snapshot: Snapshot, people: SnapshotPeople, log: ContactLog) -> None:
        self._as_of = snapshot.header.as_of
        self._people = people
        self._log = log
        self._last = 0
        contacts = snapshot.audience.contacts
        recent = np.flatnonzero(contacts.contacted_us >= people.as_of_us - LONGEST_DAYS * DAY_US)
        self._row: Ints = contacts.row[recent].astype(np.int64)
        self._at_us: Ints = contacts.contacted_us[recent]
        self._channel: Ints = contacts.channel[recent]

    def refresh(self, merges: Mapping[str, str]) -> None:
        """Read what was logged since; ``merges`` are the customers of merged visitors."""
        news = self._log.since(self._last, self._as_of)
        if not news:
            return
        rows = self._people.rows_of([who for _, who, *_ in news], merges)
        known = rows >= 0
        codes = np.array([CHANNEL_CODES.get(channel or "", NO_CHANNEL) for _, _, _, channel, _ in news], dtype=np.int8)
        self._row = np.concatenate([self._row, rows[known]])
        self._at_us = np.concatenate([self._at_us, np.array([at for _, _, at, *_ in news], dtype=np.int64)[known]])
        self._channel = np.concatenate([self._channel, codes[known]])
        self._last = news[-1][0]

    def reached(self, cap: Cap, same: SamePeople, now: datetime, channel: str | None = None) -> Flags:
        """Who had as many messages as a cap allows; those that are planned for later count as well. All rows."""
        here = self._at_us > microseconds(now) - cap.within_days * DAY_US
        if channel is not None:
            here &= self._channel == CHANNEL_CODES[channel]
        people = same.person(self._row[here])
        counts = np.bincount(people, minlength=len(self._people))
        flags: Flags = counts >= cap.most
        return same.spread(flags) if cap.most else flags

    def within(self, days: float, same: SamePeople, now: datetime) -> Flags:
        """Who had a message less than so many days ago, or will have one. All rows."""
        flags = np.zeros(len(self._people), dtype=bool)
        flags[self._row[self._at_us > microseconds(now) - round(days * DAY_US)]] = True
        return same.spread(flags)
