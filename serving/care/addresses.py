"""Who has an address, and who shares one, kept up to date while customers' details change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Ints
from serving.care.person_numbers import Keys
from serving.care.snapshot_people import SnapshotPeople, no_flags
from serving.database.people.contact_hashes import ContactHashes

ADDRESS_OF: Mapping[str, str] = {"email": "email", "sms": "phone", "phone": "phone"}
"""The kind of address that a channel needs; the others are reached by means that the shop itself keeps."""

OVERLAP_US = 600_000_000
"""What was told so long before the newest that was read is read again: of two writers the earlier may be seen later,
and their clocks may differ."""

_DIGITS = 16


class Addresses:
    """The addresses of the customers of one snapshot, as numbers; 0 stands for none."""

    def __init__(self, people: SnapshotPeople, hashes: ContactHashes) -> None:
        self._people = people
        self._hashes = hashes
        self._version = (-1, -1)
        self._newest_us = 0
        self.keys: Mapping[str, Keys] = {}
        """64 bits of the hash of each customer's address, by kind, by row."""
        self.any_told = False
        """Whether the shop keeps an address of anybody, in the snapshot or not."""
        self.change = 0
        """Rises with every change."""

    def refresh(self) -> None:
        """Read what was told since the last time; everything where something was removed."""
        version = self._hashes.version()
        if version == self._version:
            return
        if version[1] != self._version[1]:
            self._begin()
        people, emails, phones, newest_us = [], [], [], self._newest_us
        for part in self._hashes.changed_since(self._newest_us - OVERLAP_US):
            people.append(pa.array(part.customers, pa.string()))
            emails.append(keys_of(part.emails))
            phones.append(keys_of(part.phones))
            newest_us = max(newest_us, part.newest_us)
        if people:
            rows = self._people.rows_of(pa.concat_arrays(people))
            self._take(rows, "email", np.concatenate(emails))
            self._take(rows, "phone", np.concatenate(phones))
        # Noted last: where the database did not answer, the next question reads it all again.
        self._newest_us, self._version = newest_us, version

    def _take(self, rows: Ints, kind: str, keys: Keys) -> None:
        known = rows >= 0
        self.any_told = self.any_told or bool(keys.any())
        if (self.keys[kind][rows[known]] != keys[known]).any():
            self.keys[kind][rows[known]] = keys[known]
            self.change += 1

    def missing(self, channel: str) -> Flags:
        """Who has no address for a channel; nobody where the channel needs none or the shop keeps none at all."""
        kind = ADDRESS_OF.get(channel)
        if kind is None or not self.any_told:
            return no_flags(len(self._people))
        flags: Flags = self.keys[kind] == 0
        return flags

    def _begin(self) -> None:
        self._newest_us, self.any_told = 0, False
        self.keys = {kind: np.zeros(len(self._people), dtype=np.uint64) for kind in ("email", "phone")}
        self.change += 1


def keys_of(hashes: Sequence[str | None]) -> Keys:
    """The first 64 bits of each hash, at least 1; 0 for none. Two of a million share one once in ten million shops."""
    texts = pa.array(hashes, pa.string())
    digits = pc.fill_null(pc.utf8_slice_codeunits(texts, 0, _DIGITS), "0" * _DIGITS).cast(pa.binary(_DIGITS))
    letters = np.frombuffer(digits.buffers()[1], dtype=np.uint8)[: len(hashes) * _DIGITS].reshape(-1, _DIGITS)
    # '0' to '9' are 48 to 57, 'a' to 'f' 97 to 102.
    values = np.where(letters > ord("9"), letters - (ord("a") - 10), letters - ord("0")).astype(np.uint64)
    keys = np.zeros(len(hashes), dtype=np.uint64)
    for place in range(_DIGITS):
        keys = (keys << np.uint64(4)) | values[:, place]
    told = texts.is_valid().to_numpy(zero_copy_only=False)
    return np.where(told, np.maximum(keys, np.uint64(1)), np.uint64(0))
