"""Whom campaigns wrote to before the snapshot; who was left alone on purpose is not among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Ints, joined
from features.channels import CHANNELS
from features.events.event import ARROW_TYPES, CONTACT_SCHEMA, FieldType
from features.moments import local_days
from serving.snapshot_parts.array_file import broken, mapped, write_array

COLUMNS: Mapping[str, type] = {
    "row": np.int32,
    "contacted_us": np.int64,
    "day": np.int32,
    "channel": np.int8,
    "campaign": np.int32,
}
"""The arrays, one entry a contact."""

NONE = -1
"""The code of a channel that is none of :data:`CHANNELS`, and of a campaign that nobody named."""

_NAMES = "contact_campaigns.json"


class ContactsWriter:
    """Finds the rows of those who were contacted as customers are added, and writes the contacts at the end."""

    def __init__(self, folder: Path, as_of: datetime, timezone: str) -> None:
        self._folder, self._as_of, self._timezone = folder, as_of, timezone
        self.set(CONTACT_SCHEMA.empty_table())

    def set(self, contacts: pa.Table) -> None:
        """Take the contacts (``CONTACT_SCHEMA``) that were made, and known, before the snapshot's moment.

        It comes before the customers.
        """
        limit = pa.scalar(self._as_of, ARROW_TYPES[FieldType.TIME])
        there = pc.and_(pc.less(contacts["contacted_at"], limit), pc.less(contacts["known_at"], limit))
        self._made = contacts.filter(pc.and_(there, pc.equal(contacts["arm"], "treated")))
        coded = joined(self._made["customer_id"]).dictionary_encode()
        self._people = coded.dictionary
        self._person: Ints = coded.indices.to_numpy(zero_copy_only=False)
        self._row: Ints = np.full(len(self._people), -1, dtype=np.int64)

    def add(self, customer_ids: pa.Array, first_row: int) -> None:
        """Look the next customers up among those who were contacted."""
        place = pc.index_in(self._people, value_set=customer_ids)
        found = pc.is_valid(place).to_numpy(zero_copy_only=False)
        self._row[found] = place.drop_null().to_numpy() + first_row

    def finish(self) -> None:
        """Write the contacts of the customers that were added."""
        rows = self._row[self._person]
        moments: Ints = joined(self._made["contacted_at"]).cast(pa.int64()).to_numpy()
        campaigns = joined(self._made["campaign_id"]).dictionary_encode()
        columns: dict[str, Ints] = {
            "row": rows,
            "contacted_us": moments,
            "day": local_days(moments, self._timezone),
            "channel": channel_codes(joined(self._made["channel"])),
            "campaign": pc.fill_null(campaigns.indices, NONE).to_numpy(zero_copy_only=False),
        }
        for name, dtype in COLUMNS.items():
            write_array(self._folder / f"contact_{name}.npy", columns[name][rows >= 0], dtype)
        names = json.dumps(campaigns.dictionary.to_pylist(), ensure_ascii=False)
        (self._folder / _NAMES).write_text(names, encoding="utf-8")


def channel_codes(names: pa.Array) -> Ints:
    """The place of each channel among :data:`CHANNELS`, ``NONE`` for another one or none; shape ``(n,)``."""
    found = pc.index_in(pc.utf8_lower(names), value_set=pa.array(CHANNELS, pa.string()))
    codes: Ints = pc.fill_null(found, NONE).to_numpy(zero_copy_only=False)
    return codes


@dataclass(frozen=True)
class Contacts:
    """Contacts of the customers of one snapshot; each array of shape ``(n,)``."""

    row: Ints
    """Row of the customer."""
    contacted_us: Ints
    """When, UTC microseconds since 1970."""
    day: Ints
    """The shop's day, as a number since 1970-01-01."""
    channel: Ints
    """The place of the channel among :data:`CHANNELS`, ``NONE`` for another one, or where nobody named one."""
    campaign: Ints
    """Code of the campaign, ``NONE`` where nobody named one."""
    campaigns: tuple[str, ...]
    """Ids of the campaigns by their codes."""

    @classmethod
    def open(cls, folder: Path) -> Contacts:
        """The contacts in ``folder``; raises :class:`HuitouError` when a file is missing or of another kind."""
        arrays = {name: mapped(folder / f"contact_{name}.npy", dtype) for name, dtype in COLUMNS.items()}
        try:
            names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
            return cls(**arrays, campaigns=tuple(names))
        except (OSError, ValueError, TypeError) as error:
            raise broken(folder / _NAMES, f"{type(error).__name__}: {error}") from None

    @classmethod
    def none(cls) -> Contacts:
        """No contacts."""
        return cls(**{name: np.zeros(0, dtype=dtype) for name, dtype in COLUMNS.items()}, campaigns=())
