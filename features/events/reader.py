"""Reading one version of the events, bucket by bucket. It holds only file names and can be sent about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.events.duck import connect
from features.events.event import KINDS
from features.events.order import KIND_TYPE, ORDER_SQL, in_order
from features.moments import moment_of
from features.usual_prices import FEWEST_LINES, NOTHING_PAID, WHOLE_ITEM, agreed_sql, size_sql

# Without hive_partitioning = false a folder on the way that is called kind=web would become a column.
_FROM_FILES = "from read_parquet($files, hive_partitioning = false)"

HISTORY_SQL = f"""
    select customer_id, kind::{KIND_TYPE} as kind, item_id, epoch_us(occurred_at) as occurred_us,
           (local_date - date '1970-01-01')::int as local_day, local_hour, quantity::float as quantity,
           unit_price::float as unit_price, order_id
    {_FROM_FILES}
"""
"""The columns that histories are made of: times as microseconds, days as numbers since 1970-01-01."""


@dataclass(frozen=True)
class Extent:
    """What is stored, in a few numbers."""

    events: int
    """Number of events."""
    first: datetime | None
    """When the first happened; None when there are none."""
    last: datetime | None
    """When the last happened."""


@dataclass(frozen=True)
class EventReader:
    """The events of one version of the warehouse."""

    version: int
    """The version of the table; -1 for an empty warehouse."""
    buckets: int
    """Into how many buckets customers are split."""
    files: Mapping[int, tuple[str, ...]]
    """The Parquet files of each bucket that has events, named as DuckDB reads them (:func:`duckdb_file`)."""

    def bucket(
        self,
        bucket: int,
        *,
        before: datetime | None = None,
        since: datetime | None = None,
        known: bool = True,
    ) -> pa.Table:
        """The events of one bucket in ``[since, before)``, ordered by customer and time.

        With ``known`` (the default) events that became known at or after ``before`` are left out as well: at
        that moment nobody could have used them. Columns as in :data:`HISTORY_SQL`.
        """
        files = list(self.files.get(bucket, ()))
        if not files:
            return EMPTY_BUCKET
        clauses: list[str] = ["true"]
        params: dict[str, Any] = {"files": files}
        if since is not None:
            clauses.append("occurred_at >= $since")
            params |= {"since": since}
        if before is not None:
            clauses.append("occurred_at < $before and known_at < $before" if known else "occurred_at < $before")
            params |= {"before": before}
        query = f"{HISTORY_SQL} where {' and '.join(clauses)}"
        with connect() as connection:
            if len(files) == 1:
                # The warehouse writes its files in order; one that something else has rewritten is sorted.
                events = connection.sql(query, params=params).to_arrow_table()
                if in_order(events):
                    return events
            return connection.sql(f"{query} {ORDER_SQL}", params=params).to_arrow_table()

    def customer(self, bucket: int, customer_id: str, *, before: datetime | None = None) -> pa.Table:
        """The events of one customer, ordered by time: its part of :meth:`bucket` with that ``before``."""
        files = list(self.files.get(bucket, ()))
        if not files:
            return EMPTY_BUCKET
        clauses: list[str] = ["customer_id = $customer"]
        params: dict[str, Any] = {"files": files, "customer": customer_id}
        if before is not None:
            clauses.append("occurred_at < $before and known_at < $before")
            params |= {"before": before}
        query = f"{HISTORY_SQL} where {' and '.join(clauses)} {ORDER_SQL}"
        with connect() as connection:
            return connection.sql(query, params=params).to_arrow_table()

    def people(self) -> list[str]:
        """Ids of all who have events, visitors with their prefix."""
        if not self.files:
            return []
        query = f"select distinct customer_id {_FROM_FILES}"
        with connect() as connection:
            found: list[str] = connection.sql(query, params={"files": self.all_files()}).to_arrow_table()[0].to_pylist()
        return found

    def all_files(self) -> list[str]:
        """Every Parquet file of this version."""
        return [file for bucket in sorted(self.files) for file in self.files[bucket]]

    def extent(self, before: datetime | None = None) -> Extent:
        """How many events there are, or were known ``before``, and when the first and the last of them happened."""
        if not self.files:
            return Extent(0, None, None)
        query = f"select count(*), min(epoch_us(occurred_at)), max(epoch_us(occurred_at)) {_FROM_FILES}"
        params: dict[str, Any] = {"files": self.all_files()}
        if before is not None:
            query += " where occurred_at < $before and known_at < $before"
            params["before"] = before
        with connect() as connection:
            ((events, first, last),) = connection.sql(query, params=params).fetchall()
        return Extent(events, _moment(first), _moment(last))

    def has_kind(self, kind: str, before: datetime) -> bool:
        """Whether any event of a kind was known before a moment."""
        if not self.files:
            return False
        query = f"select 1 {_FROM_FILES} where kind = $kind and occurred_at < $before and known_at < $before limit 1"
        params = {"files": self.all_files(), "kind": kind, "before": before}
        with connect() as connection:
            return bool(connection.sql(query, params=params).fetchall())

    def moment_after(self, now: datetime) -> datetime:
        """Just after the newest event happened and was known: nothing is in the future; ``now`` without events."""
        if not self.files:
            return now
        query = f"select max(greatest(epoch_us(occurred_at), epoch_us(known_at))) {_FROM_FILES}"
        with connect() as connection:
            ((newest,),) = connection.sql(query, params={"files": self.all_files()}).fetchall()
        return moment_of(newest + 1)

    def item_ids(self, before: datetime | None = None) -> pa.Array:
        """Every item that an event before ``before`` names, sorted."""
        if not self.files:
            return pa.array([], pa.string())
        params: dict[str, Any] = {"files": self.all_files()}
        clause = ""
        if before is not None and not self._all_known(before):
            clause = "where occurred_at < $before and known_at < $before"
            params["before"] = before
        query = f"select distinct item_id {_FROM_FILES} {clause} order by item_id"
        with connect() as connection:
            return connection.sql(query, params=params).to_arrow_table()["item_id"].combine_chunks()

    def median_paid(self, before: datetime, item_ids: pa.Array) -> pa.Table:
        """The ``median`` unit price of the purchases before ``before`` of some items (``item_id``) that have one.

        One row for each item (its ``size`` is ``WHOLE_ITEM``), with whether its prices ``agreed``, and one for each
        ``size`` of lines (``SIZES``) that was bought ``FEWEST_LINES`` times at prices that agree.
        """
        if not self.files or not len(item_ids):
            return NOTHING_PAID
        bought = "kind = 'purchase' and unit_price is not null and occurred_at < $before and known_at < $before"
        wanted = "item_id in (select item_id from wanted)"
        columns = f"item_id, unit_price::double as price, {size_sql('quantity')} as size"
        lines = f"select {columns} {_FROM_FILES} where {bought} and {wanted}"
        agreed = agreed_sql("price")
        which = f"item_id, coalesce(size, {WHOLE_ITEM})::tinyint as size"  # that of the rows of whole items is null
        medians = f"select {which}, median(price) as median, {agreed} as agreed"
        kept = f"size is null or (count(*) >= {FEWEST_LINES} and {agreed})"
        groups = "grouping sets ((item_id), (item_id, size))"
        query = f"{medians} from ({lines}) group by {groups} having {kept} order by item_id, size"
        with connect() as connection:
            connection.register("wanted", pa.table({"item_id": item_ids}))
            return connection.sql(query, params={"files": self.all_files(), "before": before}).to_arrow_table()

    def _all_known(self, before: datetime) -> bool:
        """Whether the files' own statistics say that everything in them happened and was known before."""
        query = """
            select bool_and(stats_max_value is not null and stats_max_value::timestamptz < $before)
            from parquet_metadata($files) where path_in_schema in ('occurred_at', 'known_at')
        """
        with connect() as connection:
            ((known,),) = connection.sql(query, params={"files": self.all_files(), "before": before}).fetchall()
        return bool(known)


def duckdb_file(file: Path) -> str:
    """The name by which DuckDB reads exactly this file, whatever its folders are called."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def _moment(us: int | None) -> datetime | None:
    return None if us is None else moment_of(us)


def _empty_bucket() -> pa.Table:
    """No events, in the shape of :data:`HISTORY_SQL`."""
    return pa.table(
        {
            "customer_id": pa.array([], pa.string()),
            "kind": pa.DictionaryArray.from_arrays(pa.array([], pa.uint8()), pa.array(KINDS)),
            "item_id": pa.array([], pa.string()),
            "occurred_us": pa.array([], pa.int64()),
            "local_day": pa.array([], pa.int32()),
            "local_hour": pa.array([], pa.int8()),
            "quantity": pa.array([], pa.float32()),
            "unit_price": pa.array([], pa.float32()),
            "order_id": pa.array([], pa.string()),
        }
    )


EMPTY_BUCKET = _empty_bucket()
