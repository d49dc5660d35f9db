"""The query that makes stored events of staged ones: named, each once, and only those that are new."""

from __future__ import annotations

from features.events.event import STORED_EVENT_SCHEMA
from features.events.order import STORED_ORDER_SQL

_CONTENT = (
    "customer_id, coalesce(visitor_id, ''), item_id, kind, epoch_us(occurred_at)::varchar, "
    "quantity::varchar, coalesce(unit_price::varchar, ''), coalesce(order_id, ''), "
    "coalesce(session_id, ''), coalesce(channel, ''), coalesce(recommendation_id, '')"
)

# An event without an id is named by 96 bits of its content's MD5 and its position among rows of the same
# content: the same file gives the same names again, and true repeats keep names of their own. An id is unique
# within its customer, so that what counts as repeated does not depend on the number of buckets.
NEW_ROWS = f"""
    with contents as (
        select *, case when event_id is null
            then base64(unhex(left(md5(concat_ws(chr(31), {_CONTENT})), 24))) end as content
        from read_parquet($staged, hive_partitioning = false)
    ), named as (
        select * exclude (event_id, content), coalesce(
            event_id, content || '-' || row_number() over (partition by content order by row)) as event_id
        from contents
    ), firsts as (
        select * from named qualify row_number() over (partition by customer_id, event_id order by row) = 1
    )
    select {", ".join(STORED_EVENT_SCHEMA.names)} from firsts
    where {{unknown}}
    {STORED_ORDER_SQL}
"""  # noqa: S608 - columns of our own schema
"""The rows of ``$staged`` as they are stored; ``unknown`` says which of them are new."""

UNKNOWN = """not exists (
        select 1 from read_parquet($stored, hive_partitioning = false) stored
        where stored.event_id = firsts.event_id and stored.customer_id = firsts.customer_id
    )"""
"""What is in none of the files ``$stored``."""
