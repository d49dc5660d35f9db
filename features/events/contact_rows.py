"""Contacts on their way into the warehouse: completed, named, and only those that are new."""

from __future__ import annotations

import pyarrow as pa

from features.events.duck import connect
from features.events.event import CONTACT_SCHEMA

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
        select * from named qualify row_number() over (partition by customer_id, contact_id order by row) = 1
    )
    select {", ".join(CONTACT_SCHEMA.names)} from firsts
    anti join known using (customer_id, contact_id)
    order by customer_id, contacted_at, contact_id
"""  # noqa: S608 - columns of our own schema


def new_contacts(incoming: pa.Table, known: pa.Table) -> pa.Table:
    """Those of ``incoming`` that are not ``known``, each customer's id once, with ids, ``known_at`` and ``arm`` filled.

    All in :data:`~features.events.event.CONTACT_SCHEMA`; ordered by customer and time.
    """
    with connect() as connection:
        connection.register("incoming", incoming)
        connection.register("known", known.select(["customer_id", "contact_id"]))
        return connection.sql(_NEW_CONTACTS).to_arrow_table().cast(CONTACT_SCHEMA)
