"""What a snapshot itself says of who may be written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Flags, Floats, Ints
from features.channels import CHANNELS, consent_field
from features.events.event import VISITOR_PREFIX
from features.moments import microseconds
from features.shop.anomalies import REASONS as SET_ASIDE
from serving.care.exclusions import EXCLUSION_CODES
from serving.care.person_numbers import Keys
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW

FEW = 20_000
"""So many ids are looked up one by one; of more a table of all ids is made, 150 ms for a million."""

Codes = NDArray[np.int8]
"""1 for yes, 0 for no, -1 where nothing was said."""


class SnapshotPeople:
    """The customers of one snapshot, by row; nothing here changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._values = snapshot.audience.columns.values

    def __len__(self) -> int:
        return len(self._snapshot.customers)

    @property
    def as_of_us(self) -> int:
        """The moment of the snapshot, UTC microseconds."""
        return microseconds(self._snapshot.header.as_of)

    def rows_of(self, ids: Iterable[str] | pa.Array, merges: Mapping[str, str] = MappingProxyType({})) -> Ints:
        """The row of each id, ``NO_ROW`` where it is not known; shape ``(n,)``.

        Of a visitor without a row it is that of the customer in ``merges``.
        """
        wanted = ids if isinstance(ids, pa.Array) else pa.array(ids, pa.string())
        rows = self._rows_of(wanted)
        if merges:
            for place in np.flatnonzero(rows == NO_ROW).tolist():
                customer = merges.get(wanted[place].as_py())
                rows[place] = NO_ROW if customer is None else self._snapshot.customers.row(customer)
        return rows

    def _rows_of(self, wanted: pa.Array) -> Ints:
        if len(wanted) <= FEW:
            return np.array([self._snapshot.customers.row(each) for each in wanted.to_pylist()], dtype=np.int64)
        found = pc.index_in(wanted.cast(pa.large_string()), value_set=self._snapshot.customers.ids())
        rows: Ints = pc.fill_null(found, NO_ROW).to_numpy(zero_copy_only=False).astype(np.int64)
        return rows

    @cached_property
    def aside(self) -> Codes:
        """The code of the exclusion of everybody who is set aside, 0 for all others."""
        names = self._snapshot.audience.columns.described["set_aside"].names
        codes = np.array([*(EXCLUSION_CODES[name] if name in SET_ASIDE else 0 for name in names), 0], dtype=np.int8)
        found: Codes = codes[np.asarray(self._values("set_aside"))]
        return found

    @property
    def contactable(self) -> Codes:
        """Whether each may be written to at all."""
        return np.asarray(self._values("contactable"))

    @property
    def personalized(self) -> Codes:
        """Whether each agreed to personal offers."""
        return np.asarray(self._values("personalized"))

    def consent(self, channel: str) -> Codes:
        """What each said of a channel."""
        return np.asarray(self._values(consent_field(channel)))

    @cached_property
    def idle_days(self) -> Floats:
        """Days since each did anything, before the snapshot; infinite where nothing is known."""
        return np.nan_to_num(np.asarray(self._values("days_since_any")), nan=np.inf)

    @cached_property
    def visitors(self) -> Flags:
        """Who is known by a browser or device alone: nobody can write to them outside of it."""
        return self._snapshot.customers.beginning_with(VISITOR_PREFIX)

    @cached_property
    def keys(self) -> Keys:
        """The number of each by its id alone."""
        return self._snapshot.customers.keys()


def no_flags(people: int) -> Flags:
    """A flag for each of so many people, none of them set."""
    return np.zeros(people, dtype=bool)


CHANNEL_CODES: Mapping[str, int] = {channel: place for place, channel in enumerate(CHANNELS)}
"""The place of each channel among :data:`features.channels.CHANNELS`."""
