"""Whom campaigns chose, and what became of each message."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, bindparam, func, or_, select, update

from features.channels import consent_field
from features.events.event import CONTACT_SCHEMA
from features.moments import microseconds, moment_of
from serving.database.bulk_insert import insert_new
from serving.database.connection import told
from serving.database.counters import next_number
from serving.database.marketing_tables import CONTACT_LOG
from serving.database.people.described import describe
from serving.database.people.erased import erased_among
from serving.database.people.person_key import person_key

OUTCOMES = ("chosen", "sent", "delivered", "opened", "clicked", "bounced", "unsubscribed")
"""What becomes of a message, in the order in which it may go on; the last two are final."""

FINAL = ("bounced", "unsubscribed")

COUNTER = "contact_log"
"""The counter by which writers take turns: rows become visible in the order of their numbers."""

AT_ONCE = 1_000
"""So many rows are read or changed in one statement."""


@dataclass(frozen=True)
class Contact:
    """One person whom a campaign chose."""

    contact_id: str
    """Its id, unique within the customer."""
    customer_id: str
    """Whom."""
    contacted_at: datetime
    """When the message goes out, or would have gone out."""
    campaign_id: str | None = None
    """The campaign."""
    channel: str | None = None
    """One of :data:`features.channels.CHANNELS`, None where it is not known."""
    arm: str = "treated"
    """``treated``, or ``control`` for one who is left alone on purpose."""
    outcome: str = "chosen"
    """One of :data:`OUTCOMES`."""


@dataclass(frozen=True)
class Logged:
    """A contact as it is kept."""

    number: int
    """Its place in the log."""
    contact: Contact
    """What it is."""
    received_at: datetime
    """When it was told."""


@dataclass(frozen=True)
class WaitingContacts:
    """Contacts that the warehouse does not have yet."""

    rows: pa.Table
    """The contacts in ``CONTACT_SCHEMA``."""
    numbers: tuple[int, ...]
    """Their places in the log."""


class ContactLog:
    """The contacts of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def append(self, contacts: Sequence[Contact], now: datetime) -> int:
        """Store contacts that are new by customer and ``contact_id``; return how many.

        Some at a time, so that nobody who writes waits for long: who is killed calls again, and nothing is doubled.
        Nothing is stored of people who were deleted.
        """
        stored = 0
        for start in range(0, len(contacts), AT_ONCE):
            with told(), self._engine.begin() as connection:
                stored += len(self.write(connection, contacts[start : start + AT_ONCE], now))
        return stored

    def write(self, connection: Connection, contacts: Sequence[Contact], now: datetime) -> list[Contact]:
        """Store at most some thousand contacts within a transaction; those that were new."""
        next_number(connection, COUNTER)
        gone = erased_among(connection, {each.customer_id for each in contacts})
        wanted = [each for each in contacts if each.customer_id not in gone]
        there = _known(connection, {_key(each) for each in wanted})
        new = [*{_key(each): each for each in reversed(wanted) if _key(each) not in there}.values()][::-1]
        insert_new(connection, CONTACT_LOG, _NAMES, [_row(each, microseconds(now)) for each in new])
        _refuse(connection, new, now)
        return new

    def report(self, outcomes: Sequence[tuple[str, str, str]], now: datetime) -> int:
        """Note what became of messages: customer, ``contact_id`` and outcome of each; return how many changed.

        An outcome only goes forward, and stays once it is final. Who unsubscribed refuses that channel from now on; the
        newest word counts, as for everything that customers say.
        """
        with told(), self._engine.begin() as connection:
            next_number(connection, COUNTER)
            known = _known(connection, {(who, contact_id) for who, contact_id, _ in outcomes})
            changed: dict[tuple[str, str], Logged] = {}
            for who, contact_id, outcome in outcomes:
                key = (who, contact_id)
                before = changed.get(key) or known.get(key)
                if before is not None and goes_on(before.contact.outcome, outcome):
                    changed[key] = _with_outcome(before, outcome)
            marks = [{"row": each.number, "new": each.contact.outcome} for each in changed.values()]
            if marks:
                change = update(CONTACT_LOG).where(CONTACT_LOG.c.number == bindparam("row"))
                connection.execute(change.values(outcome=bindparam("new")), marks)
            _refuse(connection, [each.contact for each in changed.values()], now)
        return len(changed)

    def since(self, after_number: int, as_of: datetime) -> list[tuple[int, str, int, str | None, str | None]]:
        """Number, customer, moment (UTC microseconds), channel and campaign of treated contacts behind a place.

        Those that a snapshot as of a moment does not hold: made or told since, or not in the warehouse yet.
        """
        moment = microseconds(as_of)
        fresh = or_(CONTACT_LOG.c.contacted_us >= moment, CONTACT_LOG.c.received_us >= moment, CONTACT_LOG.c.waiting)
        names = (CONTACT_LOG.c[name] for name in ("number", "customer_id", "contacted_us", "channel", "campaign_id"))
        query = select(*names).where(CONTACT_LOG.c.number > after_number, CONTACT_LOG.c.arm == "treated", fresh)
        with told(), self._reader.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(CONTACT_LOG.c.number))]

    def outcomes(self, campaign_id: str) -> dict[tuple[str, str], int]:
        """How many contacts of a campaign there are, by arm and outcome."""
        columns = (CONTACT_LOG.c.arm, CONTACT_LOG.c.outcome)
        query = select(*columns, func.count()).where(CONTACT_LOG.c.campaign_id == campaign_id).group_by(*columns)
        with told(), self._reader.connect() as connection:
            return {(arm, outcome): count for arm, outcome, count in connection.execute(query)}

    def unsubscribed(self, campaign_id: str) -> list[str]:
        """The ids of those who unsubscribed after a campaign."""
        mine = (CONTACT_LOG.c.campaign_id == campaign_id) & (CONTACT_LOG.c.outcome == "unsubscribed")
        with told(), self._reader.connect() as connection:
            return [*connection.execute(select(CONTACT_LOG.c.customer_id).where(mine)).scalars()]

    def of_contacts(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Logged]:
        """The contacts of some pairs of customer and ``contact_id`` that are known."""
        with told(), self._reader.connect() as connection:
            return _known(connection, keys)

    def take(self, limit: int) -> WaitingContacts:
        """The first contacts that the warehouse does not have yet, at most ``limit``; they stay here.

        A contact is known when it was told, and not before it was made.
        """
        query = select(CONTACT_LOG).where(CONTACT_LOG.c.waiting).order_by(CONTACT_LOG.c.number).limit(limit)
        with told(), self._reader.connect() as connection:
            found = connection.execute(query).all()
        names = [name for name in CONTACT_SCHEMA.names if name not in ("contacted_at", "known_at")]
        columns: dict[str, Any] = {name: [getattr(row, name) for row in found] for name in names}
        columns["contacted_at"] = [moment_of(row.contacted_us) for row in found]
        columns["known_at"] = [moment_of(max(row.contacted_us, row.received_us)) for row in found]
        return WaitingContacts(pa.table(columns, schema=CONTACT_SCHEMA), tuple(row.number for row in found))

    def mark_stored(self, waiting: WaitingContacts) -> None:
        """Note that the warehouse has these contacts."""
        for start in range(0, len(waiting.numbers), AT_ONCE):
            mine = CONTACT_LOG.c.number.in_(waiting.numbers[start : start + AT_ONCE])
            with told(), self._engine.begin() as connection:
                connection.execute(update(CONTACT_LOG).where(mine).values(waiting=False))


