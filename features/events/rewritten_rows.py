"""Stored events of some people taken away, or given to somebody else: what each bucket holds afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.events.duck import connect
from features.events.event import STORED_EVENT_SCHEMA, bucket_of
from features.events.order import STORED_ORDER_SQL

COLUMNS = ", ".join(name for name in STORED_EVENT_SCHEMA.names if name != "bucket")
"""What the files hold; the bucket is in their path."""

_FROM_FILES = "from read_parquet($files, hive_partitioning = false) stored"
_KEY_SCHEMA = pa.schema([("customer_id", pa.string()), ("event_id", pa.string())])

Key = tuple[str, str]
"""Customer and event: what names a stored event."""


@dataclass(frozen=True)
class Move:
    """Events that change hands: a visitor's that become a customer's, or go back."""

    source: str
    """Who has them, as stored."""
    target: str
    """Who gets them."""
    visitor_id: str
    """The visitor whom they came from, without the prefix; they keep it."""
    event_ids: frozenset[str] | None = None
    """Which; None for everything of the source."""


@dataclass(frozen=True)
class Moved:
    """What moving comes to."""

    leaving: frozenset[Key]
    """The events that the sources lose."""
    arriving: pa.Table
    """The events that the targets get, in ``STORED_EVENT_SCHEMA``."""

    @classmethod
    def of(cls, moves: Sequence[Move], stored: pa.Table, buckets: int) -> Moved:
        """What becomes of the events of sources and targets in ``stored``.

        An event that the target has from the same visitor already is the same event, and only leaves. Where the
        target has another one of its id, it stays where it is: nothing of anybody is lost.
        """
        rows = stored.select(["customer_id", "event_id", "visitor_id"]).to_pylist()
        owned: dict[str, dict[str, int]] = {}
        for place, row in enumerate(rows):
            owned.setdefault(row["customer_id"], {})[row["event_id"]] = place
        leaving: set[Key] = set()
        places: list[int] = []
        targets: list[Move] = []
        for move in moves:
            has = owned.get(move.target, {})
            for identity, place in owned.get(move.source, {}).items():
                if not _is_meant(move, identity, rows[place]["visitor_id"]):
                    continue
                if identity not in has:
                    places.append(place)
                    targets.append(move)
                elif rows[has[identity]]["visitor_id"] != move.visitor_id:
                    continue
                leaving.add((move.source, identity))
        arriving = stored.take(pa.array(places, pa.int64()))
        owners = [move.target for move in targets]
        columns = {
            "customer_id": pa.array(owners, pa.string()),
            "visitor_id": pa.array([move.visitor_id for move in targets], pa.string()),
            "bucket": pa.array([bucket_of(owner, buckets) for owner in owners], pa.int16()),
        }
        for name, values in columns.items():
            arriving = arriving.set_column(arriving.schema.get_field_index(name), name, values)
        return cls(frozenset(leaving), arriving.cast(STORED_EVENT_SCHEMA))

    def by_target(self) -> dict[str, list[tuple[str, str]]]:
        """Visitor id and event id of what each target gets."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row in self.arriving.select(["customer_id", "visitor_id", "event_id"]).to_pylist():
            found.setdefault(row["customer_id"], []).append((row["visitor_id"], row["event_id"]))
        return found

    def buckets(self, buckets: int) -> list[int]:
        """The buckets that change."""
        arriving: list[int] = pc.unique(self.arriving["bucket"]).to_pylist()
        return sorted({*arriving, *(bucket_of(customer, buckets) for customer, _ in self.leaving)})


def events_of(people: Collection[str], files: Mapping[int, Sequence[str]], buckets: int) -> pa.Table:
    """Every stored event of some people, in ``STORED_EVENT_SCHEMA``, by customer and time."""
    found = [STORED_EVENT_SCHEMA.empty_table()]
    for bucket in sorted({bucket_of(person, buckets) for person in people} & {*files}):
        query = f"select {COLUMNS} {_FROM_FILES} where list_contains($people, customer_id) {STORED_ORDER_SQL}"
        with connect() as connection:
            params = {"files": list(files[bucket]), "people": [*people]}
            found.append(_with_bucket(connection.sql(query, params=params).to_arrow_table(), bucket))
    return pa.concat_tables(found)


def without(people: Collection[str], bucket: int, files: Sequence[str]) -> pa.Table:
    """The events of one bucket but for those of some people, in the order in which they are stored."""
    query = f"select {COLUMNS} {_FROM_FILES} where not list_contains($people, customer_id) {STORED_ORDER_SQL}"
    with connect() as connection:
        rows = connection.sql(query, params={"files": list(files), "people": [*people]}).to_arrow_table()
    return _with_bucket(rows, bucket)


def after(moved: Moved, bucket: int, files: Sequence[str]) -> pa.Table:
    """The events of one bucket after moving, in the order in which they are stored."""
    arriving = moved.arriving.filter(pc.equal(moved.arriving["bucket"], bucket)).drop_columns(["bucket"])
    if not files:
        source, params = f"select {COLUMNS} from arriving", {}  # noqa: S608 - columns of our own schema
    else:
        stays = "not exists (select 1 from leaving where leaving.customer_id = stored.customer_id "
        stays += "and leaving.event_id = stored.event_id)"
        source = f"select {COLUMNS} {_FROM_FILES} where {stays} union all select {COLUMNS} from arriving"  # noqa: S608
        params = {"files": list(files)}
    with connect() as connection:
        connection.register("arriving", arriving)
        connection.register("leaving", _keys(moved.leaving))
        query = f"select * from ({source}) {STORED_ORDER_SQL}"  # noqa: S608 - columns of our own schema
        return _with_bucket(connection.sql(query, params=params).to_arrow_table(), bucket)


def _is_meant(move: Move, event_id: str, visitor_id: str | None) -> bool:
    return move.event_ids is None or (event_id in move.event_ids and visitor_id == move.visitor_id)


def _keys(keys: Iterable[Key]) -> pa.Table:
    customers, events = [*zip(*keys, strict=True)] or ((), ())
    return pa.table({"customer_id": list(customers), "event_id": list(events)}, schema=_KEY_SCHEMA)


def _with_bucket(rows: pa.Table, bucket: int) -> pa.Table:
    number = pa.array(np.full(len(rows), bucket, dtype=np.int16))
    return rows.append_column("bucket", number).cast(STORED_EVENT_SCHEMA)
