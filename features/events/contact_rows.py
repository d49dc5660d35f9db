"""Contacts on their way into the warehouse: completed, named, and only those that are new; and given to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from features.events.duck import connect
from features.events.event import STORED_CONTACT_SCHEMA
from features.events.rewritten_rows import Move

KEY = ("customer_id", "contact_id", "visitor_id")
"""What names a stored contact: a customer and each of its visitors may have been chosen under one id."""

_CONTENT = (
    "customer_id, epoch_us(contacted_at)::varchar, coalesce(campaign_id, ''), coalesce(channel, ''), "
    "coalesce(arm, 'treated')"
)

# Named as events are: by 96 bits of the content's MD5 and the position among rows of the same content.
_NEW_CONTACTS = f"""
    with numbered as (select *, row_number() over () as row from incoming),
    contents as (
        select * replace (coalesce(known_at, contacted_at) as known_at, coalesce(arm, 'treated') as arm),
               base64(unhex(left(md5(concat_ws(chr(31), {_CONTENT})), 24))) as content
        from numbered
    ), named as (
        select * replace (coalesce(contact_id, content || '-' || row_number() over (
            partition by content, contact_id is null order by row)) as contact_id)
        from contents
    ), firsts as (
        select * from named qualify row_number() over (partition by {", ".join(KEY)} order by row) = 1
    )
    select {", ".join(STORED_CONTACT_SCHEMA.names)} from firsts
    anti join known on {" and ".join(f"firsts.{name} is not distinct from known.{name}" for name in KEY)}
    order by customer_id, contacted_at, contact_id
"""  # noqa: S608 - columns of our own schema


def new_contacts(incoming: pa.Table, known: pa.Table) -> pa.Table:
    """Those of ``incoming`` that are not ``known``, each customer's id once, with ids, ``known_at`` and ``arm`` filled.

    All in :data:`~features.events.event.STORED_CONTACT_SCHEMA`; ordered by customer and time.
    """
    with connect() as connection:
        connection.register("incoming", incoming)
        connection.register("known", known.select(list(KEY)))
        return connection.sql(_NEW_CONTACTS).to_arrow_table().cast(STORED_CONTACT_SCHEMA)


def as_stored(contacts: pa.Table) -> pa.Table:
    """Contacts in :data:`~features.events.event.CONTACT_SCHEMA` as the warehouse keeps those of no merged visitor."""
    return pa.concat_tables([STORED_CONTACT_SCHEMA.empty_table(), contacts], promote_options="default")


def moved_contacts(contacts: pa.Table, moves: Sequence[Move]) -> pa.Table:
    """The contacts after some moves; the very same table where nothing changes.

    A visitor's contacts become the customer's and keep the visitor; a move of single events takes back those that came
    from its visitor. What the target has from the same visitor already is the same contact, and only leaves. All in
    :data:`~features.events.event.STORED_CONTACT_SCHEMA`, in no order.
    """
    of_move = {(move.source, None if move.event_ids is None else move.visitor_id): move for move in moves}
    stay: dict[tuple[str, ...], dict[str, Any]] = {}
    arrive: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in contacts.to_pylist():
        move = of_move.get((row["customer_id"], row["visitor_id"]))
        if move is None:
            stay[_key(row)] = row
        else:
            visitor = move.visitor_id if move.event_ids is None else None
            moved = {**row, "customer_id": move.target, "visitor_id": visitor}
            arrive[_key(moved)] = moved
    if not arrive:
        return contacts
    return pa.Table.from_pylist([*(arrive | stay).values()], schema=STORED_CONTACT_SCHEMA)


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)