_NAMES = tuple(column.name for column in CONTACT_LOG.columns if column.name != "number")


def _row(contact: Contact, received_us: int) -> list[Any]:
    key, at = person_key(contact.customer_id), microseconds(contact.contacted_at)
    head = [contact.contact_id, contact.customer_id, key, contact.campaign_id, contact.channel, contact.arm]
    return [*head, at, contact.outcome, received_us, True]


def _key(contact: Contact) -> tuple[str, str]:
    return contact.customer_id, contact.contact_id


def _known(connection: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Logged]:
    """The contacts that the log holds of some pairs of customer and ``contact_id``."""
    people = sorted({who for who, _ in keys})
    found: dict[tuple[str, str], Logged] = {}
    for start in range(0, len(people), AT_ONCE // 2):
        mine = people[start : start + AT_ONCE // 2]
        condition = CONTACT_LOG.c.person_key.in_([*map(person_key, mine)]) & CONTACT_LOG.c.customer_id.in_(mine)
        for row in connection.execute(select(CONTACT_LOG).where(condition)):
            if (row.customer_id, row.contact_id) in keys:
                found[row.customer_id, row.contact_id] = _logged(row)
    return found


def _logged(row: Any) -> Logged:
    contact = Contact(
        row.contact_id, row.customer_id, moment_of(row.contacted_us), row.campaign_id, row.channel, row.arm, row.outcome
    )
    return Logged(row.number, contact, moment_of(row.received_us))


def _with_outcome(logged: Logged, outcome: str) -> Logged:
    values = {**logged.contact.__dict__, "outcome": outcome}
    return Logged(logged.number, Contact(**values), logged.received_at)


def goes_on(before: str, after: str) -> bool:
    """Whether a message can go from one outcome to another; a complaint may follow a bounce, nothing else a final."""
    if before in FINAL:
        return before == "bounced" and after == "unsubscribed"
    return OUTCOMES.index(after) > OUTCOMES.index(before)


def _refuse(connection: Connection, contacts: Sequence[Contact], now: datetime) -> None:
    """Whoever unsubscribed refuses the channel, or every letter where it is not known which."""
    said: dict[str, dict[str, Any]] = {}
    for each in contacts:
        if each.outcome == "unsubscribed":
            field = "contactable" if each.channel is None else consent_field(each.channel)
            said.setdefault(each.customer_id, {"customer_id": each.customer_id})[field] = False
    if said:
        describe(connection, said, now)
