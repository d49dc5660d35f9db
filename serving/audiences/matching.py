"""Whom a filter means: one flag for each customer of the snapshot, worked out on memory-mapped arrays.

No text of a filter goes into a query: its parts are numpy operations, and names are looked up in the snapshot.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import reduce

import numpy as np

from features.arrays import Flags
from features.errors import HuitouError
from features.moments import local_date, moment_of
from serving.audiences.fresh import Fresh
from serving.audiences.language.said import CODE
from serving.audiences.meaning.acts import did, opened
from serving.audiences.meaning.birthdays import born_on
from serving.audiences.meaning.comparing import fits
from serving.audiences.meaning.fields import FieldBook
from serving.audiences.meaning.wanting import interested
from serving.audiences.meaning.written import contacted
from serving.audiences.parts import (
    All,
    AnyOf,
    Birthday,
    Compared,
    Contacted,
    Did,
    Everyone,
    Filter,
    InterestedIn,
    Not,
    Opened,
)
from serving.snapshot import Snapshot

STANDS_STILL = timedelta(days=14)
"""A shop in which nothing has happened for so long is looked at as of its last day: an archive, or an example."""


def matching(snapshot: Snapshot, wanted: Filter, fresh: Fresh, now: datetime) -> Flags:
    """Whom a filter means, shape ``(n_customers,)``; consent and caps are not looked at.

    Days are those of the shop at ``now``, see :func:`shop_date`. What customers did, and whom campaigns wrote to,
    includes ``fresh``; what is known and predicted is as of the snapshot. Raises :class:`HuitouError`, code ``filter``,
    for a field, item or value that there is not.
    """
    return Matcher(snapshot, fresh, now).flags(wanted)


def refuse_nobody(flags: Flags) -> None:
    """Raise when an audience has nobody in it: nothing can be made of it."""
    if not flags.any():
        raise HuitouError(
            "nobody in the snapshot fits this audience. Widen the filter, and preview it before a list is made.",
            code=CODE,
            field="filter",
            hint="POST /v1/audiences/preview",
        )


def shop_date(snapshot: Snapshot, fresh: Fresh, now: datetime) -> date:
    """The shop's date at ``now``, or that of its last event where nothing has happened for ``STANDS_STILL``."""
    newest = snapshot.header.as_of
    if len(fresh.events):
        newest = max(newest, moment_of(int(fresh.events.occurred_us.max())))
    return local_date(newest if now - newest > STANDS_STILL else now, snapshot.header.timezone)


class Matcher:
    """Answers for several filters at one moment."""

    def __init__(self, snapshot: Snapshot, fresh: Fresh, now: datetime) -> None:
        self.snapshot, self.fresh = snapshot, fresh
        self.today = shop_date(snapshot, fresh, now)
        """The date that relative days are counted from."""
        self.fields = FieldBook(snapshot)
        """The fields that can be asked for."""

    def flags(self, wanted: Filter) -> Flags:
        """Whom a filter means, shape ``(n_customers,)``."""
        match wanted:
            case Everyone():
                return ~self.snapshot.audience.nobody()
            case All(parts):
                return reduce(np.logical_and, map(self.flags, parts))
            case AnyOf(parts):
                return reduce(np.logical_or, map(self.flags, parts))
            case Not(part):
                return np.logical_not(self.flags(part))
        return self._told(wanted)

    def _told(self, wanted: Filter) -> Flags:
        """Whom a part without parts of its own means."""
        match wanted:
            case Did():
                return did(self.snapshot, self.fresh.events, wanted, self.today)
            case Opened():
                return opened(self.snapshot, self.fresh.events, wanted, self.today)
            case Contacted():
                return contacted(self.snapshot, self.fresh.contacts, wanted, self.today)
            case InterestedIn():
                return interested(self.snapshot, self.fresh.opted_out(), wanted)
            case Birthday(days):
                return born_on(self.snapshot, days, self.today)
            case Compared(field, tests):
                return fits(self.snapshot, self.fields.find(field), tests, self.today)
        raise TypeError(f"a filter has no part such as {type(wanted).__name__}")
