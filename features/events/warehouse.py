"""The only memory of behaviour: Delta tables of events, items, customers, contacts. Only this file knows deltalake.

A commit to the Delta log makes rows visible all at once, so readers never see half a write, and a process
that is killed leaves at most files that no version names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, WriterProperties, write_deltalake

from features.errors import HuitouError
from features.events.contact_rows import new_contacts
from features.events.duck import connect
from features.events.event import CONTACT_SCHEMA, CUSTOMER_SCHEMA, ITEM_SCHEMA, STORED_EVENT_SCHEMA, bucket_of
from features.events.order import STORED_ORDER_SQL
from features.events.reader import EventReader, duckdb_file
from features.events.staging import Staging
from features.progress import Progress
from features.shop_folder import ShopFolder

_CONTENT = (
    "customer_id, coalesce(visitor_id, ''), item_id, kind, epoch_us(occurred_at)::varchar, "
    "quantity::varchar, coalesce(unit_price::varchar, ''), coalesce(order_id, ''), "
    "coalesce(session_id, ''), coalesce(channel, ''), coalesce(recommendation_id, '')"
)

# An event without an id is named by 96 bits of its content's MD5 and its position among rows of the same
# content: the same file gives the same names again, and true repeats keep names of their own. An id is unique
# within its customer, so that what counts as repeated does not depend on the number of buckets.
_STORED_COLUMNS = ", ".join(name for name in STORED_EVENT_SCHEMA.names if name != "bucket")
_NEW_ROWS = f"""
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
_UNKNOWN = """not exists (
        select 1 from read_parquet($stored, hive_partitioning = false) stored
        where stored.event_id = firsts.event_id and stored.customer_id = firsts.customer_id
    )"""

_COMPRESSION = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=131_072)

# The log must not repeat ids (the least and the greatest of each file), which could not be erased from it,
# and must not forget the versions that models were trained on.
_TABLE_SETTINGS: dict[str, str | None] = {
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.enableExpiredLogCleanup": "false",
}


@dataclass(frozen=True)
class Appended:
    """What became of events or contacts."""

    stored: int
    """Those that were new."""
    repeated: int
    """Those that had been stored before, or came twice."""


@dataclass(frozen=True)
class Upserted:
    """What became of item or customer rows."""

    new: int
    """Ids not seen before."""
    changed: int
    """Known ids with other values than before."""
    unchanged: int
    """Known ids with the same values."""


