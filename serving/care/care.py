"""Who may be written to, and why the others may not."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime

import numpy as np

from features.arrays import Flags, Ints
from features.shop_folder import ShopFolder
from serving.care.exclusions import EXCLUSIONS
from serving.care.moment import Moment
from serving.care.people_memory import PeopleMemory
from serving.care.person_numbers import Keys
from serving.care.rules import ContactCare, checked_channel
from serving.database.connection import Database
from serving.snapshot import Snapshot

SNAPSHOTS = 2
"""So many snapshots are remembered; a comparison serves two."""


class Care:
    """Answers for one shop; what it read stays for the next question, and only what changed is read again."""

    def __init__(self, shop: ShopFolder, database: Database) -> None:
        self._shop = shop
        self._database = database
        self._memories: OrderedDict[str, PeopleMemory] = OrderedDict()
        self._asking = threading.Lock()

    def exclusions(
        self,
        snapshot: Snapshot,
        rows: Ints,
        channel: str | None,
        now: datetime,
        only: Collection[str] = EXCLUSIONS,
    ) -> Ints:
        """Why each of some customers is not written to: 0, or 1 + the place of the reason in ``EXCLUSIONS``.

        Without a channel its consent, address and caps are not looked at. Of several customers who are one person the
        one that did something last stays, among ``rows``. ``only`` are the reasons that are looked at; all others
        are as if they did not hold. Shape of ``rows``, int8. Raises :class:`HuitouError` for an unknown channel, and
        while the shop's rules cannot be read.
        """
        rules = ContactCare.in_folder(self._shop.path)
        if channel is not None:
            checked_channel(channel)
        with self._asking:
            return self._moment(snapshot, now).exclusions(rows, rules, channel, only)

    def popular_only(self, snapshot: Snapshot, rows: Ints, now: datetime) -> Flags:
        """Which of some customers opted out of personalisation: they are offered what is popular; shape of ``rows``."""
        with self._asking:
            return self._moment(snapshot, now).refused("personalized")[rows]

    def held_out(self, snapshot: Snapshot, rows: Ints, now: datetime) -> Flags:
        """Which of some customers no campaign writes to; shape of ``rows``."""
        with self._asking:
            return self._moment(snapshot, now).held_out()[rows]

    def person_keys(self, snapshot: Snapshot, rows: Ints, now: datetime) -> Keys:
        """A number for each of some customers, the same for those who are one person; shape of ``rows``."""
        with self._asking:
            return self._moment(snapshot, now).person_keys()[rows]

    def _moment(self, snapshot: Snapshot, now: datetime) -> Moment:
        memory = self._memories.get(snapshot.id)
        if memory is None:
            memory = self._memories[snapshot.id] = PeopleMemory(snapshot, self._database)
        self._memories.move_to_end(snapshot.id)
        while len(self._memories) > SNAPSHOTS:
            self._memories.popitem(last=False)
        return Moment(memory, self._database, now)


def counted(codes: Ints) -> dict[str, int]:
    """How many customers each reason leaves out; reasons without anybody are not there."""
    counts = np.bincount(codes, minlength=len(EXCLUSIONS) + 1)[1:].tolist()
    return {reason: count for reason, count in zip(EXCLUSIONS, counts, strict=False) if count}
