"""The only memory of behaviour: Delta tables of events, items, customers, contacts. Only this file knows deltalake.

A commit to the Delta log makes rows visible all at once, so readers never see half a write, and a process
that is killed leaves at most files that no version names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, WriterProperties, write_deltalake

from features.errors import HuitouError
from features.events.contact_rows import as_stored, moved_contacts, new_contacts
from features.events.duck import connect
from features.events.event import CUSTOMER_SCHEMA, ITEM_SCHEMA, STORED_CONTACT_SCHEMA, STORED_EVENT_SCHEMA
from features.events.new_rows import NEW_ROWS, UNKNOWN
from features.events.reader import EventReader, duckdb_file
from features.events.rewritten_rows import Move, Moved, after, events_of, without
from features.events.staging import Staging
from features.events.upserted_rows import Upserted as Upserted  # its home; some know it from here
from features.events.upserted_rows import upserted
from features.progress import Progress
from features.shop_folder import ShopFolder

TABLES = ("events", "items", "customers", "contacts")
"""The tables of a warehouse, each a folder of its own."""

_COMPRESSION = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=131_072)

_CONTACT_ORDER = "customer_id, contacted_at, visitor_id nulls first, contact_id"

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
            query = NEW_ROWS.format(unknown=UNKNOWN if bucket in stored else "true")
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

    def events_of(self, people: Collection[str]) -> pa.Table:
        """Every stored event of some people, in ``STORED_EVENT_SCHEMA``, by customer and time."""
        return events_of(people, self.reader().files, self.buckets)

    def moved(self, *moves: Move) -> Moved:
        """What :meth:`move` would come to now."""
        people = {person for move in moves for person in (move.source, move.target)}
        return Moved.of(moves, self.events_of(people), self.buckets)

    def move(self, moved: Moved) -> None:
        """Give events to other people, all in one commit: a process that is killed has moved all of them or none."""
        files = self.reader().files
        self._rewrite(moved.buckets(self.buckets), lambda bucket: after(moved, bucket, files.get(bucket, ())))

    def people(self) -> set[str]:
        """Ids of all who have events, contacts or a record, visitors with their prefix."""
        found = {*self.reader().people()}
        return found.union(*(rows["customer_id"].to_pylist() for rows in (self.customers(), self.contacts())))

    def erase(self, *people: str) -> int:
        """Remove all events, contacts and the record of some people, from old versions too; return how many events.

        The files of older versions that held them are deleted: those versions can no longer be read.
        """
        erased = self._erase_events(people)
        for name, rows in (("customers", self.customers()), ("contacts", self.contacts())):
            others = _without(rows, people)
            if len(others) < len(rows):
                self._write(name, others, mode="overwrite", schema_mode="overwrite")
        for name in ("events", "customers", "contacts"):
            table = self._table(name)
            if table is not None:
                table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
        return erased

    def _erase_events(self, people: Collection[str]) -> int:
        erased = self.events_of(people)
        files = self.reader().files
        # The buckets are written anew: a delete with a condition would put the ids into the table's log.
        self._rewrite(
            pc.unique(erased["bucket"]).to_pylist(), lambda bucket: without(people, bucket, files.get(bucket, ()))
        )
        return len(erased)

    def _rewrite(self, buckets: Sequence[int], rows_of: Callable[[int], pa.Table]) -> None:
        """Write some buckets anew in one commit, one of them in memory at a time."""
        if buckets:
            batches = (batch for bucket in buckets for batch in rows_of(bucket).combine_chunks().to_batches())
            reader = pa.RecordBatchReader.from_batches(STORED_EVENT_SCHEMA, batches)
            numbers = ", ".join(str(bucket) for bucket in buckets)
            self._write("events", reader, mode="overwrite", predicate=f"bucket in ({numbers})")

    def version_files(self, name: str) -> tuple[int, list[Path]]:
        """The newest version of one of :data:`TABLES` and the files that it consists of; -1 while there is none."""
        table = self._table(name)
        return (-1, []) if table is None else (table.version(), self._files(name, table))

    def compact(self, target_bytes: int | None = None) -> None:
        """Join the small files of each bucket into ones of about ``target_bytes``; older versions stay readable.

        Files of that size and above are left as they are.
        """
        for name in TABLES:
            table = self._table(name)
            if table is not None:
                table.optimize.compact(target_size=target_bytes, writer_properties=_COMPRESSION)

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
        """Store the contacts, in ``CONTACT_SCHEMA`` or ``STORED_CONTACT_SCHEMA``, that are new, in one commit."""
        fresh = new_contacts(as_stored(contacts), self.contacts())
        if len(fresh):
            # Tables of before had fewer columns.
            self._write("contacts", fresh, mode="append", schema_mode="merge")
        return Appended(len(fresh), len(contacts) - len(fresh))

    def move_contacts(self, moves: Sequence[Move]) -> None:
        """Give contacts to other people, all in one commit, as :meth:`move` does with events."""
        people = {person for move in moves for person in (move.source, move.target)}
        theirs = self.contacts_of(people)
        moved = moved_contacts(theirs, moves)
        if moved is not theirs:
            rows = pa.concat_tables([_without(self.contacts(), people), moved])
            self._write("contacts", rows, mode="overwrite", schema_mode="overwrite")

    def contacts(self, version: int | None = None) -> pa.Table:
        """All contacts, in ``STORED_CONTACT_SCHEMA``, ordered by customer and time.

        Of one moment a customer's own come before those of merged visitors.
        """
        return self._rows("contacts", _CONTACT_ORDER, STORED_CONTACT_SCHEMA, version)

    def contacts_of(self, people: Collection[str]) -> pa.Table:
        """The contacts of some people."""
        return self._rows("contacts", _CONTACT_ORDER, STORED_CONTACT_SCHEMA, None, people)

    def _upsert(self, name: str, key: str, incoming: pa.Table) -> Upserted:
        known = self._rows(name, key, incoming.schema, None)
        merged, counts = upserted(known, incoming, key)
        if counts.new or counts.changed:
            self._write(name, merged, mode="overwrite", schema_mode="overwrite")
        return counts

    def _rows(
        self, name: str, key: str, schema: pa.Schema, version: int | None, people: Collection[str] | None = None
    ) -> pa.Table:
        table = self._table(name, version)
        files = [] if table is None else [duckdb_file(file) for file in self._files(name, table)]
        if not files:
            return schema.empty_table()
        # By name, beside an empty table of today's shape: a column that some or all of the files do not have is empty.
        parquet = "read_parquet($files, hive_partitioning = false, union_by_name = true)"
        source = f"from {parquet} union all by name from today"
        mine = "true" if people is None else "list_contains($people, customer_id)"
        params = {"files": files} if people is None else {"files": files, "people": [*people]}
        query = f"select {', '.join(schema.names)} from ({source}) where {mine} order by {key}"  # noqa: S608
        with connect() as connection:
            connection.register("today", schema.empty_table())
            return connection.sql(query, params=params).to_arrow_table().cast(schema)

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


def _without(rows: pa.Table, people: Collection[str]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows["customer_id"], value_set=pa.array(people, pa.string()))))