class Warehouse:
    """The Delta tables of one shop."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self.folder = folder
        self.buckets = buckets

    @classmethod
    def open(cls, shop: ShopFolder) -> Warehouse:
        """The warehouse of ``shop``; its tables are made by the first write."""
        return cls(shop.warehouse, shop.settings.buckets)

    # ---- events

    def append(self, staging: Staging, progress: Progress | None = None) -> Appended:
        """Store the staged events that are new, in one commit; then remove the staging folder."""
        staging.close()
        counts = {"stored": 0}
        batches = self._new_events(staging, counts, progress)
        first = next(batches, None)
        if first is not None:
            reader = pa.RecordBatchReader.from_batches(STORED_EVENT_SCHEMA, chain([first], batches))
            self._write("events", reader, mode="append", partition_by=["bucket"])
        staging.discard()
        return Appended(counts["stored"], staging.rows - counts["stored"])

    def _new_events(
        self, staging: Staging, counts: dict[str, int], progress: Progress | None
    ) -> Iterator[pa.RecordBatch]:
        stored = self.reader().files
        buckets = staging.filled()
        for done, bucket in enumerate(buckets, start=1):
            params: dict[str, object] = {"staged": duckdb_file(staging.file(bucket))}
            if bucket in stored:
                params["stored"] = list(stored[bucket])
            query = _NEW_ROWS.format(unknown=_UNKNOWN if bucket in stored else "true")
            with connect() as connection:
                rows = connection.sql(query, params=params).to_arrow_table().cast(STORED_EVENT_SCHEMA)
            counts["stored"] += len(rows)
            # One batch: the writer may change several about, and the bucket would have to be sorted when read.
            yield from rows.combine_chunks().to_batches()
            if progress is not None:
                progress(done, len(buckets))

    def reader(self, version: int | None = None) -> EventReader:
        """A reader of one version of the events, the newest by default; raises when there is no such one."""
        table = self._table("events", version)
        if table is None:
            return EventReader(-1, self.buckets, {})
        files: dict[int, tuple[str, ...]] = {}
        for file in self._files("events", table):
            bucket = int(file.parent.name.removeprefix("bucket="))
            files[bucket] = (*files.get(bucket, ()), duckdb_file(file))
        return EventReader(table.version(), self.buckets, files)

    def erase(self, customer_id: str) -> int:
        """Remove all events, contacts and the record of one customer, from old versions too; return how many events.

        The files of older versions that held the customer are deleted: those versions can no longer be read.
        """
        erased = self._erase_events(customer_id)
        for name, rows in (("customers", self.customers()), ("contacts", self.contacts())):
            others = rows.filter(pc.not_equal(rows["customer_id"], customer_id))
            if len(others) < len(rows):
                self._write(name, others, mode="overwrite", schema_mode="overwrite")
        for name in ("events", "customers", "contacts"):
            table = self._table(name)
            if table is not None:
                table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
        return erased

    def _erase_events(self, customer_id: str) -> int:
        # The bucket is written anew: a delete with a condition would put the id into the table's log.
        bucket = bucket_of(customer_id, self.buckets)
        files = self.reader().files.get(bucket)
        if not files:
            return 0
        query = f"select {_STORED_COLUMNS} from read_parquet($files, hive_partitioning = false)"  # noqa: S608
        with connect() as connection:
            rows = connection.sql(query, params={"files": list(files)}).to_arrow_table()
        others = rows.filter(pc.not_equal(rows["customer_id"], customer_id))
        if len(others) < len(rows):
            number = pa.array(np.full(len(others), bucket, dtype=np.int16))
            others = others.append_column("bucket", number).cast(STORED_EVENT_SCHEMA)
            self._write("events", others, mode="overwrite", predicate=f"bucket = {bucket}")
        return len(rows) - len(others)

    def compact(self) -> None:
        """Join the small files of each bucket; older versions stay readable."""
        for name in ("events", "items", "customers", "contacts"):
            table = self._table(name)
            if table is not None:
                table.optimize.compact(writer_properties=_COMPRESSION)

    # ---- items and customers

    def put_items(self, items: pa.Table) -> Upserted:
        """Insert or change items by ``item_id``; the last row wins, empty values keep what is known."""
        return self._upsert("items", "item_id", items.cast(ITEM_SCHEMA))

    def put_customers(self, customers: pa.Table) -> Upserted:
        """Insert or change customers by ``customer_id``, as :meth:`put_items` does."""
        return self._upsert("customers", "customer_id", customers.cast(CUSTOMER_SCHEMA))

    def items(self, version: int | None = None) -> pa.Table:
        """All items, in ``ITEM_SCHEMA``, ordered by id."""
        return self._rows("items", "item_id", ITEM_SCHEMA, version)

    def customers(self, version: int | None = None) -> pa.Table:
        """All customers that were described, in ``CUSTOMER_SCHEMA``, ordered by id."""
        return self._rows("customers", "customer_id", CUSTOMER_SCHEMA, version)

    # ---- contacts

    def append_contacts(self, contacts: pa.Table) -> Appended:
        """Store the contacts, in ``CONTACT_SCHEMA``, that are new, in one commit."""
        fresh = new_contacts(contacts.cast(CONTACT_SCHEMA), self.contacts())
        if len(fresh):
            self._write("contacts", fresh, mode="append")
        return Appended(len(fresh), len(contacts) - len(fresh))

    def contacts(self, version: int | None = None) -> pa.Table:
        """All contacts, in ``CONTACT_SCHEMA``, ordered by customer and time."""
        return self._rows("contacts", "customer_id, contacted_at, contact_id", CONTACT_SCHEMA, version)

    def _upsert(self, name: str, key: str, incoming: pa.Table) -> Upserted:
        known = self._rows(name, key, incoming.schema, None)
        merged, counts = _merged(known, incoming, key)
        if counts.new or counts.changed:
            self._write(name, merged, mode="overwrite", schema_mode="overwrite")
        return counts

    def _rows(self, name: str, key: str, schema: pa.Schema, version: int | None) -> pa.Table:
        table = self._table(name, version)
        files = [] if table is None else [duckdb_file(file) for file in self._files(name, table)]
        if not files:
            return schema.empty_table()
        # By name, beside an empty table of today's shape: a column that older files do not have is empty.
        source = "from read_parquet($files, hive_partitioning = false) union all by name from today"
        query = f"select {', '.join(schema.names)} from ({source}) order by {key}"  # noqa: S608
        with connect() as connection:
            connection.register("today", schema.empty_table())
            return connection.sql(query, params={"files": files}).to_arrow_table().cast(schema)

    def _write(self, name: str, rows: pa.Table | pa.RecordBatchReader, **how: Any) -> None:
        write_deltalake(self._address(name), rows, writer_properties=_COMPRESSION, configuration=_TABLE_SETTINGS, **how)

    def _address(self, name: str) -> str:
        return (self.folder / name).absolute().as_uri()

    def _files(self, name: str, table: DeltaTable) -> list[Path]:
        """The Parquet files of one version; raises when some were deleted because a customer was erased."""
        paths = pa.table(table.get_add_actions())["path"].to_pylist()
        files = sorted(self.folder / name / path for path in paths)
        if not all(file.is_file() for file in files):
            raise HuitouError(
                f"version {table.version()} of the {name} of this shop can no longer be read: a customer was "
                "erased since. Use the newest version.",
                code="erased_version",
                field="version",
                value=table.version(),
            )
        return files

    def _table(self, name: str, version: int | None = None) -> DeltaTable | None:
        path = self._address(name)
        if not DeltaTable.is_deltatable(path):
            return None
        table = DeltaTable(path)
        newest = table.version()
        if version is None or version == newest:
            return table
        if not 0 <= version < newest:
            raise HuitouError(
                f"version must be between 0 and {newest} for the {name} of this shop; got {version}.",
                code="unknown_version",
                field="version",
                value=version,
            )
        return DeltaTable(path, version=version)


def _merged(known: pa.Table, incoming: pa.Table, key: str) -> tuple[pa.Table, Upserted]:
    """The known rows with the incoming ones laid over them, and how many were new, changed or unchanged."""
    others = [name for name in incoming.schema.names if name != key]
    lasts = ", ".join(f"last({name} order by row) filter ({name} is not null) as {name}" for name in others)
    values = ", ".join(f"coalesce(fresh.{name}, known.{name}) as {name}" for name in others)
    same = " and ".join(f"coalesce(fresh.{name}, known.{name}) is not distinct from known.{name}" for name in others)
    query = f"""
        with numbered as (select *, row_number() over () as row from incoming),
        fresh as (select {key}, {lasts} from numbered group by {key})
        select coalesce(fresh.{key}, known.{key}) as {key}, {values},
               case when fresh.{key} is null then 'kept' when known.{key} is null then 'new'
                    when {same} then 'unchanged' else 'changed' end as fate
        from fresh full join known on fresh.{key} = known.{key} order by 1
    """  # noqa: S608 - columns of our own schemas
    with connect() as connection:
        connection.register("incoming", incoming)
        connection.register("known", known)
        table = connection.sql(query).to_arrow_table()
    fates = table["fate"].to_pylist()
    counts = Upserted(fates.count("new"), fates.count("changed"), fates.count("unchanged"))
    return table.drop_columns(["fate"]).cast(incoming.schema), counts
