"""Keeping up with what happens since the snapshot: each event and each contact is read once by a process."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from features.events.event import KIND_CODES, VISITOR_PREFIX
from features.moments import local_days
from serving.audiences.fresh import Fresh, FreshEvents
from serving.database.connection import Database
from serving.database.inbox_reader import InboxReader
from serving.database.marketing.contact_log import ContactLog
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.contacts import NONE, Contacts, channel_codes
from serving.snapshot_parts.id_index import NO_ROW


@dataclass
class _Known:
    """What is known of one snapshot's customers; another snapshot begins anew, without those who were deleted."""

    snapshot: Snapshot
    events_after: InboxReader
    events: FreshEvents = field(default_factory=lambda: FreshEvents.of(()))
    of_customers: FreshEvents = field(default_factory=lambda: FreshEvents.of(()))
    of_visitors: FreshEvents = field(default_factory=lambda: FreshEvents.of(()))
    """Their ``row`` is the visitor's code: whose an act is changes when a visitor is merged, or no longer."""
    visitors: dict[str, int] = field(default_factory=dict)
    """The codes of visitors."""
    visitor_rows: list[int] = field(default_factory=list)
    """Rows of the visitors themselves by their codes."""
    merges: tuple[int, Mapping[str, str]] | None = None
    """The version of the merges, and the customer of each merged visitor."""
    contacts: Contacts = field(default_factory=Contacts.none)
    newest_contact: int = 0
    are_visitors_contacted: bool = False


class FreshActs:
    """Tells what happened since a snapshot; threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._log, self._merged, self._described = ContactLog(database), Merged(database), Described(database)
        self._known: _Known | None = None
        self._reading = threading.Lock()

    def of(self, snapshot: Snapshot) -> Fresh:
        """What the customers of a snapshot did since, and whom campaigns wrote to, up to now.

        People and items that the snapshot does not know are passed over; what a visitor did who was merged into a
        customer is the customer's. Raises :class:`HuitouError` when the database does not answer.
        """
        with self._reading:
            known, self._known = self._known, None  # What was read in part is read anew.
            if known is None or known.snapshot.id != snapshot.id:
                known = _Known(snapshot, InboxReader(self._database, snapshot.header.event_version))
            known.events = self._events(known)
            known.contacts = self._contacts(known)
            self._known = known
            return Fresh(known.events, known.contacts, partial(self._opted_out, snapshot))

    def _opted_out(self, snapshot: Snapshot) -> Ints:
        """Rows of those who opted out over HTTP, with the customer or visitors of the same person."""
        said = {*self._described.refused("personalized")}
        joined = self._merged.in_force().items() if said else ()
        said.update(customer for visitor, customer in joined if visitor in said)
        said.update(visitor for visitor, customer in joined if customer in said)
        return snapshot.customers.rows([*said])

    def _events(self, known: _Known) -> FreshEvents:
        before = len(known.of_customers), len(known.of_visitors)
        for page in known.events_after.new():
            _take(known, page)
        is_new = before != (len(known.of_customers), len(known.of_visitors))
        version = self._merged.version()
        is_merged_anew = known.merges is None or known.merges[0] != version
        if is_merged_anew:
            known.merges = version, self._merged.in_force()
            if known.are_visitors_contacted:  # Whose their contacts are may have changed: all are read anew.
                known.contacts, known.newest_contact = Contacts.none(), 0
        if is_new or (is_merged_anew and len(known.of_visitors)):
            return known.of_customers.and_more(_as_customers(known))
        return known.events

    def _contacts(self, known: _Known) -> Contacts:
        new = self._log.since(known.newest_contact, known.snapshot.header.as_of)
        if not new:
            return known.contacts
        numbers, people, moments, channels, campaigns = zip(*new, strict=True)
        known.newest_contact = max(numbers)
        rows = _rows(known, people)
        known.are_visitors_contacted |= any(person.startswith(VISITOR_PREFIX) for person in people)
        names = tuple(dict.fromkeys((*known.contacts.campaigns, *(name for name in campaigns if name is not None))))
        codes: Mapping[str | None, int] = {name: code for code, name in enumerate(names)}
        at = np.array(moments, dtype=np.int64)
        columns: dict[str, Ints] = {
            "row": rows,
            "contacted_us": at,
            "day": local_days(at, known.snapshot.header.timezone),
            "channel": channel_codes(pa.array(channels, pa.string())),
            "campaign": np.array([codes.get(name, NONE) for name in campaigns]),
        }
        before: Mapping[str, Any] = vars(known.contacts)
        joined = {name: np.concatenate([before[name], column[rows != NO_ROW]]) for name, column in columns.items()}
        return Contacts(**joined, campaigns=names)


def _rows(known: _Known, people: Sequence[str]) -> Ints:
    """The row of each person, or of the customer whom a visitor was merged into; ``NO_ROW`` where there is none."""
    owner: Mapping[str, str] = {} if known.merges is None else known.merges[1]
    return np.array([known.snapshot.customers.row(owner.get(person, person)) for person in people], dtype=np.int64)


def _take(known: _Known, new: Sequence[Mapping[str, Any]]) -> None:
    """Add new events, those of items that the snapshot knows."""
    customers, items = known.snapshot.customers, known.snapshot.shelf.ids
    people = [event["customer_id"] for event in new]
    is_visitor = np.array([person.startswith(VISITOR_PREFIX) for person in people])
    for visitor in {person for person, is_one in zip(people, is_visitor, strict=True) if is_one} - {*known.visitors}:
        known.visitors[visitor] = len(known.visitors)
        known.visitor_rows.append(customers.row(visitor))
    codes = [
        known.visitors[person] if is_one else customers.row(person)
        for person, is_one in zip(people, is_visitor, strict=True)
    ]
    moments = np.array([event["occurred_at"] for event in new], dtype=np.int64)
    events = FreshEvents(
        np.array(codes, dtype=np.int64),
        np.array([KIND_CODES[event["kind"]] for event in new]),
        np.array([items.row(event["item_id"]) for event in new]),
        moments,
        local_days(moments, known.snapshot.header.timezone),
    )
    there = (events.row != NO_ROW) & (events.item != NO_ROW)
    known.of_customers = known.of_customers.and_more(events.chosen(there & ~is_visitor))
    known.of_visitors = known.of_visitors.and_more(events.chosen(there & is_visitor))


def _as_customers(known: _Known) -> FreshEvents:
    """What visitors did, by the rows of those whom they belong to now; strangers are passed over."""
    rows = np.array(known.visitor_rows, dtype=np.int64)
    for visitor, customer in ({} if known.merges is None else known.merges[1]).items():
        if visitor in known.visitors:
            rows[known.visitors[visitor]] = known.snapshot.customers.row(customer)
    events = replace(known.of_visitors, row=rows[known.of_visitors.row])
    return events.chosen(events.row != NO_ROW)
