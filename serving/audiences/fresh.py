"""What happened since the snapshot, as far as filters ask for it: by the rows of its customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Ints
from serving.snapshot_parts.audience.contacts import Contacts


@dataclass(frozen=True)
class FreshEvents:
    """Events, in no order; each array of shape ``(n,)``."""

    row: Ints
    """Row of the customer."""
    kind: Ints
    """Code of the kind."""
    item: Ints
    """Code of the item."""
    occurred_us: Ints
    """When, UTC microseconds since 1970."""
    day: Ints
    """The shop's day, as a number since 1970-01-01."""

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def of(cls, events: Sequence[tuple[int, int, int, int, int]]) -> FreshEvents:
        """Some events, each as row, kind, item, microseconds and day."""
        columns = np.array(events, dtype=np.int64).reshape(-1, 5).T
        return cls(*(np.ascontiguousarray(column) for column in columns))

    def chosen(self, kept: Flags) -> FreshEvents:
        """Some of them; ``kept`` is of shape ``(n,)``."""
        return FreshEvents(*(column[kept] for column in vars(self).values()))

    def and_more(self, more: FreshEvents) -> FreshEvents:
        """These and later ones."""
        parts = zip(vars(self).values(), vars(more).values(), strict=True)
        return FreshEvents(*(np.concatenate(pair) for pair in parts))


@dataclass(frozen=True)
class Fresh:
    """What happened since the snapshot."""

    events: FreshEvents
    """What customers did."""
    contacts: Contacts
    """Whom campaigns wrote to."""
    opted_out: Callable[[], Ints] = lambda: np.zeros(0, dtype=np.int64)
    """Gives the rows of those who opted out of personalisation since; few filters ask."""

    @classmethod
    def nothing(cls) -> Fresh:
        """Nothing happened, or nobody looks."""
        return cls(FreshEvents.of(()), Contacts.none())
