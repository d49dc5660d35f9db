"""What one process remembers of the customers of one snapshot, so that the next question reads only what is new."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Ints
from serving.care.addresses import Addresses, keys_of
from serving.care.messages import Messages
from serving.care.person_numbers import shares
from serving.care.said_since import SaidSince
from serving.care.same_people import SamePeople
from serving.care.snapshot_people import SnapshotPeople, no_flags
from serving.database.connection import Database
from serving.database.inbox import Inbox
from serving.database.marketing.contact_log import ContactLog
from serving.database.marketing.holdout import HeldOut
from serving.database.marketing.suppressions import Suppressions
from serving.database.people.contact_hashes import ContactHashes
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.snapshot import Snapshot

REREAD = 50_000
"""So many of the newest events are looked at again: with several writers a lower number may be seen later."""


class PeopleMemory:
    """The customers of one snapshot and what was read of them."""

    def __init__(self, snapshot: Snapshot, database: Database) -> None:
        self.header = snapshot.header
        self.people = SnapshotPeople(snapshot)
        self._addresses = Addresses(self.people, ContactHashes(database))
        self._messages = Messages(snapshot, self.people, ContactLog(database))
        self._suppressions = Suppressions(database)
        self._said = SaidSince(self.people, Described(database), snapshot.header.published_at)
        self._merged = Merged(database)
        self._merges: tuple[int, dict[str, str]] | None = None
        self._inbox = Inbox(database)
        self._suppressed: dict[str, tuple[tuple[int, int, dict[str, str]], Flags]] = {}
        self._same: tuple[tuple[int, dict[str, str]], SamePeople] | None = None
        self._held_out: tuple[tuple[HeldOut, SamePeople], Flags] | None = None
        self._looked_to = 0
        self._bought: Flags = no_flags(len(self.people))

    def addresses(self) -> Addresses:
        """The addresses as they are now."""
        self._addresses.refresh()
        return self._addresses

    def messages(self, merges: dict[str, str]) -> Messages:
        """The messages until now."""
        self._messages.refresh(merges)
        return self._messages

    def merges(self) -> dict[str, str]:
        """The customer of each merged visitor."""
        version = self._merged.version()
        if self._merges is None or self._merges[0] != version:
            self._merges = (version, self._merged.in_force())
        return self._merges[1]

    def said(self) -> SaidSince:
        """What was said since the snapshot."""
        self._said.refresh()
        return self._said

    def same_people(self, merges: dict[str, str]) -> SamePeople:
        """Who is the same person."""
        addresses = self.addresses()
        version = (addresses.change, merges)
        if self._same is None or self._same[0] != version:
            pairs = np.column_stack([self.people.rows_of(merges), self.people.rows_of(merges.values())])
            pairs = pairs[(pairs >= 0).all(axis=1)]
            self._same = (version, SamePeople.of([*addresses.keys.values()], pairs, len(self.people)))
        return self._same[1]

    def held_out(self, held: HeldOut, same: SamePeople) -> Flags:
        """Who is held out, by row; all rows of a person together."""
        version = (held, same)
        if self._held_out is None or self._held_out[0] != version:
            self._held_out = (version, shares(same.keys(self.people.keys), held.salt) < held.share)
        return self._held_out[1]

    def suppressed(self, channel: str, merges: dict[str, str]) -> Flags:
        """Who is suppressed on a channel, or on all of them, by id or by an address; by row."""
        addresses = self.addresses()
        version = (self._suppressions.change(), addresses.change, merges)
        known = self._suppressed.get(channel)
        if known is None or known[0] != version:
            known = self._suppressed[channel] = (version, self._read_suppressed(channel, addresses, merges))
        return known[1]

    def bought_since(self, merges: dict[str, str]) -> Flags:
        """Who ordered after the snapshot, by row."""
        newest, buyers = self._inbox.buyers_after(self._looked_to - REREAD, self.header.event_version)
        rows = self.people.rows_of(buyers, merges)
        self._bought[rows[rows >= 0]] = True
        self._looked_to = newest
        return self._bought

    def _read_suppressed(self, channel: str, addresses: Addresses, merges: dict[str, str]) -> Flags:
        flags = no_flags(len(self.people))
        by_kind: dict[str, list[str]] = {}
        for kind, value in self._suppressions.on(channel):
            by_kind.setdefault(kind, []).append(value)
        rows: Ints = self.people.rows_of(by_kind.pop("customer", []), merges)
        flags[rows[rows >= 0]] = True
        for kind, values in by_kind.items():
            flags |= np.isin(addresses.keys[kind], keys_of(values))
        return flags
