"""The tables that a shop's numbers are reckoned from, on whichever engine holds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from features.behaviour import Behaviour
from features.events.duck import connect
from features.events.event import CUSTOMER_SCHEMA, ITEM_SCHEMA, STORED_EVENT_SCHEMA, VISITOR_PREFIX
from features.shop.numbers.engines import DuckDb, Engine, Spark
from features.shop.numbers.period import Period

EVENT_COLUMNS = (
    *("customer_id", "item_id", "kind", "occurred_at", "local_date", "local_hour"),
    *("quantity", "unit_price", "order_id", "channel"),
)
"""What the numbers need of an event."""

ITEM_COLUMNS = ("item_id", "title", "category", "list_price", "in_stock", "added_date")
"""An item: its list price as ``list_price``, and the shop's day on which it was first offered."""

CUSTOMER_COLUMNS = ("customer_id", "joined_date")
"""A customer who was described, and the shop's day of signing up, null where not told."""

_EVENTS = ibis.Schema.from_pyarrow(pa.schema([STORED_EVENT_SCHEMA.field(name) for name in EVENT_COLUMNS]))
_ITEMS = ibis.Schema.from_pyarrow(
    pa.schema(
        [ITEM_SCHEMA.field("price" if name == "list_price" else name).with_name(name) for name in ITEM_COLUMNS[:-1]]
    ).append(pa.field("added_date", pa.date32()))
)
_CUSTOMERS = ibis.Schema.from_pyarrow(pa.schema([("customer_id", pa.string()), ("joined_date", pa.date32())]))

# What is described, and the shop's day of a moment as a column of its own.
_SPARK_DAY = "select *, to_date(from_utc_timestamp({moment}, :zone)) as {day} from {view}"


@dataclass(frozen=True)
class ShopTables:
    """Ibis tables of one shop, and how a question about them is asked.

    An expression becomes the SQL of the engine, and the answer comes back through Arrow: neither Ibis' connections nor
    pandas stand between.
    """

    events: Any
    """:data:`EVENT_COLUMNS`, a row for each event."""
    items: Any
    """:data:`ITEM_COLUMNS`, a row for each described item."""
    customers: Any
    """:data:`CUSTOMER_COLUMNS`, a row for each described customer."""
    engine: Engine
    """What holds them."""
    left_out: int | None = None
    """How many people were set aside and are left out; None where everybody is in."""

    @classmethod
    @contextmanager
    def on_duckdb(cls, behaviour: Behaviour) -> Iterator[ShopTables]:
        """The tables of one version of a shop's memory on this machine, for as long as the block lasts."""
        zone = behaviour.settings.timezone
        with closing(connect()) as connection:
            engine = DuckDb(connection)
            items = _dated(behaviour.items, "added_at", "added_date", zone).rename_columns({"price": "list_price"})
            customers = _dated(behaviour.customers, "joined_at", "joined_date", zone)
            yield cls(
                ibis.table(_EVENTS, name=engine.files(behaviour.reader.all_files(), EVENT_COLUMNS)),
                ibis.table(_ITEMS, name=engine.named(items.select(ITEM_COLUMNS))),
                ibis.table(_CUSTOMERS, name=engine.named(customers.select(CUSTOMER_COLUMNS))),
                engine,
            )

    @classmethod
    def on_spark(
        cls,
        session: Any,
        events: Sequence[str],
        items: Sequence[str],
        customers: Sequence[str],
        timezone: str,
    ) -> ShopTables:
        """The tables in Parquet files (``Warehouse.version_files`` names them) on a cluster.

        ``session`` is a ``pyspark.sql.SparkSession`` of Spark 4.3; raises :class:`HuitouError` unless its time zone
        is UTC, as stored times are.
        """
        engine = Spark(session)
        engine.check_zone()

        def dated(files: Sequence[str], schema: pa.Schema, moment: str, day: str) -> Any:
            query = _SPARK_DAY.format(moment=moment, day=day, view=engine.view(engine.files(files, schema)))
            return session.sql(query, args={"zone": timezone})

        happened = engine.files(events, STORED_EVENT_SCHEMA)
        offered = dated(items, ITEM_SCHEMA, "added_at", "added_date").withColumnRenamed("price", "list_price")
        people = dated(customers, CUSTOMER_SCHEMA, "joined_at", "joined_date")
        return cls(
            ibis.table(_EVENTS, name=engine.view(happened.select(*EVENT_COLUMNS))),
            ibis.table(_ITEMS, name=engine.view(offered.select(*ITEM_COLUMNS))),
            ibis.table(_CUSTOMERS, name=engine.view(people.select(*CUSTOMER_COLUMNS))),
            engine,
        )

    def ask(self, question: Any) -> pa.Table:
        """The answer to an expression, in the types that the expression says."""
        return self.engine.ask(question).cast(question.schema().to_pyarrow())

    def without(self, people: Collection[str] | pa.Array) -> ShopTables:
        """The same without some people, such as :func:`~features.shop.numbers.set_aside.set_aside_people` finds."""
        ids = pc.unique(pa.array(people, pa.string()))
        out = ibis.table({"customer_id": "string"}, name=self.engine.named(pa.table({"customer_id": ids})))
        return replace(
            self,
            events=self.events.anti_join(out, "customer_id"),
            customers=self.customers.anti_join(out, "customer_id"),
            left_out=len(ids),
        )

    def once(self, make: Callable[[ShopTables], Any]) -> Any:
        """The rows that ``make`` describes, held by the engine from the first question on."""
        if make not in self._kept:
            rows = make(self)
            self._kept[make] = ibis.table(rows.schema(), name=self.engine.keep(rows))
        return self._kept[make]

    @cached_property
    def _kept(self) -> dict[Callable[[ShopTables], Any], Any]:
        return {}

    @cached_property
    def history(self) -> Period | None:
        """The days from the first event to the last; None without any."""
        found = self.ask(self.events.agg(first=self.events.local_date.min(), last=self.events.local_date.max()))
        ((first, last),) = zip(*found.to_pydict().values(), strict=True)
        return None if first is None else Period(first, last + timedelta(days=1))


def is_visitor(people: Any) -> Any:
    """Whether each id is one of a visitor, whose customer is not known."""
    return people.startswith(VISITOR_PREFIX)


def _dated(described: pa.Table, moment: str, day: str, timezone: str) -> pa.Table:
    """The rows with the shop's day of a moment as a column of its own."""
    local = pc.local_timestamp(described[moment].cast(pa.timestamp("us", tz=timezone)))
    return described.append_column(day, local.cast(pa.date32(), safe=False))
