"""What was bought and sent back in a period, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from features.events.duck import connect
from features.events.event import VISITOR_PREFIX
from features.events.reader import EventReader

TRADED = pa.schema(
    [
        ("customer_id", pa.string()),
        ("kind", pa.string()),
        ("item_id", pa.string()),
        ("order_id", pa.string()),
        ("local_day", pa.int32()),
        ("occurred_us", pa.int64()),
        ("quantity", pa.float64()),
        ("price", pa.float64()),
    ]
)
"""One row for each line; ``local_day`` counts from 1970-01-01, ``price`` is that of one piece."""

_LINES = """
    select customer_id, kind::varchar as kind, item_id, order_id,
           (local_date - date '1970-01-01')::int as local_day, epoch_us(occurred_at) as occurred_us,
           quantity::double as quantity, coalesce(unit_price, listed, 0)::double as price
    from read_parquet($files, hive_partitioning = false) left join prices using (item_id)
    anti join left_out using (event_id)
    where kind in ('purchase', 'return') and occurred_at >= $start and occurred_at < $end
"""


def traded_lines(
    reader: EventReader, items: pa.Table, start: datetime, end: datetime, without: Sequence[str] = ()
) -> pa.Table:
    """The lines of purchases and returns that happened in ``[start, end)``, whenever they became known, in no order.

    ``items`` are in ``ITEM_SCHEMA``: where a line has no price the item's list price counts, else 0. ``without`` names
    events that are left out, by their ids. In :data:`TRADED`; visitors have their prefix.
    """
    files = reader.all_files()
    if not files:
        return TRADED.empty_table()
    with connect() as connection:
        connection.register("prices", items.select(["item_id", "price"]).rename_columns(["item_id", "listed"]))
        connection.register("left_out", pa.table({"event_id": pa.array(without, pa.string())}))
        found = connection.sql(_LINES, params={"files": files, "start": start, "end": end})
        return found.to_arrow_table().cast(TRADED)


def customers_before(reader: EventReader, moment: datetime) -> pa.Array:
    """Ids of the customers, not visitors, who had done something before a moment."""
    files = reader.all_files()
    if not files:
        return pa.array([], pa.string())
    query = """
        select distinct customer_id from read_parquet($files, hive_partitioning = false)
        where occurred_at < $moment and not starts_with(customer_id, $visitor) order by customer_id
    """
    with connect() as connection:
        found = connection.sql(query, params={"files": files, "moment": moment, "visitor": VISITOR_PREFIX})
        return found.to_arrow_table()["customer_id"].combine_chunks()
